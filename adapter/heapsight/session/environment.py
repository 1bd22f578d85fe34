"""The environment variables of a launched program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ..wire.configuration import BadConfiguration

_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)", re.DOTALL)
_REFERENCE = re.compile(r"(?<!\\)\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def additions(
    env_file: Path | None, env: Mapping[str, str | None], inherited: Mapping[str, str]
) -> dict[str, str | None]:
    """Return what the configuration changes: the file's variables, overridden by `env`. None removes a variable.

    Raises BadConfiguration when the file cannot be read or has a line that is not an assignment.
    """
    changes: dict[str, str | None] = {}
    if env_file is not None:
        try:
            text = env_file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise BadConfiguration(f"'envFile' {str(env_file)!r} cannot be read: {reason}.") from None
        changes.update(parse_env_file(text, inherited, str(env_file)))
    changes.update(env)
    return changes


def apply(changes: Mapping[str, str | None], inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment."""
    return {name: value for name, value in {**inherited, **changes}.items() if value is not None}


def parse_env_file(text: str, inherited: Mapping[str, str], shown_as: str) -> dict[str, str]:
    """Read `NAME=value` lines: comments, `export`, quotes, and `${NAME}` of earlier lines or the environment.

    Single quotes keep everything, double quotes know backslash escapes and may span lines.
    """
    values: dict[str, str] = {}
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, raw in lines:
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _ASSIGNMENT.fullmatch(line)
        if match is None:
            raise BadConfiguration(f"'envFile' {shown_as!r}, line {number}: {line!r} is not NAME=value.")
        name, rest = match.groups()
        quote = rest[:1]
        if quote in ("'", '"'):
            while (end := _closing_quote(rest, quote)) is None:
                try:
                    rest += "\n" + next(lines)[1]
                except StopIteration:
                    raise BadConfiguration(f"'envFile' {shown_as!r}, line {number}: the quote is not closed.") from None
            value = rest[1:end]
        else:
            value = re.sub(r"\s+#.*", "", rest).rstrip()
        if quote == '"':
            value = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), value)
        if quote != "'":
            value = _REFERENCE.sub(lambda found: values.get(found[1], inherited.get(found[1], "")), value)
        if quote == '"':
            value = re.sub(r'\\(["\\$])', r"\1", value)
        values[name] = value
    return values


def _closing_quote(text: str, quote: str) -> int | None:
    position = 1
    while position < len(text):
        if text[position] == "\\" and quote == '"':
            position += 2
            continue
        if text[position] == quote:
            return position
        position += 1
    return None
