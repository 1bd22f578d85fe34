"""The bytes behind values: read and written where they lie, exported for the moment only."""

import array
import ctypes
import mmap
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heapsight.debuggee.errors import RequestError
from support.inspecting import Looking


class Exporting:
    """Says by a method of its own what its bytes are (3.12+)."""

    def __buffer__(self, flags):
        raise AssertionError("called")


class Point(ctypes.Structure):
    _fields_ = (("x", ctypes.c_int16), ("y", ctypes.c_int16))


def reference_of(looking, name="value"):
    return looking.local(name).get("memoryReference")


def read(looking, count=100, offset=0, name="value"):
    return looking.inspector.read_memory(reference_of(looking, name), offset, count)


def write(looking, offset, data, partial=False):
    return looking.inspector.write_memory(reference_of(looking), offset, data, partial=partial)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"some bytes", b"some bytes"),
        (bytearray(b"abc"), b"abc"),
        (memoryview(b"abcdef")[1:5], b"bcde"),
        (memoryview(b"abcdef")[::2], b"ace"),
        (memoryview(b"abcdef")[::-1], b"fedcba"),
        (array.array("h", [1, 2]), array.array("h", [1, 2]).tobytes()),
        ((ctypes.c_ubyte * 3)(1, 2, 3), b"\1\2\3"),
        (Point(1, 2), bytes(Point(1, 2))),
        (b"", b""),
    ],
)
def test_what_has_bytes(value, expected):
    found = read(Looking())
    assert (found.data, found.missing) == (expected, 100 - len(expected))
    assert memoryview(value).nbytes == len(expected)


@pytest.mark.parametrize("value", [1, "text", [b"in a list"], None, Exporting(), object(), {}], ids=repr)
def test_what_has_none(value):
    assert reference_of(Looking()) is None
    assert value is not Ellipsis


@pytest.mark.parametrize(
    ("offset", "count", "data", "missing"),
    [
        (0, 4, b"0123", 0),
        (6, 4, b"6789", 0),
        (6, 10, b"6789", 6),
        (10, 5, b"", 5),
        (1000, 5, b"", 5),
        (-2, 5, b"", 5),
        (3, 0, b"", 0),
    ],
)
def test_offsets_and_counts(offset, count, data, missing):
    value = b"0123456789"
    found = read(Looking(), count, offset)
    assert (found.data, found.missing) == (data, missing)
    assert value


def test_addresses_are_those_of_the_bytes():
    value = (ctypes.c_ubyte * 4)(1, 2, 3, 4)
    assert read(Looking(), 2, offset=2).address == ctypes.addressof(value) + 2


def test_writing():
    value = bytearray(b"0123456789")
    looking = Looking()
    assert write(looking, 2, b"ab") == 2
    assert value == b"01ab456789"
    with pytest.raises(RequestError, match="only 10 bytes"):
        write(looking, 9, b"xyz")
    assert write(looking, 9, b"xyz", partial=True) == 1
    assert value == b"01ab45678x"
    with pytest.raises(RequestError, match="only 10 bytes"):
        write(looking, -1, b"x")
    value.extend(b"!" * 100)  # not exported any more
    assert len(value) == 110


@pytest.mark.parametrize("value", [b"fixed", memoryview(b"fixed")], ids=repr)
def test_what_is_read_only(value):
    with pytest.raises(RequestError, match=f"memory of this {type(value).__name__} is read-only"):
        write(Looking(), 0, b"x")
    assert bytes(value) == b"fixed"


def test_writing_between_the_gaps():
    whole = bytearray(b"abcdef")
    value = memoryview(whole)[::2]
    write(Looking(), 1, b"XY")
    assert whole == b"abXdYf"
    value.release()


