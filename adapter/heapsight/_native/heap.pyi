"""The heap walked in C. Not there where it was not built, or the interpreter is not one that it knows."""

def references(obj: object, /) -> list[tuple[int, str | int | object | None, object]]:
    """Return (kind, label, target) for each reference that `obj` holds; kinds as in docs/snapshot-format.md.

    The label is a name, an index, for a value of a dict the key itself, else None. Runs no user code.
    """

def referents(obj: object, /) -> list[object]:
    """Return the targets of `references(obj)`."""

def shallow_size(obj: object, /) -> int:
    """Return what `heapsight.debuggee.memory.sizes.shallow_size` returns, in bytes."""
