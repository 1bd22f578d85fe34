"""Checking what a configuration asks of the agent, before a program is started in vain; the agent reads it itself."""

from __future__ import annotations

from collections.abc import Mapping

from .configuration import BadConfiguration, Configuration, optional_string, seconds, strings, text, wrong

_ENGINES = ("settrace", "settrace-python", "frame-evaluation", "monitoring")
_BOOLEANS = (
    "stopOnEntry",
    "justMyCode",
    "redirectOutput",
    "subProcess",
    "noDebug",
    "sudo",
    "showReturnValue",
    "steppingResumesAllThreads",
    "django",
    "gevent",
    "breakOnSystemExitZero",
    "terminateChildProcesses",
)


def _check_rules(value: object) -> None:
    wanted = "a list of objects with 'include' and either 'path' or 'module'"
    if value is None:
        return
    if not isinstance(value, list):
        raise wrong("rules", wanted, value)
    for index, rule in enumerate(value):
        name = f"rules[{index}]"
        if not isinstance(rule, Mapping) or ("path" in rule) == ("module" in rule):
            raise BadConfiguration(f"'{name}' has to be an object with 'include' and either 'path' or 'module'.")
        if not isinstance(rule.get("include"), bool):
            raise wrong(f"{name}.include", "true or false", rule.get("include"))
        what = "path" if "path" in rule else "module"
        if not text(rule[what], f"{name}.{what}"):
            raise BadConfiguration(f"'{name}.{what}' is empty.")


def check_agent_options(configuration: Configuration) -> None:
    """Check what only the agent uses, here: before a program is started in vain."""
    for name in _BOOLEANS:
        value = configuration.get(name)
        if value is not None and not isinstance(value, bool):
            raise wrong(name, "true or false", value)
    strings(configuration, "projectRoots")
    _check_rules(configuration.get("rules"))
    frames = configuration.get("traceAllocations")
    if frames is not None and (isinstance(frames, bool) or not isinstance(frames, int) or not 0 <= frames <= 65535):
        raise wrong("traceAllocations", "a number of frames from 0 to 65535", frames)
    jinja = configuration.get("jinja")
    if jinja is not None and not isinstance(jinja, (bool, Mapping)):
        raise wrong("jinja", "true or false", jinja)
    optional_string(configuration, "guiEventLoop")
    _check_auto_reload(configuration.get("autoReload"))
    _check_exit_codes(configuration.get("breakOnSystemExit"))
    _check_presentation(configuration.get("variablePresentation"))
    engine = configuration.get("engine")
    if engine is not None and engine not in _ENGINES:
        raise wrong("engine", ", ".join(map(repr, _ENGINES[:-1])) + f" or {_ENGINES[-1]!r}", engine)
    memory = configuration.get("memory")
    if memory is None:
        return
    if not isinstance(memory, Mapping):
        raise wrong("memory", "an object", memory)
    for name in ("children", "hover"):
        if memory.get(name) is not None and not isinstance(memory[name], bool):
            raise wrong(f"memory.{name}", "true or false", memory[name])


def _check_presentation(given: object) -> None:
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise wrong("variablePresentation", "an object", given)
    for name in ("all", "special", "function", "class", "protected"):
        if given.get(name) not in (None, "group", "inline", "hide"):
            raise wrong(f"variablePresentation.{name}", "'group', 'inline' or 'hide'", given[name])


def _check_exit_codes(codes: object) -> None:
    if codes is None:
        return
    if not isinstance(codes, list):
        raise wrong("breakOnSystemExit", "a list of exit codes", codes)
    for index, code in enumerate(codes):
        limits = (
            (code.get("from", 0), code.get("to", 0)) if isinstance(code, Mapping) else (0 if code is None else code,)
        )
        if not all(isinstance(one, int) and not isinstance(one, bool) for one in limits):
            wanted = "a number, null, or an object with the numbers 'from' and 'to'"
            raise wrong(f"breakOnSystemExit[{index}]", wanted, code)


def _check_auto_reload(given: object) -> None:
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise wrong("autoReload", "an object", given)
    if given.get("enable") is not None and not isinstance(given["enable"], bool):
        raise wrong("autoReload.enable", "true or false", given["enable"])
    seconds(given, "pollingInterval", 1.0)
    for name in ("include", "exclude"):
        patterns = given.get(name)
        if patterns is not None and not (isinstance(patterns, list) and all(isinstance(one, str) for one in patterns)):
            raise wrong(f"autoReload.{name}", "a list of patterns", patterns)
