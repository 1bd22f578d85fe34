"""Positions and edits as the editor counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.lsp.source import Encoding, SourceText

TEXTS = st.text(st.sampled_from("ab\n\r\f\u2028é😀"), max_size=30)


@pytest.mark.parametrize(
    ("encoding", "column"), [(Encoding.UTF8, 9), (Encoding.UTF16, 7), (Encoding.UTF32, 6), (Encoding.UTF16, 99)]
)
def test_columns_count_code_units(encoding: Encoding, column: int) -> None:
    source = SourceText('x\ns="😀" name\n')
    wanted = len(source.text) - 1 if column == 99 else source.text.index(" name") + 1
    assert source.offset(1, column, encoding) == wanted
    if column != 99:
        assert source.position(wanted, encoding) == (1, column)


def test_a_column_inside_a_surrogate_pair_is_its_character() -> None:
    assert SourceText("😀x").offset(0, 1, Encoding.UTF16) == 0


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    source = SourceText(f"a{end}b{end}")
    assert source.position(source.text.index("b"), Encoding.UTF16) == (1, 0)
    assert source.offset(0, 5, Encoding.UTF16) == 1
    assert source.offset(2, 0, Encoding.UTF16) == len(source.text)


@pytest.mark.parametrize("separator", ["\f", "\v", "\x1c", "\x85", "\u2028"])
def test_other_separators_end_no_line(separator: str) -> None:
    source = SourceText(f"a{separator}b\nc")
    assert source.line_of(source.text.index("c")) == 1


@pytest.mark.parametrize(("line", "column", "offset"), [(-1, 0, 0), (0, -1, 0), (7, 0, 3), (7, 7, 3), (1, 0, 2)])
def test_positions_outside_are_moved_inside(line: int, column: int, offset: int) -> None:
    assert SourceText("a\nb").offset(line, column, Encoding.UTF16) == offset


@given(TEXTS, st.sampled_from(Encoding), st.data())
def test_offset_and_position_are_inverse(text: str, encoding: Encoding, data: st.DataObject) -> None:
    source = SourceText(text)
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n":
        return  # Between the two there is no position of its own.
    line, column = source.position(offset, encoding)
    assert source.offset(line, column, encoding) == offset


@given(TEXTS, TEXTS, st.data())
def test_an_edit_replaces_what_is_between(text: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert SourceText(text).replaced(start, end, new).text == text[:start] + new + text[end:]
