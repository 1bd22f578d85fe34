"""Rows of plain numbers as the JSON that is sent: `debuggee/inspection/ready_rows.py` uses it, where it was built.

`owner` is the expression for what has the rows, as JSON has it within quotation marks; None where there is none. In the
place of a row that is of another kind there is None: the rows that Python makes of such are its twin.
"""

def list_rows(items: list[object], start: int, owner: str | None, /) -> list[str | None]:
    """Return the rows of items of a list, the first of which is at `start`."""

def dict_rows(
    pairs: list[tuple[object, object]], start: int, owner: str | None, places: dict[str, int], /
) -> list[str | None]:
    """Return the rows of items of a dict. Their names are put into `places`; a second row of a name is None."""

def pairs_of(items: dict[object, object], start: int, stop: int, /) -> list[tuple[object, object]]:
    """Return some items of a dict, also of a subclass, without asking it."""

def attribute_rows(
    attributes: dict[str, object], owner: str | None, keywords: frozenset[str], /
) -> dict[str, str | None]:
    """Return the rows of public attributes that can be set, in their order."""
