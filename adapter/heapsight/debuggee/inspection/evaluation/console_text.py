"""What stands before the cursor in a line of the console, found in the text alone."""

from __future__ import annotations

import re

from ...records import record

_IMPORT = re.compile(r"^\s*import\s+(?:.*,\s*)?(?P<package>(?:\w+\.)*)(?P<start>\w*)$")
_FROM = re.compile(r"^\s*from\s+(?P<package>(?:\w+\.)*)(?P<start>\w*)$")
_FROM_IMPORT = re.compile(r"^\s*from\s+(?P<module>\w+(?:\.\w+)*)\s+import\s+\(?(?:.*,\s*)?(?P<start>\w*)$")
_KEY = re.compile(r"\[\s*(?P<quote>[bB]?[\"'])?(?P<start>(?(quote)[^\"'\\]*|\w*))$")
_WORD = re.compile(r"(?P<start>[^\W\d]\w*)?$")
_KEYWORD_USED = re.compile(r"(\w+)\s*=(?!=)")
_OPENING, _CLOSING = "([{", ")]}"


@record
class Imported:
    """In an import: `start` begins the name of a module in `package` ("" for the top), or with `names` in it."""

    package: str
    start: str
    names: bool = False


@record
class Key:
    """In a subscript of `owner`, with the quote that is open, if one is."""

    owner: str
    quote: str
    start: str


@record
class Attribute:
    """Behind a dot of `owner`."""

    owner: str
    start: str


@record
class Name:
    """Anywhere else: inside a call of `call` (None outside), which has the keyword arguments `used` already."""

    start: str
    call: str | None = None
    used: frozenset[str] = frozenset()


Context = Imported | Key | Attribute | Name


def context_of(before: str) -> Context | None:
    """Say what is being typed at the end of `before`; None where nothing can be offered, as in a string."""
    if found := _FROM_IMPORT.match(before):
        return Imported(found["module"], found["start"], names=True)
    if found := _IMPORT.match(before) or _FROM.match(before):
        return Imported(found["package"].rstrip("."), found["start"])
    key = _KEY.search(before)
    if key is not None:
        owner = primary_before(before[: key.start()])
        if owner:
            return Key(owner, key["quote"] or "", key["start"])
    if _in_string(before):
        return None
    word = _WORD.search(before)
    assert word is not None
    start, rest = word["start"] or "", before[: word.start()]
    if rest.rstrip().endswith("."):
        owner = primary_before(rest.rstrip()[:-1])
        return Attribute(owner, start) if owner else None
    if rest[-1:].isdigit() or (rest and rest[-1] in "'\""):
        return None
    opened = _open_call(rest)
    if opened is None:
        return Name(start)
    used = frozenset(_KEYWORD_USED.findall(rest[opened:]))
    return Name(start, primary_before(rest[:opened]) or None, used)


def primary_before(text: str) -> str:
    """Return the expression of names, attributes, subscripts and literals that `text` ends in; "" for none."""
    place = end = len(text.rstrip())
    while place:
        char = text[place - 1]
        if char.isalnum() or char == "_":
            begin = _begin_of_word(text, place)
            if text[begin:place].isdigit():
                return ""
            place = begin
        elif char in _CLOSING:
            opening = _opening_of(text, place - 1)
            if opening is None:
                return ""
            place = opening
            before = text[:place].rstrip()
            if before[-1:].isalnum() or before[-1:] in {"_", "]", ")"}:
                place = len(before)
                continue
            if char != "]":
                return ""
            break
        elif char in "'\"":
            begin = text.rfind(char, 0, place - 1)
            if begin < 0:
                return ""
            place = begin
        else:
            return ""
        before = text[:place].rstrip()
        if not before.endswith("."):
            break
        place = len(before) - 1
        place = len(text[:place].rstrip())
    return text[place:end].strip()


def _begin_of_word(text: str, end: int) -> int:
    while end and (text[end - 1].isalnum() or text[end - 1] == "_"):
        end -= 1
    return end


def _opening_of(text: str, closing: int) -> int | None:
    """Return the place of the bracket that the one at `closing` ends."""
    depth = 0
    for place in range(closing, -1, -1):
        if text[place] in _CLOSING:
            depth += 1
        elif text[place] in _OPENING:
            depth -= 1
            if not depth:
                return place
    return None


def _open_call(text: str) -> int | None:
    """Return the place of the innermost parenthesis that is open at the end of `text` and follows something."""
    quote = ""
    opened: list[int] = []
    for place, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in _OPENING:
            opened.append(place)
        elif char in _CLOSING and opened:
            opened.pop()
    return opened[-1] if opened and text[opened[-1]] == "(" else None


def _in_string(text: str) -> bool:
    quote, skip = "", False
    for char in text:
        if skip:
            skip = False
        elif char == "\\" and quote:
            skip = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
    return bool(quote)
