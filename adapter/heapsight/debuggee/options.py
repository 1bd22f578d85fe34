"""What the client's launch or attach request asks of the agent, with the defaults that users of VS Code expect."""

from __future__ import annotations

from collections.abc import Mapping

from .children import ChildAddress
from .client import ClientFeatures
from .engine.code_rules import CodeRule
from .engine.engine import BackendKind
from .engine.exceptions.exit_codes import ExitCodes
from .errors import RequestError
from .inspection.arrangement import Arrangement, arrangement_from
from .records import field, record


@record
class AutoReload:
    """Which files to reload when they change, and how often to look, in seconds."""

    include: tuple[str, ...] = ("**/*.py", "**/*.pyw")
    exclude: tuple[str, ...] = (
        "**/.git/**",
        "**/.metadata/**",
        "**/__pycache__/**",
        "**/node_modules/**",
        "**/site-packages/**",
    )
    seconds: float = 1.0


@record
class Options:
    """Settings of one debug session, fixed when it starts."""

    just_my_code: bool = True
    stop_on_entry: bool = False
    show_returned: bool = True
    rules: tuple[CodeRule, ...] = ()
    project_roots: tuple[str, ...] = ()
    step_resumes_all: bool = True
    redirect_output: bool = False
    keep_raw_output: bool = True
    memory_children: bool = True
    memory_hover: bool = True
    backend: BackendKind | None = None
    evaluation_seconds: float = 3.0
    jinja: bool = False
    django: bool = False
    auto_reload: AutoReload | None = None
    trace_allocations: int = 0  # frames
    gui_event_loop: str = "matplotlib"
    arrangement: Arrangement | None = None
    client: ClientFeatures = field(default_factory=ClientFeatures)
    sub_process: bool = True
    no_debug: bool = False
    children: ChildAddress | None = None
    exit_codes: ExitCodes = field(default_factory=ExitCodes)


def options_from(arguments: Mapping[str, object], client: ClientFeatures) -> Options:
    """Read the agent's part of a launch or attach configuration.

    Raises RequestError when `engine` names no back end.
    """
    internal_console = arguments.get("console") == "internalConsole"
    memory = arguments.get("memory")
    memory = memory if isinstance(memory, Mapping) else {}
    seconds = arguments.get("evaluateTimeout")
    return Options(
        just_my_code=arguments.get("justMyCode") is not False,
        stop_on_entry=arguments.get("stopOnEntry") is True,
        show_returned=arguments.get("showReturnValue") is not False,
        rules=_rules(arguments.get("rules")),
        project_roots=_texts(arguments.get("projectRoots")),
        step_resumes_all=arguments.get("steppingResumesAllThreads") is not False,
        redirect_output=arguments.get("redirectOutput") is True or internal_console,
        keep_raw_output=not internal_console,
        memory_children=memory.get("children") is not False,
        memory_hover=memory.get("hover") is not False,
        no_debug=arguments.get("noDebug") is True,
        sub_process=arguments.get("subProcess") is not False,
        children=_children(arguments.get("heapsight/children")),
        backend=_backend(arguments.get("engine")),
        trace_allocations=_count(arguments.get("traceAllocations")),
        auto_reload=_auto_reload(arguments.get("autoReload")),
        gui_event_loop=str(arguments.get("guiEventLoop") or "matplotlib"),
        arrangement=arrangement_from(arguments.get("variablePresentation")),
        jinja=bool(arguments.get("jinja")),
        django=arguments.get("django") is True,
        evaluation_seconds=float(seconds) if isinstance(seconds, (int, float)) and seconds > 0 else 3.0,
        client=client,
        exit_codes=_exit_codes(arguments),
    )


def _children(given: object) -> ChildAddress | None:
    """Read what the adapter adds where the client can debug children."""
    if not isinstance(given, Mapping):
        return None
    return ChildAddress(str(given.get("address")), str(given.get("token")))


def _rules(given: object) -> tuple[CodeRule, ...]:
    """Read rules; the adapter has refused what is none before it started the program."""
    return tuple(
        CodeRule(one.get("include") is True, one.get("path"), one.get("module"))
        for one in (given if isinstance(given, list) else [])
        if isinstance(one, Mapping) and isinstance(one.get("path") or one.get("module"), str)
    )


def _texts(given: object) -> tuple[str, ...]:
    return tuple(one for one in given if isinstance(one, str)) if isinstance(given, list) else ()


def _auto_reload(given: object) -> AutoReload | None:
    if not isinstance(given, Mapping) or given.get("enable") is not True:
        return None
    usual = AutoReload()
    seconds = given.get("pollingInterval")
    return AutoReload(
        include=_patterns(given.get("include"), usual.include),
        exclude=_patterns(given.get("exclude"), usual.exclude),
        seconds=float(seconds) if isinstance(seconds, (int, float)) and seconds > 0 else usual.seconds,
    )


def _count(given: object) -> int:
    return given if type(given) is int and given > 0 else 0


def _patterns(given: object, usual: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(one) for one in given) if isinstance(given, list) else usual


def _backend(name: object) -> BackendKind | None:
    if name is None:
        return None
    try:
        return BackendKind(name)
    except ValueError:
        known = ", ".join(repr(kind.value) for kind in BackendKind)
        raise RequestError(f"'engine' is {name!r}; it can be {known}.") from None


def _exit_codes(arguments: Mapping[str, object]) -> ExitCodes:
    """Read `breakOnSystemExit` (numbers, null, `{"from": 1, "to": 9}`) and `breakOnSystemExitZero`."""
    chosen = arguments.get("breakOnSystemExit")
    if isinstance(chosen, list):
        ranges = [one for one in chosen if isinstance(one, dict)]
        numbers = [one for one in chosen if isinstance(one, int)]
        return ExitCodes(
            clean=frozenset() if None in chosen else frozenset({None}),
            only=(*((one, one) for one in numbers), *((one.get("from", 0), one.get("to", 0)) for one in ranges)),
        )
    if arguments.get("breakOnSystemExitZero") is True:
        return ExitCodes(clean=frozenset())
    reloads = arguments.get("django") is True or arguments.get("flask") is True
    # The reloaders of Django and Werkzeug leave with 3 to be started anew.
    return ExitCodes(clean=frozenset({0, None, 3})) if reloads else ExitCodes()
