"""Every request of a client, one line each: who answers it, and when it is legal."""

from __future__ import annotations

from ..wire.capabilities import REFUSED_REQUESTS
from ..wire.heap_worker_requests import HEAP_COMMANDS, HEAP_PREFIX
from . import requests
from .phases import ANY, ANY_INITIALIZED, BEFORE_PROGRAM, WITH_PROGRAM, Phase
from .session import Route

FORWARDED = Route(WITH_PROGRAM)

ROUTES: dict[str, Route] = {
    "initialize": Route(frozenset({Phase.CONNECTED}), requests.initialize, Phase.INITIALIZED),
    "launch": Route(BEFORE_PROGRAM, requests.launch, Phase.STARTING),
    "attach": Route(BEFORE_PROGRAM, requests.attach, Phase.STARTING),
    "restart": Route(WITH_PROGRAM, requests.restart),
    "terminate": Route(ANY_INITIALIZED, requests.terminate),
    "disconnect": Route(frozenset(Phase), requests.disconnect),
    "cancel": Route(ANY_INITIALIZED, requests.cancel),
    "configurationDone": FORWARDED,
    "setBreakpoints": FORWARDED,
    "setPydevdSourceMap": Route(WITH_PROGRAM, requests.set_source_map),
    "breakpointLocations": FORWARDED,
    "setFunctionBreakpoints": FORWARDED,
    "setExceptionBreakpoints": FORWARDED,
    "dataBreakpointInfo": FORWARDED,
    "setDataBreakpoints": FORWARDED,
    "continue": FORWARDED,
    "next": FORWARDED,
    "stepIn": FORWARDED,
    "stepOut": FORWARDED,
    "stepInTargets": FORWARDED,
    "disassemble": FORWARDED,
    "setInstructionBreakpoints": FORWARDED,
    "gotoTargets": FORWARDED,
    "goto": FORWARDED,
    "restartFrame": FORWARDED,
    "pause": FORWARDED,
    "modules": FORWARDED,
    "loadedSources": FORWARDED,
    "source": FORWARDED,
    "terminateThreads": FORWARDED,
    "threads": FORWARDED,
    "stackTrace": FORWARDED,
    "scopes": FORWARDED,
    "variables": FORWARDED,
    "setVariable": FORWARDED,
    "setExpression": FORWARDED,
    "evaluate": FORWARDED,
    "completions": FORWARDED,
    "exceptionInfo": FORWARDED,
    "locations": FORWARDED,
    "readMemory": FORWARDED,
    "writeMemory": FORWARDED,
    "heapsight/includeSource": FORWARDED,
    "heapsight/snapshot": FORWARDED,
    "heapsight/traceAllocations": FORWARDED,
    "heapsight/inspect": FORWARDED,
    "heapsight/referrers": FORWARDED,
    "heapsight/followed": FORWARDED,
    "heapsight/unfollow": FORWARDED,
    "heapsight/histogram": FORWARDED,
    "heapsight/mark": FORWARDED,
    "heapsight/instances": FORWARDED,
    "heapsight/watchType": FORWARDED,
    "heapsight/retained": FORWARDED,
    **{HEAP_PREFIX + command: Route(ANY_INITIALIZED, requests.heap_question(command)) for command in HEAP_COMMANDS},
    **{command: Route(ANY, requests.refusal_of(reason)) for command, reason in REFUSED_REQUESTS.items()},
}
