"""The container of a snapshot: what is written is read again, and what is damaged is refused with a reason."""

import io
import json
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.wire import snapshot_file
from heapsight.wire.snapshot_file import (
    NONE,
    SnapshotError,
    SnapshotWriter,
    read_column,
    read_directory,
    read_optional,
)

CODES = {"u8": "B", "u32": "I", "u64": "Q"}
LARGEST = {"u8": 0xFF, "u32": NONE, "u64": 0xFFFF_FFFF_FFFF_FFFF}


def required(nodes: int = 2, edges: int = 3) -> dict[str, tuple[str, list[int]]]:
    """Return the columns that a snapshot has to have."""
    columns = {"string.start": ("u64", [0, 0]), "string.bytes": ("u8", []), "edge.start": ("u32", [0] * (nodes + 1))}
    columns["edge.start"][1][1:] = [edges] * nodes
    for name in ("type.name", "type.module", "type.node", "root.node", "root.label"):
        columns[name] = ("u32", [0])
    columns["root.kind"] = ("u8", [0])
    for name in ("type", "size", "refcount", "length"):
        columns[f"node.{name}"] = ("u32", [0] * nodes)
    columns["node.address"], columns["node.flags"] = ("u64", [4096] * nodes), ("u8", [1] * nodes)
    for name, form in (("to", "u32"), ("kind", "u8"), ("label", "u32")):
        columns[f"edge.{name}"] = (form, [0] * edges)
    return columns


def written(columns: dict[str, tuple[str, list[int]]], meta: dict[str, object] | None = None) -> io.BytesIO:
    file = io.BytesIO()
    writer = SnapshotWriter(file)
    for name, (form, values) in columns.items():
        writer.add(name, form, array(CODES[form], values))
    assert writer.finish(meta or {}) == len(file.getvalue())
    return file


def with_directory(change) -> io.BytesIO:
    """Return a file whose directory was changed by hand."""
    content = written(required()).getvalue()
    offset, length = struct.unpack_from("<QQ", content, 16)
    directory = json.loads(content[offset : offset + length])
    text = json.dumps(change(directory) or directory).encode()
    header = snapshot_file.MAGIC + struct.pack("<IIQQ", 1, 0, offset, len(text))
    return io.BytesIO(header + content[32:offset] + text)


extra_columns = st.dictionaries(
    st.text(min_size=1).map(lambda text: f"later.{text}"),
    st.sampled_from(list(CODES)).flatmap(
        lambda form: st.tuples(
            st.just(form), st.lists(st.lists(st.integers(0, LARGEST[form]), max_size=20), max_size=5)
        )
    ),
    max_size=6,
)
json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner))


@given(extra_columns, st.dictionaries(st.text(), json_values, max_size=5))
def test_what_is_written_in_pieces_is_read_as_a_whole(columns, meta) -> None:
    file = io.BytesIO()
    writer = SnapshotWriter(file)
    for name, (form, values) in required().items():
        writer.add(name, form, array(CODES[form], values))
    longest = max((len(pieces) for _, pieces in columns.values()), default=0)
    for index in range(longest):
        for name, (form, pieces) in columns.items():
            if index < len(pieces):
                writer.add(name, form, array(CODES[form], pieces[index]))
    writer.finish(meta)
    directory = read_directory(file)
    assert directory.meta == meta
    for name, (form, pieces) in columns.items():
        expected = [item for piece in pieces for item in piece]
        if pieces:
            assert directory.columns[name].format == form
            assert list(read_column(file, directory.columns[name])) == expected
            assert writer.count(name) == len(expected)
            assert all(offset % 8 == 0 for offset, _ in directory.columns[name].chunks)


def test_lone_surrogates_get_through() -> None:
    assert read_directory(written(required(), {"argv": ["\udc80.py"]})).meta == {"argv": ["\udc80.py"]}


def test_bytes_and_views_are_items_too() -> None:
    file = io.BytesIO()
    writer = SnapshotWriter(file)
    for name, (form, values) in required().items():
        writer.add(name, form, memoryview(array(CODES[form], values)))
    writer.add("later", "u32", struct.pack("<II", 7, 70_000))
    writer.finish({})
    assert list(read_column(file, read_directory(file).columns["later"])) == [7, 70_000]
    with pytest.raises(ValueError, match="no items of later"):
        writer.add("later", "u32", b"123")
    with pytest.raises(ValueError, match="no items of later"):
        writer.add("later", "u64", b"12345678")


