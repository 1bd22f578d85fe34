"""Older names of what a configuration asks for: the flags of `debugOptions`, and `debugStdLib`."""

from __future__ import annotations

from .configuration import BadConfiguration, Configuration, strings

# Each flag, and what it says in today's words. Flags that have no entry mean nothing here and are left alone:
# those that tell which system the client runs on, for instance.
_FLAGS: dict[str, tuple[str, bool]] = {
    "RedirectOutput": ("redirectOutput", True),
    "BreakOnSystemExitZero": ("breakOnSystemExitZero", True),
    "Django": ("django", True),
    "Flask": ("jinja", True),
    "Jinja": ("jinja", True),
    "DebugStdLib": ("justMyCode", False),
    "StopOnEntry": ("stopOnEntry", True),
    "ShowReturnValue": ("showReturnValue", True),
    "Multiprocess": ("subProcess", True),
    "Sudo": ("sudo", True),
}


def in_todays_words(configuration: Configuration) -> dict[str, object]:
    """Return the configuration with properties for what older names say in it.

    Raises BadConfiguration where a flag contradicts a property; `debugStdLib` counts only without `justMyCode`.
    """
    found = dict(configuration)
    if found.get("debugStdLib") is True and found.get("justMyCode") is None:
        found["justMyCode"] = False
    for flag in strings(configuration, "debugOptions"):
        name, value = _FLAGS.get(flag, ("", False))
        if not name:
            continue
        said = configuration.get(name)
        if isinstance(said, bool) and said is not value:
            raise BadConfiguration(f"'{name}' and the flag {flag!r} of 'debugOptions' contradict each other.")
        found[name] = value
    return found
