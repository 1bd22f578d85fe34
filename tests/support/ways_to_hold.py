"""The ways in which one object can hold another: each takes a thing and returns its holder and the labels of the edges.

A tuple instead of a list of labels: any of them. None: whatever the label is.
"""

import asyncio
import collections
import contextvars
import enum
import functools
import types
import weakref
from dataclasses import dataclass, field


class Thing:
    pass


class Box:
    pass


ANCHOR = Box()
CALLS_ITSELF = object.__repr__


class Slotted:
    __slots__ = ("left", "right")


class SlottedAndMore(Slotted):
    pass


class Items(list):
    pass


class Mapping(dict):
    pass


class Color(enum.Enum):
    RED = Thing()


@dataclass(slots=True)
class Order:
    lines: object = field(default=None)


Pair = collections.namedtuple("Pair", "first second")


def attribute(thing):
    box = Box()
    box.items = thing
    return box, [".items"]


def attribute_in_dict(thing):
    box = Box()
    box.items = thing
    vars(box)
    return box, [".items"]


def attribute_of_many(thing):
    box = Box()
    vars(box).update({f"name{index}": None for index in range(100)}, items=thing)
    return box, [".items"]


def attribute_added_late(thing):
    box = Box()
    for index in range(40):
        setattr(box, f"other{index}", index)
    box.items = thing
    return box, [".items"]


def two_attributes(thing):
    box = Box()
    box.first = box.second = thing
    return box, ["2 × .first, .second"]


def attribute_of_namespace(thing):
    return types.SimpleNamespace(items=thing), [".items"]


def slots(thing):
    slotted = Slotted()
    slotted.left = slotted.right = thing
    return slotted, ["2 × .left, .right"]


def slot_and_attribute(thing):
    both = SlottedAndMore()
    both.right = both.extra = thing
    return both, [".extra", ".right"]


def dataclass_slot(thing):
    return Order(thing), [".lines"]


def list_item(thing):
    return [0, thing], ["[1]"]


def list_items(thing):
    return [thing if index in {0, 4, 7} else None for index in range(9)], ["3 × [0], [4], [7]"]


def very_many_items(thing):
    return [thing] * 1000, ["1000 × [0], [1], [2], [3], [4] and 995 more"]


def list_subclass(thing):
    items = Items([thing])
    items.extra = thing
    return items, [".extra", "[0]"]


def tuple_item(thing):
    return (1, thing), ["[1]"]


def namedtuple_item(thing):
    return Pair(None, thing), ["[1]"]


def deque_item(thing):
    return collections.deque([None, thing]), ["[1]"]


def dict_value(thing):
    return {"cart": thing}, ["['cart']"]


def dict_value_by_number(thing):
    return {17: thing}, ["[17]"]


def dict_value_by_tuple(thing):
    return {("a", 1): thing}, ["[('a', 1)]"]


def dict_value_by_object(thing):
    return {Box(): thing}, ["[Box key]"]


def dict_value_by_long_text(thing):
    return {"x" * 1000: thing}, [f"['{'x' * 37}'…]"]


def dict_key(thing):
    return {thing: 1, "other": 2}, ["key"]


def dict_key_and_value(thing):
    return {thing: thing}, ["[Thing key]", "key"]


def dict_subclass(thing):
    mapping = Mapping(cart=thing)
    mapping.extra = thing
    return mapping, [".extra", "['cart']"]


def default_dict(thing):
    mapping = collections.defaultdict(list)
    mapping["cart"] = thing
    return mapping, ["['cart']"]


def ordered_dict(thing):
    return collections.OrderedDict(cart=thing), ["['cart']"]


def ordered_dict_key(thing):
    return collections.OrderedDict([(thing, 1)]), ["key", "key, in the order"]


def chain_map(thing):
    return collections.ChainMap({"cart": thing}), ["['cart']"]


def set_member(thing):
    return {thing, 1}, ["member"]


def frozenset_member(thing):
    return frozenset([thing]), ["member"]


def mapping_proxy(thing):
    return types.MappingProxyType({"cart": thing}), ["['cart']"]


def class_attribute(thing):
    return type("Shop", (), {"limit": thing}), ["class attribute limit"]


def closure_cell(user):
    def handler():
        return user

    return handler, ["closure cell user of handler"]


