"""`heapsight --listen | --connect … (FILE | -m MODULE | -c CODE)`: debugpy's command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import heapsight

USAGE = """\
  heapsight --listen | --connect [HOST:]PORT
            [--wait-for-client]
            [--configure-NAME VALUE]…
            [--log-to PATH]
            [--adapter-access-token TOKEN]
            FILE | -m MODULE | -c CODE | --pid PID
            [ARG]…"""

_TARGET_SWITCHES = ("-m", "-c", "--pid")


class UsageError(Exception):
    """A command line that cannot be understood; the text says what is wrong with it."""


@dataclass
class Options:
    """A command line, read. `target` is `(FILE | -m MODULE | -c CODE) ARG…`."""

    mode: str = ""
    address: tuple[str, int] = ("127.0.0.1", 0)
    wait_for_client: bool = False
    log_to: str | None = None
    access_token: str | None = None
    configuration: dict[str, object] = field(default_factory=dict)
    target: list[str] = field(default_factory=list)


def main(words: Sequence[str], already_loaded: frozenset[str] = frozenset()) -> int:
    """Run the program to its end; raises SystemExit with its exit code unless that is 0."""
    try:
        options = parse(words)
        if options.target[0] == "--pid":
            return _attach(options)
        _begin(options)
    except (UsageError, RuntimeError, ValueError, OSError) as error:
        print(f"heapsight: {error}", file=sys.stderr)
        if isinstance(error, UsageError):
            print(f"\nusage:\n{USAGE}", file=sys.stderr)
            return 2
        return 1
    if options.wait_for_client:
        heapsight.wait_for_client()
    heapsight._run_target(options.target, already_loaded)
    return 0


def _attach(options: Options) -> int:
    # Loaded here: the program that this command runs otherwise must not find it imported.
    from . import attach

    pid = int(options.target[1])
    if options.mode == "listen":
        return attach.listen_in(pid, options.address)
    return attach.connect_from(pid, options.address, options.access_token or "")


def _begin(options: Options) -> None:
    if options.log_to is not None:
        heapsight.log_to(options.log_to)
    heapsight.configure(options.configuration)
    if options.mode == "listen":
        heapsight.listen(options.address)
    else:
        heapsight.connect(options.address, access_token=options.access_token)


def parse(words: Sequence[str]) -> Options:
    """Read a command line. Raises UsageError."""
    options = Options()
    rest = list(words)
    while rest:
        word = rest[0]
        if word in _TARGET_SWITCHES or not word.startswith("-"):
            break
        del rest[0]
        if word in ("--listen", "--connect"):
            if options.mode:
                raise UsageError("--listen and --connect exclude each other")
            options.mode = word[2:]
            options.address = _address(_value(word, rest))
        elif word == "--wait-for-client":
            options.wait_for_client = True
        elif word == "--log-to":
            options.log_to = _value(word, rest)
        elif word == "--adapter-access-token":
            options.access_token = _value(word, rest)
        elif word.startswith("--configure-"):
            options.configuration[word.removeprefix("--configure-")] = _setting(_value(word, rest))
        elif word in ("--log-to-stderr", "--disable-sys-remote-exec", "--linux-attach-prefer-lldb"):
            # Accepted for debugpy's sake.
            continue
        elif word == "--parent-session-pid":
            # As above: what debugpy starts its children with.
            _value(word, rest)
        else:
            raise UsageError(f"there is no option {word!r}")
    if not options.mode:
        raise UsageError("either --listen or --connect is needed")
    if not rest:
        raise UsageError("there is no program to run")
    if rest[0] in _TARGET_SWITCHES and len(rest) < 2:
        raise UsageError(f"{rest[0]} needs a value")
    if rest[0] == "--pid" and (not rest[1].isdigit() or len(rest) > 2):
        raise UsageError("--pid needs the number of a process, and nothing behind it")
    options.target = rest
    return options


def _value(switch: str, rest: list[str]) -> str:
    if not rest:
        raise UsageError(f"{switch} needs a value")
    return rest.pop(0)


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not port.isdigit() or not 0 <= int(port) < 65536:
        raise UsageError(f"{text!r} is not an address, which is PORT or HOST:PORT")
    return (host.strip("[]") if separator and host else "127.0.0.1", int(port))


def _setting(text: str) -> object:
    """Read a value as JSON where it is, as debugpy does: `--configure-subProcess False` is Python's spelling."""
    try:
        return json.loads({"True": "true", "False": "false", "None": "null"}.get(text, text))
    except ValueError:
        return text
