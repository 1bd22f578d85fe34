"""Places in fixture programs, by name: `some_code()  # @name`."""

import re
from functools import cache
from pathlib import Path

PROGRAMS = Path(__file__).parent.parent / "programs"
_MARKER = re.compile(r"#\s*@([\w,@ ]+)")


@cache
def markers(path: Path) -> dict[str, int]:
    """Return the 1-based lines of all markers in a file; one comment may carry several, `# @a @b`."""
    found: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for match in _MARKER.finditer(line):
            for name in re.findall(r"\w+", match[1]):
                assert name not in found, f"{path.name}: @{name} is there twice"
                found[name] = number
    return found


def line_of(program: str | Path, marker: str) -> int:
    """Return the line of `# @marker` in a fixture program."""
    path = program_path(program)
    lines = markers(path)
    assert marker in lines, f"{path.name} has no @{marker}; it has {sorted(lines)}"
    return lines[marker]


def program_path(program: str | Path) -> Path:
    """Return the path of a fixture program, given by name or path."""
    path = Path(program)
    return path if path.is_absolute() else PROGRAMS / path
