"""Pages of large containers: only what is asked for is looked at, and it is what the program would get."""

import array
import collections
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.debuggee.inspection.tree import Children, Listing, Row
from support.inspecting import Looking

SIZE = 1000
KEYS = [object() for _ in range(SIZE)]
CONTAINERS = {
    "list": list(range(SIZE)),
    "tuple": tuple(range(SIZE)),
    "deque": collections.deque(range(SIZE)),
    "set": set(range(SIZE)),
    "frozenset": frozenset(range(SIZE)),
    "dict": {index: index for index in range(SIZE)},
    "dict with holes": {index: index for index in range(2 * SIZE) if index >= SIZE},
    "dict of objects": dict(zip(KEYS, range(SIZE), strict=True)),
    "OrderedDict": collections.OrderedDict((index, index) for index in range(SIZE)),
    "Counter": collections.Counter({index: index for index in range(SIZE)}),
    "mapping proxy": types.MappingProxyType({index: index for index in range(SIZE)}),
    "keys": {index: index for index in range(SIZE)}.keys(),
    "values": {index: index for index in range(SIZE)}.values(),
}
CONTAINERS["OrderedDict"].move_to_end(3)


def expected(container):
    mapping = isinstance(container, dict | types.MappingProxyType)
    return list(container.values()) if mapping else list(container)


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize(("start", "count"), [(0, 1), (0, 100), (450, 100), (SIZE - 1, 1), (SIZE - 50, 100), (0, 1000)])
def test_a_page_is_what_the_program_sees(name, start, count):
    container = CONTAINERS[name]
    looking = Looking()
    row = looking.local("container")
    assert row["indexedVariables"] == SIZE
    rows = looking.rows(row["variablesReference"], "indexed", start, count)
    wanted = expected(container)[start : start + count]
    assert [row["value"] for row in rows] == [repr(value) for value in wanted]
    for row in rows[:3]:
        assert eval(row["evaluateName"]) == eval(row["value"])


def test_pages_beyond_the_end_are_empty():
    container = list(range(10))
    looking = Looking()
    reference = looking.local("container")["variablesReference"]
    assert looking.rows(reference, "indexed", 10, 5) == []
    assert looking.rows(reference, "named", 10, 5) == []
    assert looking.rows(reference, None, 1000, 5) == []
    assert len(container) == 10


def test_named_and_indexed_add_up():
    container = list(range(5))
    looking = Looking()
    row = looking.local("container")
    reference = row["variablesReference"]
    named, indexed = looking.rows(reference, "named"), looking.rows(reference, "indexed")
    assert (len(named), len(indexed)) == (row["namedVariables"], row["indexedVariables"])
    everything = looking.rows(reference)
    assert everything == indexed + named
    assert [one["name"] for one in everything] == ["0", "1", "2", "3", "4", "len()"]
    pieces = [looking.rows(reference, None, start, 2) for start in (0, 2, 4)]
    assert [row for piece in pieces for row in piece] == everything
    assert container


class Reading(list):
    """A list that tells which elements were read."""

    def __getitem__(self, index):
        raise AssertionError("asked")

    def __iter__(self):
        raise AssertionError("asked")

    def __len__(self):
        raise AssertionError("asked")


def test_the_containers_own_methods_are_not_used():
    container = Reading(range(100))
    looking = Looking()
    rows = looking.rows(looking.local("container")["variablesReference"], "indexed", 97, 100)
    assert [row["value"] for row in rows] == ["97", "98", "99"]
    assert list.__len__(container) == 100


class Shown:
    shown = 0

    def __repr__(self):
        Shown.shown += 1
        return "shown"


def test_only_the_page_is_shown():
    container = [Shown() for _ in range(100_000)]
    looking = Looking()
    reference = looking.evaluate("container")["variablesReference"]
    Shown.shown = 0
    looking.rows(reference, "indexed", 50_000, 10)
    assert Shown.shown == 10
    assert len(list(looking.holder)) < 50
    assert container


