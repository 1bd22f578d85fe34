"""Reading a launch or attach configuration: names are debugpy's, wrong types are refused by name.

Properties that are not known are left alone: editors add their own, and users switch with configurations they have.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from .agent_options import check_agent_options
from .configuration import BadConfiguration, Configuration, is_set, optional_string, seconds, strings, text, wrong
from .path_mappings import PathMapping
from .records import record


class Console(Enum):
    """Where the program's input and output go."""

    INTERNAL = "internalConsole"
    INTEGRATED = "integratedTerminal"
    EXTERNAL = "externalTerminal"


class ProgramKind(Enum):
    """How the configuration names the program; values are its property names."""

    PROGRAM = "program"
    MODULE = "module"
    CODE = "code"


@record
class Address:
    """A TCP address."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@record
class LaunchOptions:
    """The adapter's part of a launch configuration.

    `args` is a string where a shell shall split and expand it. In `env`, None takes a variable away. `python` is None
    where the adapter's own interpreter is meant. `interrupts`: "Stop" raises KeyboardInterrupt in the program.
    `spares_children`: it leaves alone what the program has started.
    """

    kind: ProgramKind
    program: str
    args: tuple[str, ...] | str
    python: tuple[str, ...] | None
    python_args: tuple[str, ...]
    cwd: str | None
    env: dict[str, str | None]
    env_file: str | None
    console: Console
    console_title: str
    start_seconds: float
    sudo: bool = False
    interrupts: bool = False
    spares_children: bool = False
    path_mappings: tuple[PathMapping, ...] = ()


@record
class AttachOptions:
    """The adapter's part of an attach configuration: at most one of `connect`, `listen` and `process_id`.

    `process_id` is a process to bring the agent into; `sub_process_id` the child that the adapter itself has asked the
    client to attach to.
    """

    connect: Address | None
    listen: Address | None
    access_token: str | None
    path_mappings: tuple[PathMapping, ...] = ()
    sub_process_id: int | None = None
    process_id: int | None = None


# What an attach has always worked with when it names no address.
_DEFAULT_PORT = 5678
_DEFAULT_START_SECONDS = 60.0


def read_launch(configuration: Configuration) -> LaunchOptions:
    """Check the types of a launch configuration. Raises BadConfiguration."""
    kind, program = _program(configuration)
    check_agent_options(configuration)
    return LaunchOptions(
        kind=kind,
        program=program,
        args=_args(configuration),
        python=_python(configuration),
        python_args=strings(configuration, "pythonArgs"),
        cwd=optional_string(configuration, "cwd"),
        env=_environment(configuration),
        env_file=optional_string(configuration, "envFile"),
        console=_console(configuration),
        console_title=optional_string(configuration, "consoleTitle") or "Python Debug Console",
        start_seconds=seconds(configuration, "startTimeout", _DEFAULT_START_SECONDS),
        path_mappings=_path_mappings(configuration),
        sudo=_sudo(configuration),
        interrupts=optional_string(configuration, "onTerminate") == "KeyboardInterrupt",
        spares_children=configuration.get("terminateChildProcesses") is False,
    )


def _sudo(configuration: Configuration) -> bool:
    wanted = configuration.get("sudo") is True
    if wanted and _console(configuration) is Console.INTERNAL:
        raise BadConfiguration(
            "'sudo' asks for a password: 'console' has to be 'integratedTerminal' or 'externalTerminal'."
        )
    return wanted


def read_attach(configuration: Configuration) -> AttachOptions:
    """Check the types of an attach configuration. Raises BadConfiguration."""
    check_agent_options(configuration)
    connect, listen = _address(configuration, "connect"), _address(configuration, "listen")
    if connect is not None and listen is not None:
        raise BadConfiguration("'connect' and 'listen' exclude each other.")
    if connect is None and listen is None and is_set(configuration, "port"):
        connect = Address(optional_string(configuration, "host") or "127.0.0.1", _port(configuration, "port", "port"))
    token, mappings = optional_string(configuration, "accessToken"), _path_mappings(configuration)
    sub_process_id, process_id = _process_id(configuration, "subProcessId"), _process_id(configuration, "processId")
    if process_id is not None and (connect is not None or listen is not None):
        raise BadConfiguration("'processId' excludes 'connect' and 'listen'.")
    return AttachOptions(connect, listen, token, mappings, sub_process_id, process_id)


def _process_id(configuration: Configuration, name: str) -> int | None:
    value = configuration.get(name)
    if isinstance(value, str) and value.isdigit():
        # Editors substitute variables as text.
        value = int(value)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise wrong(name, "the number of a process", value)
    return value


def _program(configuration: Configuration) -> tuple[ProgramKind, str]:
    kinds = [kind for kind in ProgramKind if is_set(configuration, kind.value)]
    if not kinds:
        raise BadConfiguration("One of 'program', 'module' and 'code' has to be set.")
    if len(kinds) > 1:
        names = " and ".join(f"'{kind.value}'" for kind in kinds)
        raise BadConfiguration(f"{names} exclude each other: only one of them can be set.")
    kind = kinds[0]
    value = configuration[kind.value]
    if kind is ProgramKind.CODE and isinstance(value, list):
        program = "\n".join(strings(configuration, "code"))
    else:
        program = text(value, kind.value, "a string or a list of lines" if kind is ProgramKind.CODE else "a string")
    if not program.strip():
        raise BadConfiguration(f"'{kind.value}' is empty.")
    return kind, program


def _args(configuration: Configuration) -> tuple[str, ...] | str:
    value = configuration.get("args")
    if isinstance(value, str):
        return text(value, "args")
    if value is not None and not isinstance(value, list):
        raise wrong("args", "a list of strings or a string", value)
    return strings(configuration, "args")


def _path_mappings(configuration: Configuration) -> tuple[PathMapping, ...]:
    value = configuration.get("pathMappings")
    if value is None:
        # Older configurations name one folder, without a list around it.
        local, remote = optional_string(configuration, "localRoot"), optional_string(configuration, "remoteRoot")
        return (PathMapping(local, remote),) if local and remote else ()
    if not isinstance(value, list):
        raise wrong("pathMappings", "a list of objects with 'localRoot' and 'remoteRoot'", value)
    mappings = []
    for index, one in enumerate(value):
        name = f"pathMappings[{index}]"
        if not isinstance(one, Mapping):
            raise wrong(name, "an object with 'localRoot' and 'remoteRoot'", one)
        roots = [text(one.get(root), f"{name}.{root}") for root in ("localRoot", "remoteRoot")]
        if not all(roots):
            raise BadConfiguration(f"'{name}' has an empty folder.")
        mappings.append(PathMapping(*roots))
    return tuple(mappings)


def _python(configuration: Configuration) -> tuple[str, ...] | None:
    # `pythonPath` is the name that older configurations use.
    for name in ("python", "pythonPath"):
        value = configuration.get(name)
        if value is None:
            continue
        words = strings(configuration, name) if isinstance(value, list) else None
        if words is None:
            words = (text(value, name, "a string or a list of strings"),)
        if not words or not words[0]:
            raise BadConfiguration(f"'{name}' is empty.")
        return words
    return None


def _environment(configuration: Configuration) -> dict[str, str | None]:
    value = configuration.get("env")
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong("env", "an object of strings", value)
    environment: dict[str, str | None] = {}
    for name, setting in value.items():
        if not name or "=" in name or "\0" in name:
            raise BadConfiguration(f"'env' has a variable with the impossible name {name!r}.")
        environment[name] = None if setting is None else text(setting, f"env.{name}", "a string or null")
    return environment


def _console(configuration: Configuration) -> Console:
    value = configuration.get("console")
    if value is None:
        return Console.INTERNAL
    for console in Console:
        if console.value == value:
            return console
    raise wrong("console", "'internalConsole', 'integratedTerminal' or 'externalTerminal'", value)


def _address(configuration: Configuration, name: str) -> Address | None:
    value = configuration.get(name)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise wrong(name, "an object with 'host' and 'port'", value)
    host = text(value.get("host") or "127.0.0.1", f"{name}.host")
    return Address(host, _port(value, "port", f"{name}.port"))


def _port(configuration: Configuration, name: str, shown_as: str) -> int:
    value = configuration.get(name, _DEFAULT_PORT)
    if isinstance(value, str) and value.isdigit():
        # Editors substitute variables as text.
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise wrong(shown_as, "a port number (1 to 65535)", value)
    return value