def test_a_map_of_a_file(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(b"x" * mmap.PAGESIZE * 3)
    with path.open("r+b") as file:
        value = mmap.mmap(file.fileno(), 0)
        looking = Looking()
        write(looking, 5, b"hello")
        assert value[5:10] == b"hello"
        if sys.platform != "win32":
            file.truncate(mmap.PAGESIZE)
            # Beyond the end of the file there is nothing: touching it would end the process.
            found = read(looking, 20, offset=mmap.PAGESIZE - 10)
            assert (found.data, found.missing) == (b"x" * 10, 10)
        value.close()
    with pytest.raises(RequestError, match="cannot be reached"):
        read(looking)


def test_an_anonymous_map():
    value = mmap.mmap(-1, 100)
    value[:3] = b"abc"
    assert read(Looking(), 3).data == b"abc"
    value.close()


def test_a_released_view():
    value = memoryview(b"abc")
    looking = Looking()
    reference = reference_of(looking)
    value.release()
    with pytest.raises(RequestError, match="cannot be reached"):
        looking.inspector.read_memory(reference, 0, 1)


def test_too_much_at_once():
    value = bytearray(65 * 1024 * 1024)
    with pytest.raises(RequestError, match="too much"):
        read(Looking(), len(value))


def test_numpy():
    np = pytest.importorskip("numpy")
    value = np.arange(12, dtype="u1").reshape(3, 4)[:, ::2].T
    looking = Looking()
    assert read(looking).data == bytes([0, 4, 8, 2, 6, 10])
    write(looking, 4, b"\xff")
    assert value[1, 1] == 255
    value = np.array(["1970-01-02"], "M8[D]")
    assert read(Looking()).data == (1).to_bytes(8, sys.byteorder)
    value = np.array([object()], object)
    assert reference_of(Looking()) is None
    value = np.array([(1, 2)], [("a", "i1"), ("b", "i2")])
    assert len(read(Looking()).data) == 3
    value = np.broadcast_to(np.arange(3, dtype="u1"), (2, 3))
    assert read(Looking()).data == bytes([0, 1, 2, 0, 1, 2])
    value = np.arange(3)
    value.flags.writeable = False
    with pytest.raises(RequestError, match="read-only"):
        write(Looking(), 0, b"x")


@given(st.data())
@settings(deadline=None)
def test_any_layout_reads_as_its_elements(data):
    np = pytest.importorskip("numpy")
    shape = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=3))
    whole = np.arange(int(np.prod(shape)), dtype="<u2").reshape(shape)
    steps = st.builds(slice, st.integers(0, 2), st.integers(0, 4), st.sampled_from([1, 2]))
    value = whole[tuple(data.draw(steps) for _ in shape)]
    if data.draw(st.booleans()):
        value = value.T[::-1]
    offset, count = data.draw(st.integers(0, 40)), data.draw(st.integers(0, 40))
    looking = Looking()
    assert read(looking, count, offset).data == value.tobytes()[offset : offset + count]
    new = data.draw(st.binary(max_size=5))
    place = data.draw(st.integers(0, 20))
    expected = bytearray(value.tobytes())
    if place + len(new) <= len(expected):
        write(looking, place, new)
        expected[place : place + len(new)] = new
        assert value.tobytes() == expected


def test_nothing_is_kept():
    value = bytearray(b"abc")
    before = sys.getrefcount(value)
    looking = Looking()
    reference = reference_of(looking)
    looking.inspector.read_memory(reference, 0, 3)
    looking.release()
    assert sys.getrefcount(value) == before
    with pytest.raises(RequestError, match="earlier stop"):
        looking.inspector.read_memory(reference, 0, 3)
    assert reference_of(looking) == reference  # shown again, it has the same
    assert looking.inspector.read_memory(reference, 0, 3).data == b"abc"


def test_open_memory_outlives_the_stop_where_it_can():
    value = array.array("B", b"abc")
    looking = Looking()
    reference = reference_of(looking)
    looking.inspector.read_memory(reference, 0, 3)
    looking.release()
    assert looking.inspector.opened_memory() == [(reference, 3)]
    assert looking.inspector.read_memory(reference, 0, 3).data == b"abc"
    del value
    assert looking.inspector.opened_memory() == []
    with pytest.raises(RequestError, match="earlier stop"):
        looking.inspector.read_memory(reference, 0, 3)
