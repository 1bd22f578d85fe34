"""What Heapsight can do, as `initialize` answers it. Only what is true now belongs here."""

from __future__ import annotations

_CONDITION = "Types (KeyError, json.*Error, !StopIteration), an expression over exc, or: TYPES if EXPRESSION"

EXCEPTION_FILTERS: list[dict[str, object]] = [
    {
        "filter": "raised",
        "label": "Raised Exceptions",
        "default": False,
        "description": "Stop where an exception is raised in your code or comes to it, handled or not.",
        "supportsCondition": True,
        "conditionDescription": _CONDITION,
    },
    {
        "filter": "uncaught",
        "label": "Uncaught Exceptions",
        "default": True,
        "description": "Stop where an exception that nothing handles was raised, before the program ends.",
        "supportsCondition": True,
        "conditionDescription": _CONDITION,
    },
    {
        "filter": "userUnhandled",
        "label": "User Uncaught Exceptions",
        "default": False,
        "description": "Stop where an exception was raised that leaves your code for a library that does not expect it:"
        " a failing test, an error in a request handler or a callback.",
        "supportsCondition": True,
        "conditionDescription": _CONDITION,
    },
]

# How and from where each module was imported: attributes of a DAP module beyond the usual ones.
MODULE_COLUMNS: list[dict[str, object]] = [
    {"attributeName": "origin", "label": "Imported From", "type": "string"},
    {"attributeName": "loader", "label": "Imported By", "type": "string"},
]

CAPABILITIES: dict[str, object] = {
    "supportsConfigurationDoneRequest": True,
    "supportsFunctionBreakpoints": True,
    "supportsDataBreakpoints": True,
    "supportsBreakpointLocationsRequest": True,
    "supportsConditionalBreakpoints": True,
    "supportsHitConditionalBreakpoints": True,
    "supportsLogPoints": True,
    "supportsExceptionInfoRequest": True,
    "exceptionBreakpointFilters": EXCEPTION_FILTERS,
    "supportsExceptionFilterOptions": True,
    "supportsExceptionOptions": True,
    "supportsEvaluateForHovers": True,
    "supportsSetVariable": True,
    "supportsSetExpression": True,
    "supportsCompletionsRequest": True,
    "completionTriggerCharacters": [".", "[", "'", '"'],
    "supportsClipboardContext": True,
    "supportsValueFormattingOptions": True,
    "supportsDelayedStackTraceLoading": True,
    "supportsSingleThreadExecutionRequests": True,
    "supportsSteppingGranularity": True,
    "supportsStepInTargetsRequest": True,
    "supportsDisassembleRequest": True,
    "supportsInstructionBreakpoints": True,
    "supportsGotoTargetsRequest": True,
    "supportsRestartFrame": True,
    "supportsTerminateRequest": True,
    "supportTerminateDebuggee": True,
    "supportsCancelRequest": True,
    "supportsRestartRequest": True,
    # What the program writes goes through as it is, colours included.
    "supportsANSIStyling": True,
    "supportsModulesRequest": True,
    "additionalModuleColumns": MODULE_COLUMNS,
    "supportsLoadedSourcesRequest": True,
    "supportsTerminateThreadsRequest": True,
    "supportsReadMemoryRequest": True,
    "supportsWriteMemoryRequest": True,
}

# What a request asks for must be declared before a client sends it; those without an entry need no capability.
REQUEST_CAPABILITIES: dict[str, str] = {
    "cancel": "supportsCancelRequest",
    "configurationDone": "supportsConfigurationDoneRequest",
    "restart": "supportsRestartRequest",
    "terminate": "supportsTerminateRequest",
    "breakpointLocations": "supportsBreakpointLocationsRequest",
    "setFunctionBreakpoints": "supportsFunctionBreakpoints",
    "dataBreakpointInfo": "supportsDataBreakpoints",
    "setDataBreakpoints": "supportsDataBreakpoints",
    "setInstructionBreakpoints": "supportsInstructionBreakpoints",
    "stepBack": "supportsStepBack",
    "reverseContinue": "supportsStepBack",
    "restartFrame": "supportsRestartFrame",
    "goto": "supportsGotoTargetsRequest",
    "gotoTargets": "supportsGotoTargetsRequest",
    "stepInTargets": "supportsStepInTargetsRequest",
    "setVariable": "supportsSetVariable",
    "setExpression": "supportsSetExpression",
    "terminateThreads": "supportsTerminateThreadsRequest",
    "modules": "supportsModulesRequest",
    "loadedSources": "supportsLoadedSourcesRequest",
    "completions": "supportsCompletionsRequest",
    "exceptionInfo": "supportsExceptionInfoRequest",
    "readMemory": "supportsReadMemoryRequest",
    "writeMemory": "supportsWriteMemoryRequest",
    "disassemble": "supportsDisassembleRequest",
}

# Requests of the protocol that are answered with an error, and why.
REFUSED_REQUESTS: dict[str, str] = {
    "stepBack": "a Python program cannot run backwards.",
    "reverseContinue": "a Python program cannot run backwards.",
    "runInTerminal": "it is a request that the adapter sends to the client.",
    "startDebugging": "it is a request that the adapter sends to the client.",
}
