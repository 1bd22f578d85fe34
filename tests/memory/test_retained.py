"""The retained size: what goes away with an object, compared with what really goes when it is deleted."""

import collections
import functools
import gc
import sys
import types
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heapsight.debuggee.holding import Held, Holder
from heapsight.debuggee.memory.budget import Budget
from heapsight.debuggee.memory.retained import Retained, retained_size
from heapsight.debuggee.memory.sizes import shallow_size
from support.heap import PLENTY

pytestmark = pytest.mark.usefixtures("twin")


class Node:
    def __init__(self, *parts):
        self.parts = list(parts)


class Slotted:
    __slots__ = ("__weakref__", "left", "right")


class Mapping(dict):
    pass


def text(length):
    return "x" * length + str(length)


def measure(one, seconds=PLENTY):
    return retained_size(Held(one), Holder(), Budget(seconds))


def total(*objects):
    return sum(map(shallow_size, objects))


def test_what_only_the_object_holds():
    items = [text(1000), [text(2000)]]
    found = measure(items)
    assert (found.bytes, found.objects, found.complete) == (total(items, items[0], items[1], items[1][0]), 4, True)


def test_what_others_hold_too():
    shared = text(5000)
    other = [shared]
    items = [shared, shared, [shared]]
    assert measure(items).bytes == total(items, items[2])
    del shared
    assert measure(items).bytes == total(items, items[2])
    other.clear()
    assert measure(items).bytes == total(items, items[2], items[0])


def test_keys_and_values_of_dicts():
    mapping = {}
    mapping[text(3000)] = text(1000)
    assert measure(mapping).objects == 3
    mapping[10**40 + len(mapping)] = [1.5 * len(mapping)]
    assert measure(mapping).objects == 6


@pytest.mark.parametrize("make", [dict, Mapping, collections.OrderedDict, lambda: collections.defaultdict(list)])
@pytest.mark.parametrize("with_numbers", [False, True])
def test_kinds_of_dicts(make, with_numbers):
    mapping = make()
    for number in range(20):
        mapping[text(100 + number)] = text(200 + number)
    if with_numbers:
        mapping[10**40 + len(mapping)] = text(300)
    found = measure(mapping)
    assert found.objects - 1 - 2 * len(mapping) in (0, 1)  # an instance may have a dict of its own
    for key in mapping:
        del mapping[key]
        break
    assert measure(mapping).objects == found.objects - 2


def test_cycles_go_with_the_object():
    head = Node()
    ring = Node(Node(Node()))
    ring.parts[0].parts[0].parts.append(ring)
    head.parts.append(ring)
    parts = [ring, ring.parts[0], ring.parts[0].parts[0]]
    expected = total(head, head.parts, *parts, *(part.parts for part in parts))
    del ring
    del parts
    assert measure(head).bytes == expected
    kept = head.parts[0].parts[0]
    assert measure(head).bytes == total(head, head.parts)
    del kept
    assert measure(head).bytes == expected


def test_a_parent_that_others_hold_is_not_retained():
    parent = Node()
    child = Node(parent)
    parent.parts.append(child)
    only = text(1000)
    child.parts.append(only)
    del only
    assert measure(child).bytes == total(child, child.parts, child.parts[1])
    assert measure(parent).bytes == total(parent, parent.parts)
    grand = [parent]
    del parent, child
    assert measure(grand).objects == 6
    assert measure(grand[0]).objects == 5


def test_slots_closures_bound_methods_generators_exceptions():
    def closure():
        held = text(10_000)
        return lambda: held

    def generate(value):
        yield value

    slotted = Slotted()
    slotted.left, slotted.right = text(10_000), slotted
    running = generate(text(10_000))
    next(running)
    for holder in (
        slotted,
        closure(),
        functools.partial(print, text(10_000)),
        types.MethodType(print, text(10_000)),
        running,
        generate(text(10_000)),
        [text(10_000)].copy,
        ValueError(text(10_000)),
        collections.deque([text(10_000)]),
        types.SimpleNamespace(a=text(10_000)),
        frozenset([text(10_000)]),
    ):
        assert 10_000 < measure(holder).bytes < 12_000


def test_instances_with_and_without_a_dict():
    inline, asked = Node(), Node()
    vars(asked)
    for one in (inline, asked):
        one.value = text(10_000)
        assert 10_000 < measure(one).bytes < 12_000
    late = Node()
    late.value = text(10_000)
    vars(late)
    assert 10_000 < measure(late).bytes < 12_000


