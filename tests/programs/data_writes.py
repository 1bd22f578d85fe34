"""Everything that writes to a watched place, a function each. `ready` is where the test sets its data breakpoint."""

import heapq
import operator
import random
import threading
import weakref
from collections import Counter, defaultdict
from contextlib import suppress

total = 0
table = {"a": 1}


class Basket:
    limit = 5

    def __init__(self):
        self.items = []
        self.count = 0

    def grow(self):
        self.count += 1  # @grow
        return self.count

    def report(self):
        return self.count  # @method

    def set(self, name, value):
        setattr(self, name, value)  # @set


class Slotted:
    __slots__ = ("size", "__weakref__")

    def __init__(self):
        self.size = 0


class Closed:
    __slots__ = ("size",)

    def __init__(self):
        self.size = 0


class Guarded:
    def __init__(self):
        self.value = 0

    def __setattr__(self, name, value):
        super().__setattr__(name, value)  # @guarded


class Checked:
    def __init__(self):
        self._age = 0

    @property
    def age(self):
        return self._age

    @age.setter
    def age(self, value):
        self._age = value  # @setter


def ready():
    return None


def local_variable():
    value = 0
    ready()
    value = 1  # @first
    other = value  # @other
    value += 1  # @second
    value = value  # the same object
    for value in (5, 6):  # @loop
        other = value
    del value  # @deleted
    return other


def unbound_local():
    ready()
    value = 1  # @first
    value, other = 2, 3  # @unpacked
    if (value := other):  # @walrus
        pass
    with open(__file__) as value:  # @opened
        pass
    try:
        raise ValueError("x")
    except ValueError as value:  # @caught
        pass
    return other


def same_name_elsewhere():
    value = 0
    ready()
    def inner():
        value = 9
        return value
    inner()
    [value for value in (1, 2)]
    {value: other for value, other in ((1, 2), (3, 4))}
    list(value for value in (1, 2))
    value = 3  # @only
    return value


def recursion(depth=2):
    value = depth
    if depth == 2:
        ready()
    if depth:
        recursion(depth - 1)
    value = 10  # @only
    return value


def closure():
    value = 0
    def bump():
        nonlocal value
        value += 1  # @bump
    ready()
    bump()
    value = 7  # @own
    bump()
    bump.__closure__[0].cell_contents = 99  # @cell
    return value


def module_global():
    global total
    ready()
    total = 1  # @own
    change_total()
    globals()["total"] = 3  # @dict
    globals().update(total=4)  # @update
    total += 1  # @augmented
    total = 0  # @back


def change_total():
    global total
    total = 2  # @other


def attribute():
    basket, other = Basket(), Basket()
    ready()
    basket.count = 1  # @own
    other.count = 2
    other.grow()
    basket.grow()
    setattr(basket, "count", 10)  # @setattr
    basket.set("count", 11)
    basket.__dict__["count"] = 12  # @dict
    vars(basket).update(count=13)  # @vars
    object.__setattr__(basket, "count", 14)  # @object
    basket.count = 14
    del basket.count  # @deleted
    basket.__dict__ = {"count": 15}  # @whole
    for basket.count in (16, 17):  # @loop
        pass
    return basket


def class_attribute():
    basket = Basket()
    ready()
    Basket.limit = 6  # @own
    basket.limit = 7
    return basket


def attribute_of_class_seen_from_instance():
    basket = Basket()
    ready()
    Basket.limit = 6  # @own
    basket.limit = 7  # @shadowed
    Basket.limit = 5
    return basket


def slot():
    thing = Slotted()
    ready()
    thing.size = 1  # @own
    Slotted.size.__set__(thing, 2)  # @descriptor
    setattr(thing, "size", 3)  # @setattr
    return thing


def slot_of_object_without_weak_references():
    thing = Closed()
    ready()
    thing.size = 1  # @own
    return thing


def guarded():
    thing = Guarded()
    ready()
    thing.value = 1
    return thing


def property_with_setter():
    thing = Checked()
    ready()
    thing.age = 30
    return thing


def item_of_dict():
    prices = {"tea": 1, "milk": 2}
    ready()
    prices["tea"] = 3  # @own
    prices["milk"] = 4
    prices.update(tea=5)  # @update
    prices.update(milk=6)
    prices |= {"tea": 7}  # @merge
    prices.pop("tea")  # @pop
    prices.setdefault("tea", 8)  # @default
    prices.clear()  # @clear
    operator.setitem(prices, "tea", 9)  # @operator
    put = prices.__setitem__
    put("tea", 10)  # @alias
    list(map(prices.__setitem__, ["tea"], [11]))  # @mapped
    for key in prices:
        prices[key] = 12  # @in_loop
    del prices["tea"]  # @deleted
    return prices


def item_of_defaultdict():
    groups = defaultdict(int)
    ready()
    groups["b"] += 1
    groups["a"]  # @read
    groups["a"] += 3  # @added
    return groups


