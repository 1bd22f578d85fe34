"""Rows as the JSON that is sent. A page has hundreds that are made alike: a dict of each, for an encoder that looks at
every key of it again, is half of what a page costs.
"""

from __future__ import annotations

from collections.abc import Callable
from json import dumps, encoder
from typing import Final

from .presenter import DATA_HINT, TEXT_HINT
from .tree import Row

_quoted: Callable[[str], str] = encoder.encode_basestring_ascii


def row_text(row: Row, rest: dict[str, object] | None) -> str:
    """Return the DAP `Variable` of `row`; `rest` has what is to be expanded and pointed to, None for nothing."""
    text = f'{{"name":{_quoted(row.name)},"value":{_quoted(row.value)}'
    if row.type:
        text = f'{text},"type":{_quoted(row.type)}'
    if row.evaluate_name is not None:
        text = f'{text},"evaluateName":{_quoted(row.evaluate_name)}'
    hint = row.presentation
    if hint is not None:
        text = f'{text},"presentationHint":{_HINTS.get(id(hint)) or _json(hint)}'
    return f'{text},"variablesReference":0}}' if rest is None else f"{text},{_json(rest)[1:]}"


def _json(value: object) -> str:
    """Return the JSON of the little that rows have: texts, numbers, flags, lists, and dicts of these."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        return f"{{{','.join([f'{_quoted(name)}:{_json(part)}' for name, part in value.items()])}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    return str(value) if type(value) is int else dumps(value)


# By address: both are shared by nearly all rows, and nobody changes them.
_HINTS: Final = {id(hint): _json(hint) for hint in (DATA_HINT, TEXT_HINT)}