@pytest.mark.parametrize("make", [list, dict.fromkeys], ids=["list", "dict"])
def test_without_paging_there_is_a_row_for_the_rest(make):
    container = make(range(2500))
    looking = Looking()
    rows = looking.rows(looking.local("container")["variablesReference"])
    assert [row["name"] for row in rows[:2]] == ["0", "1"]
    rest = rows[1000]
    assert rest["name"] == "[1000 … 2499]"
    assert rest["indexedVariables"] == 1500
    further = looking.rows(rest["variablesReference"])
    assert further[0]["name"] == "1000"
    assert further[1000]["name"] == "[1000 … 1499]"
    last = looking.rows(further[1000]["variablesReference"])
    assert last[-1]["name"] == "2499"
    assert eval(last[-1]["evaluateName"]) == container[2499]


def test_a_container_that_shrinks_between_two_requests():
    container = list(range(100))
    looking = Looking()
    reference = looking.local("container")["variablesReference"]
    looking.rows(reference, "indexed", 90, 10)
    looking.run("del container[5:]")
    assert looking.rows(reference, "indexed", 90, 10) == []
    assert len(looking.rows(reference, "indexed", 0, 10)) == 5
    assert len(container) == 5


def test_keys_that_look_alike_have_names_of_their_own():
    class Alike:
        def __repr__(self):
            return "alike"

    container = {Alike(): 1, Alike(): 2, Alike(): 3}
    looking = Looking()
    reference = looking.local("container")["variablesReference"]
    rows = looking.rows(reference, "indexed")
    assert [row["name"] for row in rows] == ["alike", "alike #1", "alike #2"]
    assert [row["name"] for row in looking.rows(reference, "indexed")] == ["alike", "alike #1", "alike #2"]
    assert looking.set(reference, "alike #1", "20")["value"] == "20"
    assert list(container.values()) == [1, 20, 3]
    assert looking.inspector.row_held(reference, "alike #2")[0].obj == 3


def test_an_element_that_was_never_shown_is_found_by_its_name():
    container = {f"key {index}": index for index in range(5000)}
    looking = Looking()
    reference = looking.local("container")["variablesReference"]
    assert looking.inspector.row_held(reference, "'key 4321'")[0].obj == 4321
    numbers = list(range(100_000))
    held, name = looking.inspector.row_held(looking.local("numbers")["variablesReference"], "99999")
    assert (held.obj, name) == (99999, "numbers[99999]")
    assert container
    assert numbers


@pytest.mark.parametrize(
    ("key", "expression"),
    [
        ("a", "container['a']"), ("it's", 'container["it\'s"]'), (1, "container[1]"), (-1, "container[-1]"),
        (1.5, "container[1.5]"), (float("inf"), "list(container.values())[0]"), (None, "container[None]"),
        (True, "container[True]"), (b"x", "container[b'x']"), ((1, "a"), "container[(1, 'a')]"),
        ((1,), "container[(1,)]"), ("x" * 1000, "list(container.values())[0]"),
        (frozenset({1}), "list(container.values())[0]"),
    ],
    ids=repr,
)  # fmt: skip
def test_expressions_for_keys(key, expression):
    container = {key: [1]}
    looking = Looking()
    (row, *_) = looking.rows(looking.local("container")["variablesReference"], "indexed")
    assert row["evaluateName"] == expression
    assert looking.evaluate(expression)["result"] == "[1]"
    assert container


@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 60))
def test_any_page_of_any_listing(size, start, count):
    class Numbers(Listing):
        @property
        def indexed(self):
            return size

        def named_rows(self, only=None):
            return [Row("named", ""), Row("other", "")]

        def element_rows(self, start, stop):
            assert 0 <= start <= stop <= size
            return [Row(str(place), "") for place in range(start, stop)]

    listing: Children = Numbers()
    everything = [row.name for row in listing.rows(None, 0, 0)]
    assert everything == [*map(str, range(size)), "named", "other"]
    stop = start + count if count else None
    assert [row.name for row in listing.rows(None, start, count)] == everything[start:stop]
    assert [row.name for row in listing.rows("indexed", start, count)] == everything[:size][start:stop]
    assert [row.name for row in listing.rows("named", start, count)] == everything[size:][start:stop]


def test_arrays_are_told_by_their_text():
    container = array.array("i", [1, 2])
    assert Looking().local("container")["value"] == "array('i', [1, 2])"
    assert container