def test_optional_columns_may_be_missing() -> None:
    file = written({**required(), "value.node": ("u32", [1]), "value.text": ("u32", [0]), "value.hash": ("u64", [5])})
    directory = read_directory(file)
    assert list(read_optional(file, directory, "value.hash")) == [5]
    assert read_optional(file, directory, "large.size") == array("Q")
    assert read_optional(file, directory, "site.node") == array("I")


def test_a_column_of_an_unknown_format_is_ignored() -> None:
    def add(directory):
        directory["columns"]["later"] = {"format": "f16", "count": 3, "chunks": [[32, 3]]}

    file = with_directory(add)
    assert read_directory(file).columns["later"].count == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a snapshot"),
        (b"PK\3\4" + b"x" * 100, "not a snapshot"),
        (snapshot_file.MAGIC, "cut off"),
        (snapshot_file.MAGIC + struct.pack("<IIQQ", 1, 0, 0, 0), "never finished"),
        (snapshot_file.MAGIC + struct.pack("<IIQQ", 2, 0, 32, 2) + b"{}", "has version 2"),
        (snapshot_file.MAGIC + struct.pack("<IIQQ", 1, 0, 32, 200) + b"{}", "198 bytes are missing"),
        (snapshot_file.MAGIC + struct.pack("<IIQQ", 1, 0, 32, 2) + b"{}", "directory cannot be read"),
        (snapshot_file.MAGIC + struct.pack("<IIQQ", 1, 0, 32, 2) + b"\xff\xff", "directory cannot be read"),
    ],
)
def test_what_is_no_snapshot_is_refused(content, message) -> None:
    with pytest.raises(SnapshotError, match=message):
        read_directory(io.BytesIO(content))


def test_an_unfinished_file_is_told_from_a_damaged_one() -> None:
    file = io.BytesIO()
    SnapshotWriter(file).add("node.type", "u32", array("I", [1, 2]))
    with pytest.raises(SnapshotError, match="never finished"):
        read_directory(file)


def change_column(name: str, **changes):
    def change(directory):
        directory["columns"][name].update(changes)

    return change


def drop_column(directory):
    del directory["columns"]["node.size"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (change_column("node.type", count=3), "pieces of column node.type"),
        (change_column("node.type", count=-2, chunks=[[32, -2]]), "node.type is nowhere"),
        (change_column("node.type", count=1 << 40, chunks=[[32, 1 << 40]]), "ends outside"),
        (change_column("node.type", chunks=[[0, 2]]), "node.type is nowhere"),
        (change_column("node.type", chunks=[[36, 2]]), "node.type is nowhere"),
        (change_column("node.type", chunks=[[32.5, 2]]), "node.type is nowhere"),
        (change_column("node.type", chunks=[[True, 2]]), "node.type is nowhere"),
        (change_column("node.type", chunks=7), "directory cannot be read"),
        (change_column("node.type", count=80_000, chunks=[[32, 40]] * 2000), "larger than the file"),
        (change_column("node.type", count=1, chunks=[[32, 1]]), "do not fit each other"),
        (change_column("edge.start", count=2, chunks=[[32, 2]]), "do not fit each other"),
        (change_column("string.start", count=0, chunks=[]), "no strings"),
        (change_column("node.type", format="u64"), "node.type is u64, not u32"),
        (change_column("node.type", format="f64"), "no known format"),
        (drop_column, "do not fit|no column node.size"),
        (lambda directory: {"meta": {}}, "directory cannot be read"),
        (lambda directory: {"meta": [], "columns": {}}, "directory cannot be read"),
        (lambda directory: [directory], "directory cannot be read"),
    ],
)
def test_damaged_directories_are_refused(change, message) -> None:
    with pytest.raises(SnapshotError, match=message):
        read_directory(with_directory(change))


@given(st.data())
def test_no_cut_or_changed_byte_does_more_than_refuse(data) -> None:
    content = bytearray(written(required(), {"label": "before"}).getvalue())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = io.BytesIO(content)
    try:
        directory = read_directory(file)
        for column in directory.columns.values():
            assert len(read_column(file, column)) == column.count
    except SnapshotError as error:
        assert str(error)


def test_a_file_that_shrinks_while_it_is_read_is_refused() -> None:
    file = written(required())
    directory = read_directory(file)
    file.truncate(40)
    with pytest.raises(SnapshotError, match="become shorter"):
        read_column(file, directory.columns["edge.to"])
