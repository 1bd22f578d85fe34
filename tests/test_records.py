"""Records behave as the frozen, slotted classes of `dataclasses` do, apart from being frozen."""

import dataclasses
import inspect

import pytest

from heapsight.debuggee.own import is_own_code
from heapsight.debuggee.records import field, mutable_record, record, replace


@record
class Point:
    """A place."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)

    def moved(self) -> "Point":
        return replace(self, x=self.x + 1)


@dataclasses.dataclass(frozen=True, slots=True)
class Peer:
    """A place."""

    x: int
    y: int = 2
    names: list[str] = dataclasses.field(default_factory=list)


@mutable_record(eq=False)
class Counter:
    count: int = 0


@record
class Named(Point):
    title: str = ""


def test_made_shown_and_compared_as_dataclasses_do():
    for given in ({"x": 1}, {"x": 1, "y": 3}, {"x": 1, "names": ["a"]}):
        ours, peer = Point(**given), Peer(**given)
        assert repr(ours) == repr(peer).replace("Peer", "Point")
        assert ours == Point(**given)
        assert ours != Point(x=2)
        assert ours != peer
    assert Point(1, 2, []).names is not Point(1, 2).names
    assert Point.__doc__ == "A place."
    assert Point.__match_args__ == Peer.__match_args__
    assert [str(one.kind) for one in inspect.signature(Point).parameters.values()] == [
        str(one.kind) for one in inspect.signature(Peer).parameters.values()
    ]


def test_hashed_by_value_or_not_at_all_as_dataclasses_do():
    assert hash(replace(Point(1), names=())) == hash(replace(Point(1), names=()))
    assert len({Counter(), Counter()}) == 2

    @mutable_record
    class Pair:
        left: int

    with pytest.raises(TypeError):
        hash(Pair(1))


@pytest.mark.parametrize("wrong", [{}, {"x": 1, "z": 2}])
def test_wrong_fields_are_refused(wrong):
    with pytest.raises(TypeError):
        Point(**wrong)
    with pytest.raises(TypeError):
        replace(Point(1), z=1)


def test_slots_only():
    assert not hasattr(Point(1), "__dict__")
    with pytest.raises(AttributeError):
        Counter().other = 1


def test_replacing_keeps_the_rest_and_the_class():
    assert Point(1, 5).moved() == Point(2, 5)
    named = Named(1, title="home")
    assert (repr(named.moved()), type(named.moved())) == ("Named(x=2, y=2, names=[], title='home')", Named)


def test_fields_can_be_matched_by_position():
    match Point(1, 5):
        case Point(x, 5):
            assert x == 1
        case _:
            pytest.fail("no match")


def test_what_is_compiled_for_a_record_is_the_debuggers_own_code():
    assert is_own_code(Point.__init__.__code__)
