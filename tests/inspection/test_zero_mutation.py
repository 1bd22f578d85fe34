"""Looking changes nothing: of the user's code only `__repr__` runs, no dict is made, every count is what it was."""

import collections
import dataclasses
import enum
import gc
import sys
import types

import pytest

from heapsight.debuggee.errors import RequestError
from support.inspecting import Looking
from support.touchy import CALLS, World


class Counting:
    """Counts what is called on it. Everything works, so that a call does not end the looking."""

    def __init__(self):
        self.value = [1]
        self.other = {"a": object()}


CALLED = collections.Counter()


def counting(name, implementation):
    def method(self, *args):
        CALLED[name] += 1
        return implementation(self, *args)

    return method


class Meta(type):
    __getattribute__ = counting("metaclass __getattribute__", type.__getattribute__)
    __hash__ = counting("metaclass __hash__", type.__hash__)
    __eq__ = counting("metaclass __eq__", type.__eq__)
    __repr__ = counting("metaclass __repr__", type.__repr__)
    __instancecheck__ = counting("metaclass __instancecheck__", type.__instancecheck__)
    __subclasscheck__ = counting("metaclass __subclasscheck__", type.__subclasscheck__)


COUNTED = {
    "__repr__": object.__repr__,
    "__str__": object.__str__,
    "__getattribute__": object.__getattribute__,
    "__getattr__": lambda self, name: None,
    "__eq__": object.__eq__,
    "__hash__": object.__hash__,
    "__len__": lambda self: 3,
    "__iter__": lambda self: iter(()),
    "__bool__": lambda self: True,
    "__dir__": object.__dir__,
    "__sizeof__": object.__sizeof__,
}


def counted_class(*bases, slots=None):
    members = {name: counting(name, implementation) for name, implementation in COUNTED.items()}
    if slots is not None:
        members["__slots__"] = slots
    members["prop"] = property(counting("property", lambda self: 1))
    return type.__call__(Meta, "Counted", bases, members)


Counted = counted_class()
CountedSlots = counted_class(slots=("one",))
CountedKey = counted_class()


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Data:
    one: object
    two: object = None


Point = collections.namedtuple("Point", "x y")


def generate(value):
    inner = [value]
    yield inner
    yield lambda: inner


async def await_it(value):
    return value


def make_world():
    target = Counted()
    slotted = CountedSlots()
    slotted.one = target
    started = generate(target)
    next(started)

    def function(argument=target, *, other=1):
        return slotted

    coroutine = await_it(target)
    world = [
        target, slotted, [target], (target,), {"a": target}, {CountedKey(): target}, {target}, frozenset([slotted]),
        collections.deque([target]), collections.OrderedDict({CountedKey(): target}),
        collections.defaultdict(list, a=target), collections.Counter([target]), Data(target), Point(target, 1),
        Colour.RED, Counting(), types.SimpleNamespace(a=target), started, generate(target), coroutine, function,
        types.MappingProxyType({"a": target}), {"a": target}.values(), ValueError("x", target), Counted, Data,
        types.MethodType(function, target), object(), ExceptionGroup("g", [ValueError(target)]), 10**3000, "text" * 500,
    ]  # fmt: skip
    return world, coroutine


def look(frame, depth=3):
    looking = Looking(frame)
    rows = looking.expand(looking.scope("Locals"), depth)
    looking.scope("Globals")
    looking.release()
    return rows


def count_dicts():
    return sum(type(one) is dict for one in gc.get_objects())


def counts(world):
    """Return what looking may not change: objects that the collector knows, dicts, references of each object.

    As text, which the collector does not know.
    """
    gc.collect()
    return f"{len(gc.get_objects())} {count_dicts()} {[sys.getrefcount(one) for one in world]}"


def test_counts_are_what_they_were():
    world, coroutine = make_world()
    frame = sys._getframe()
    assert look(frame) > 150  # imports what it needs, and shows that it sees something
    counts(world)
    before = counts(world)
    look(frame)
    assert counts(world) == before
    coroutine.close()


def test_only_reprs_are_called():
    world, coroutine = make_world()
    frame = sys._getframe()
    CALLED.clear()
    look(frame)
    assert world
    assert set(CALLED) <= {"__repr__", "metaclass __repr__"}
    assert CALLED["__repr__"]
    coroutine.close()