def item_of_counter():
    counts = Counter("ab")
    ready()
    counts.update("bb")
    counts.update("aa")  # @updated
    counts["a"] += 1  # @counted
    return counts


def item_of_list():
    numbers = [1000, 2000, 3000]
    ready()
    numbers[1] = 5000  # @own
    numbers[0] = 6000
    numbers.append(7000)
    numbers.insert(0, 8000)  # @insert
    numbers.sort(reverse=True)  # @sort
    numbers[:] = [1, 2]  # @slice
    numbers += [3]
    numbers *= 0  # @emptied
    numbers.extend([10, 11])  # @extend
    numbers.pop()  # @pop
    heapq.heappush(numbers, 4)  # @heap
    del numbers[0]  # @deleted
    return numbers


def shuffled():
    numbers = [object() for _ in range(50)]
    random.seed(5)
    ready()
    random.shuffle(numbers)
    return numbers


def length():
    numbers = [1, 2]
    ready()
    numbers[0] = 5
    numbers.append(3)  # @append
    numbers.sort()
    numbers.remove(3)  # @remove
    numbers[:] = []  # @slice
    return numbers


def fails_halfway():
    numbers = [1]
    def some():
        yield 2
        raise ValueError("no more")
    ready()
    try:
        numbers.extend(some())  # @extended
    except ValueError:  # @handler
        pass
    with suppress(ValueError):
        numbers.extend(some())  # @again
    return numbers


def in_generator():
    def counting(basket):
        for number in range(3):
            basket.count = number + 1  # @writes
            yield number
    basket = Basket()
    running = counting(basket)
    next(running)
    ready()
    for _ in running:
        pass
    return basket


def made_by_exec():
    basket = Basket()
    ready()
    exec("basket.count = 5")
    namespace = {}
    exec("def later(one):\n    one.count = 6\n", namespace)
    namespace["later"](basket)
    return basket


def two_on_one_line():
    value = 0
    ready()
    value = 1; value = 2  # @line  # noqa: E702
    value = other = 3  # @both
    return value, other


def unseen():
    numbers = [3, 1, 2]
    hidden = [numbers]
    getter = operator.methodcaller("reverse")
    ready()
    getter(*hidden)
    return numbers  # @end


def reads_variable():
    value = 1
    ready()
    other = value  # @first
    value = 2
    [value for value in (1, 2)]
    return other + value  # @second


def reads_attribute():
    basket, other = Basket(), Basket()
    ready()
    first = basket.count  # @first
    second = other.count
    basket.report()
    basket.count += 1  # @augmented
    return first, second


def reads_global():
    ready()
    first = total  # @first
    return first, read_total()


def read_total():
    return total  # @second


def reads_item():
    prices = {"tea": 1, "milk": 2}
    ready()
    first = prices["tea"]  # @first
    first = prices["milk"]
    name = "tea"
    first = prices[name]  # @variable
    prices["tea"] += 1  # @augmented
    prices["tea"] = 5
    return first


def reads_index():
    numbers = [1, 2, 3]
    ready()
    first = numbers[1]  # @first
    first = numbers[0]
    first = numbers[-2]  # @negative
    return first


def reads_cell():
    value = 1
    def inner():
        return value  # @inner
    ready()
    inner()
    return value  # @own


def leaves_by_exception():
    try:
        raises()
    except ValueError:
        pass


def raises():
    value = 0
    ready()
    raise ValueError(value)


def generator_ends():
    def numbers():
        value = 0
        yield value
        ready()
        yield value
    for _ in numbers():
        pass


def object_dies():
    thing = Slotted()
    ready()
    del thing
    return None  # @after


def list_dies():
    thing = [1]
    ready()
    del thing
    return None  # @after_list


class Partner:
    pass


alive_after_write = []


def keep(thing):
    pass


def replaces_objects():
    thing = Partner()
    thing.partner = Partner()
    keep(thing)
    keep(thing.partner)
    first = weakref.ref(thing.partner)
    ready()
    thing.partner = Partner()
    alive_after_write.append(first() is not None)
    keep(thing.partner)
    del thing.partner


def imports_later():
    ready()
    import data_later

    data_later.change()


def other_threads_write():
    basket = Basket()
    ready()
    for number in range(3):
        thread = threading.Thread(target=put, args=(basket, number + 1))
        thread.start()
        thread.join()


def put(basket, number):
    basket.count = number  # @in_thread


def busy_threads():
    basket = Basket()
    stop = threading.Event()
    ready()
    threads = [threading.Thread(target=busy, args=(stop,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(20):
        basket.count = number + 1  # @real
    stop.set()
    for thread in threads:
        thread.join()


def busy(stop):
    other = Basket()
    while not stop.is_set():
        other.count = other.count + 1
        setattr(other, "count", 0)


def hands_its_dict_on():
    basket = Basket()
    ready()
    put_into(basket.__dict__)
    basket.count = 6  # @next
    return basket


def put_into(namespace):
    namespace["count"] = 5
