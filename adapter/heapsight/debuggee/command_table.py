"""Every request that the agent answers once the session has begun, one line each."""

from __future__ import annotations

from .dispatch import Command, Place
from .handlers import breakpoints, exceptions, execution, jumps, memory, program, raw_memory, sources, stack, values

COMMANDS: dict[str, Command] = {
    "setBreakpoints": Command(breakpoints.set_breakpoints),
    "breakpointLocations": Command(breakpoints.breakpoint_locations),
    "setFunctionBreakpoints": Command(breakpoints.set_function_breakpoints),
    "setExceptionBreakpoints": Command(exceptions.set_exception_breakpoints),
    "threads": Command(execution.threads),
    "pause": Command(execution.pause),
    "modules": Command(program.modules),
    "loadedSources": Command(program.loaded_sources),
    "source": Command(sources.source),
    "terminateThreads": Command(program.terminate_threads),
    "continue": Command(execution.continue_, Place.THREAD),
    "next": Command(execution.next_, Place.THREAD),
    "stepIn": Command(execution.step_in, Place.THREAD),
    "stepOut": Command(execution.step_out, Place.THREAD),
    "gotoTargets": Command(jumps.goto_targets, Place.ANY_STOPPED),
    "goto": Command(jumps.goto, Place.THREAD),
    "restartFrame": Command(jumps.restart_frame, Place.FRAME),
    "stackTrace": Command(stack.stack_trace, Place.THREAD),
    "exceptionInfo": Command(exceptions.exception_info, Place.THREAD),
    "scopes": Command(stack.scopes, Place.FRAME),
    "variables": Command(values.variables, Place.REFERENCE),
    "evaluate": Command(values.evaluate, Place.FRAME),
    "setVariable": Command(values.set_variable, Place.REFERENCE),
    "setExpression": Command(values.set_expression, Place.FRAME),
    "completions": Command(values.completions, Place.FRAME),
    "locations": Command(raw_memory.locations, Place.ANY_STOPPED),
    "readMemory": Command(raw_memory.read_memory, Place.ANY_STOPPED),
    "writeMemory": Command(raw_memory.write_memory, Place.ANY_STOPPED),
    "heapsight/inspect": Command(memory.inspect, Place.FRAME),
    "heapsight/referrers": Command(memory.referrers, Place.ANY_STOPPED),
    "heapsight/followed": Command(memory.followed, Place.FRAME),
    "heapsight/unfollow": Command(memory.unfollow),
}
