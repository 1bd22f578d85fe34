"""Deep sizes: everything once, nothing shared, no recursion, an honest answer when time is up."""

import functools
import sys
import types

from heapsight.debuggee.holding import Held
from heapsight.debuggee.memory.budget import Budget
from heapsight.debuggee.memory.deep_size import DeepSize, deep_size
from heapsight.debuggee.memory.sizes import shallow_size
from support.heap import PLENTY


class Node:
    def __init__(self, next_node=None):
        self.next = next_node


class Slotted:
    __slots__ = ("value",)


def measure(one, seconds=PLENTY):
    return deep_size(Held(one), Budget(seconds))


def text(length):
    return "x" * length + str(length)


def test_containers_and_what_is_in_them():
    first, second = text(1000), text(2000)
    items = [first, {"key of the dict": second}]
    found = measure(items)
    expected = sum(map(shallow_size, [items, first, items[1], "key of the dict", second]))
    assert (found.bytes, found.objects, found.complete) == (expected, 5, True)


def test_everything_once():
    shared = text(5000)
    assert measure([shared] * 100).bytes == shallow_size([None] * 100) + shallow_size(shared)
    cycle = []
    cycle.append(cycle)
    assert measure(cycle).bytes == shallow_size(cycle)


def test_instances_with_values_inline_in_a_dict_and_in_slots():
    inline, slotted = Node(text(1000)), Slotted()
    slotted.value = inline.next
    assert measure(inline).bytes == shallow_size(inline) + shallow_size(inline.next)
    assert measure(slotted).bytes == shallow_size(slotted) + shallow_size(inline.next)
    with_dict = Node(text(1000))
    kept = vars(with_dict)
    found = measure(with_dict)
    assert found.bytes == sum(map(shallow_size, [with_dict, vars(with_dict), with_dict.next]))
    assert found.objects == 3
    assert kept


def test_untracked_containers_count():
    inner = (text(1000),)
    outer = {"a": (inner, 1.5)}
    found = measure(outer)
    assert found.bytes > 1000
    assert found.objects == 6


def test_what_is_shared_is_not_counted():
    default = text(1000)

    def function(argument=default):
        return sys, Node, argument

    found = measure(function)
    assert found.bytes < 10_000
    assert found.objects == 3
    assert measure([sys, Node, int, len, None, True]).bytes < 1000
    assert measure(sys._getframe()).bytes < 10_000
    assert measure(Node(Node)).objects == 1


def test_closures_partials_methods_generators():
    value = text(10_000)

    def closure():
        return value

    def generate(argument):
        yield argument

    for holder in (
        closure,
        functools.partial(print, value),
        types.MethodType(print, value),
        generate(value),
        [value].copy,
    ):
        assert measure(holder).bytes > 10_000


def test_a_linked_list_of_a_million_nodes():
    node = None
    for _ in range(1_000_000):
        node = Node(node)
    found = measure(node)
    assert found.complete
    assert found.objects == 1_000_000
    # Nodes made early have room for more attributes than the others.
    assert 0 <= found.bytes - 1_000_000 * shallow_size(node) < 100_000
    assert 40_000_000 < found.bytes < 400_000_000
    # Taken apart by hand: freeing it in one go would recurse.
    while node is not None:
        node = node.next


def test_a_budget_ends_the_walk_and_is_said():
    deep = None
    for _ in range(5000):
        deep = [deep]
    for one in (deep, [[number] for number in range(50_000)]):
        found = measure(one, seconds=0)
        assert not found.complete
        assert found.objects >= 1
        assert found.bytes <= measure(one).bytes


def test_text():
    assert DeepSize(12_400_000, 9, True, 0.05).text() == "12.4 MB"
    assert DeepSize(12_400_000, 9, False, 0.05).text() == "≥ 12.4 MB (50 ms budget)"