def test_what_the_program_shares_is_where_it_stops():
    assert measure([sys, Node, int, len, None, True, 5, ""]).objects == 1
    assert measure(None).objects == 1
    assert measure(Node).bytes > shallow_size(Node)
    module = types.ModuleType("made_here")
    module.value = text(10_000)
    assert measure(module).bytes > 10_000
    assert measure(sys._getframe()).bytes < 10_000


def test_what_native_code_holds_is_not_retained():
    value = text(1000)
    items = [value]
    iterator = map(str.upper, [value])
    del value
    assert measure(items).objects == 1
    del iterator
    assert measure(items).objects == 2


def test_what_heapsight_holds_counts_for_nothing():
    holder = Holder()
    items = [[text(1000)]]
    held = holder.hold(items)
    holder.hold(items[0])
    holder.hold(items[0][0])
    del items
    assert retained_size(held, holder, Budget(PLENTY)).objects == 3


def test_a_linked_list_of_a_million():
    node = None
    for _ in range(1_000_000):
        node = [node]
    found = measure(node)
    assert (found.objects, found.complete) == (1_000_000, True)
    while node is not None:
        node = node[0]


def test_a_budget_gives_a_lower_bound():
    ring = [[number] for number in range(20_000)]
    for one in ring:
        one.append(ring)
    chain = None
    for _ in range(20_000):
        chain = [chain]
    for one in (ring, chain):
        found = measure(one, seconds=0)
        assert not found.complete
        assert found.objects >= 1
        assert found.bytes <= measure(one).bytes
    assert measure(ring, seconds=0).text().startswith("≥ ")
    ring.clear()


def test_text():
    assert Retained(1_200_000, 9, True, 0.05).text() == "1.2 MB"
    assert Retained(1_200_000, 9, False, 0.05).text() == "≥ 1.2 MB (50 ms budget)"


# -- against what really happens ---------------------------------------------------------------------------------------


class Vertex:
    """Refers to others in one of several ways."""

    __slots__ = ("__weakref__", "box", "direct", "extra")


def fill(vertex, others, way):
    vertex.extra = bytes(100 + len(others))
    vertex.direct = vertex.box = None
    if way == 0:
        vertex.box = list(others)
    elif way == 1:
        vertex.box = {f"key {number} of many": one for number, one in enumerate(others)}
    elif way == 2:
        vertex.box = dict(enumerate(others))
    elif way == 3 and others:
        vertex.direct, vertex.box = others[0], tuple(others[1:])
    else:
        vertex.box = collections.deque(others)


graphs = st.integers(2, 12).flatmap(
    lambda size: st.tuples(
        st.lists(
            st.tuples(st.lists(st.integers(0, size - 1), max_size=3), st.integers(0, 4)), min_size=size, max_size=size
        ),
        st.sets(st.integers(0, size - 1), max_size=size // 2),
        st.integers(0, size - 1),
    )
)


def build(shape):
    vertices = [Vertex() for _ in shape]
    for vertex, (others, way) in zip(vertices, shape, strict=True):
        fill(vertex, [vertices[other] for other in others], way)
    return vertices


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_it_is_what_really_goes(case):
    """Vertices in `kept` are held from outside; what hangs on the target alone has to be what dies with it."""
    shape, kept, target = case
    vertices = build(shape)
    outside = [vertices[number] for number in sorted(kept - {target})]
    watching = [weakref.ref(vertex) for vertex in vertices]
    held = Held(vertices[target])
    del vertices
    gc.collect()
    before = {number for number, one in enumerate(watching) if one() is not None}
    found = retained_size(held, Holder(), Budget(PLENTY))
    # Really: cut whatever leads to the target from outside of it, and let it go.
    for number in before - {target}:
        cut(watching[number](), held)
    held.obj = None
    gc.collect()
    gone = [number for number in before if watching[number]() is None]
    assert target in gone
    assert found.complete
    assert found.objects == objects_of(shape, gone)
    del outside


def cut(vertex, held):
    """Take the target out of what a vertex refers to, its place left empty."""
    if vertex.direct is held.obj:
        vertex.direct = None
    box = vertex.box
    if isinstance(box, dict):
        for key in box:
            if box[key] is held.obj:
                box[key] = None
    elif isinstance(box, tuple):
        vertex.box = tuple(None if one is held.obj else one for one in box)
    elif box is not None:
        for place, one in enumerate(box):
            if one is held.obj:
                box[place] = None


def objects_of(shape, numbers):
    """Return how many objects some vertices are, their containers and keys with them."""
    count = 0
    for number in numbers:
        others, way = shape[number]
        count += 2  # the vertex and its bytes
        if way == 3 and len(others) <= 1:
            count += 0 if others else 1  # () is shared, a deque is not
        else:
            count += 1
        count += len(others) if way == 1 else 0
    return count