def test_a_value_costs_one_repr_each_time_it_is_shown():
    one = Counted()
    looking = Looking(sys._getframe())
    scope = looking.scope("Locals")
    CALLED.clear()
    looking.rows(scope)
    assert CALLED == {"__repr__": 1}
    reference = looking.local("one")["variablesReference"]
    CALLED.clear()
    looking.expand(reference, 0)
    assert not CALLED
    assert one


def test_finding_one_row_shows_only_that():
    one, other, number = Counted(), Counted(), 5
    looking = Looking(sys._getframe())
    scope = looking.scope("Locals")
    CALLED.clear()
    assert looking.inspector.row_held(scope, "number")[0].obj is number
    looking.set(scope, "number", "6")
    assert not CALLED
    looking.inspector.row_held(scope, "one")
    assert CALLED == {"__repr__": 1}
    assert one is not other


def test_stack_and_scopes_cost_nothing():
    one = Counted()
    CALLED.clear()
    looking = Looking(sys._getframe())
    looking.scope("Locals")
    looking.scope("Globals")
    assert not CALLED
    assert one is not None


def test_completions_run_nothing():
    one = Counted()
    looking = Looking(sys._getframe())
    CALLED.clear()
    targets = looking.inspector.completions(looking.top, "one.pr", 1, 7)["targets"]
    assert [target["label"] for target in targets] == ["prop"]
    assert not CALLED
    assert one is not None


def test_touchy_objects_survive_the_looking():
    """Each method of theirs raises a BaseException; only `__repr__` may."""
    world = World()
    frame = sys._getframe()
    CALLS.clear()
    looking = Looking(frame)
    everything = world.all
    for index in range(len(everything)):
        reference = looking.evaluate(f"everything[{index}]")["variablesReference"]
        if reference:
            looking.expand(reference, 2)
    looking.release()
    assert set(CALLS) <= {"__repr__", "metaclass __repr__", "__str__"}


def test_no_frame_is_made_for_a_generator():
    value = generate(1)
    next(value)
    gc.collect()
    before = sum(type(one) is types.FrameType for one in gc.get_objects())
    looking = Looking(sys._getframe())
    inside = looking.inside("value")
    assert inside["inner"]["value"] == "[1]"
    looking.release()
    del looking
    gc.collect()
    # This function's own frame is one that looking makes, since it was asked for it.
    assert sum(type(one) is types.FrameType for one in gc.get_objects()) <= before + 1


def test_nothing_is_kept_after_an_error():
    class Witness:
        pass

    witness = Witness()
    looking = Looking(sys._getframe())
    before = sys.getrefcount(witness)
    for expression in ("(lambda: 1 / 0 if witness else 0)()", "witness.nothing", "1 +", "[witness][3]"):
        with pytest.raises(Exception, match="Error"):
            looking.evaluate(expression)
    looking.release()
    assert sys.getrefcount(witness) == before


class Setter:
    @property
    def value(self):
        return 1

    @value.setter
    def value(self, new):
        raise ValueError(new)


def ask(looking, question):
    try:
        question(looking)
    except RequestError:
        return True
    return False


@pytest.mark.parametrize(
    "question",
    [
        lambda looking: looking.inspector.evaluate("1 / 0", looking.top, "watch"),
        lambda looking: looking.inspector.evaluate("1 / 0", looking.top, "repl"),
        lambda looking: looking.inspector.evaluate("1 +", looking.top, "repl"),
        lambda looking: looking.inspector.evaluate_held("nothing", looking.top),
        lambda looking: looking.inspector.set_expression(looking.top, "nothing.x", "1"),
        lambda looking: looking.set(looking.local("setter")["variablesReference"], "value", "1"),
        lambda looking: looking.set(looking.local("setter")["variablesReference"], "nothing", "1"),
        lambda looking: looking.inspector.scopes(10**6),
    ],
)
def test_errors_leave_no_circles(question):
    """Garbage that only the collector finds would keep the stopped frame alive until it runs."""
    setter = Setter()
    looking = Looking(sys._getframe())
    ask(looking, question)
    gc.collect()
    gc.disable()
    try:
        assert ask(looking, question)
        assert gc.collect() == 0
    finally:
        gc.enable()
    assert setter