def closure_of_two(user):
    def first():
        return user

    def second():
        return user

    lines = ["closure cell user of first", "closure cell user of second"]
    return (first, second), ({lines[0], f"0 × {lines[1]} (same cell)"}, {lines[1], f"0 × {lines[0]} (same cell)"})


def default_argument(thing):
    def checkout(first, cart=thing, other=None):
        pass

    return checkout, ["default argument cart of checkout()"]


def keyword_default(thing):
    def checkout(*, cart=thing):
        pass

    return checkout, ["default argument cart of checkout()"]


def function_attribute(thing):
    def checkout():
        pass

    checkout.cache = thing
    return checkout, [".cache"]


def bound_method(thing):
    return types.MethodType(closure_cell, thing), ["self of bound method closure_cell"]


def partial_arguments(thing):
    return functools.partial(print, 1, thing, end=thing), [".args[1]", ".keywords['end']"]


def exception_argument(thing):
    return ValueError("x", thing), [".args[1]"]


def exception_attribute(thing):
    error = ValueError()
    error.cart = thing
    return error, [".cart"]


def name_error(thing):
    return AttributeError(name="x", obj=thing), [".obj"]


def stop_iteration(thing):
    return StopIteration(thing), [".args[0]", ".value"]


def generator_local(thing):
    def produce():
        cart = thing_box.pop()
        yield 1
        yield cart

    thing_box = [thing]
    generator = produce()
    next(generator)
    return generator, ["local cart in produce()"]


def generator_not_begun(thing):
    def produce(cart):
        yield cart

    return produce(thing), ["local cart in produce()"]


def generator_stack(thing):
    def produce(cart):
        yield [cart.pop(), (yield)]

    generator = produce([thing])
    next(generator)
    return generator, ["evaluation stack in produce()"]


def coroutine_local(thing):
    async def serve(request):
        await asyncio.sleep(0)
        return request

    coroutine = serve(thing)
    coroutine.send(None)
    return coroutine, ["local request in serve()"]


def async_generator_local(thing):
    async def serve(request):
        yield request

    return serve(thing), ["local request in serve()"]


def ended_frame(thing):
    def fail(cart):
        raise ValueError

    try:
        fail(thing)
    except ValueError as error:
        # The frame that called stays as long as the one that was called.
        return error.__traceback__.tb_next, ["local cart in fail()", "local thing in ended_frame()"]


def cached_result(thing):
    @functools.cache
    def load(number):
        return thing_box.pop()

    thing_box = [thing]
    load(1)
    return load, ["cached result of load()"]


def cached_argument(thing):
    @functools.lru_cache(maxsize=3)
    def load(cart):
        return 1

    load(thing)
    return load, None


def cached_result_of_some(thing):
    @functools.lru_cache(maxsize=3)
    def load(number):
        return thing_box.pop()

    thing_box = [thing]
    load(1)
    return load, ["cached result or argument of load()"]


def iterator(thing):
    return iter({"cart": thing}.values()), ["['cart']"]


def context_variable(thing):
    variable = contextvars.ContextVar("cart")
    context = contextvars.copy_context()
    context.run(variable.set, thing)
    return context, None


def list_iterator(thing):
    return iter([thing, 1].copy()), ["[0]"]


def weak_callback(thing):
    callback = types.MethodType(closure_cell, thing)
    return (weakref.ref(ANCHOR, callback),), ["self of bound method closure_cell"]


def method_of_c(thing):
    return CALLS_ITSELF.__get__(thing), [".__self__"]


def annotation(thing):
    def function(first):
        pass

    function.__annotations__["first"] = thing
    return function, ["annotation of function()"]


def captured_by_a_generator(user):
    def produce():
        yield 1
        yield user

    generator = produce()
    next(generator)
    del produce
    # The generator keeps the function that it runs.
    return generator, ["closure cell user of produce", "0 × local user in produce() (same cell)"]


def generic_alias(thing):
    return list[thing], None


def static_method(thing):
    return staticmethod(thing), None


def slice_part(thing):
    return slice(thing, 1), [".start"]


def property_of(thing):
    return property(closure_cell(thing)[0]), ["closure cell user of handler"]


WAYS = [
    value for value in list(globals().values()) if type(value) is types.FunctionType and value.__module__ == __name__
]
