"""Running code under `sys.settrace` to see what the interpreter itself reports."""

import sys
import types
from collections import deque
from collections.abc import Callable
from types import CodeType, FrameType

FrameVisitor = Callable[[FrameType], None]


def run_traced(code: CodeType, on_line: FrameVisitor | None = None, on_call: FrameVisitor | None = None) -> dict:
    """Execute a module's code; call back for each line and call event of its file. Returns its namespace."""
    namespace = {"__name__": "traced", "__file__": code.co_filename, "__builtins__": __builtins__}

    def trace(frame, event, _argument):
        if frame.f_code.co_filename != code.co_filename:
            return None
        if event == "call" and on_call is not None:
            on_call(frame)
        if event == "line" and on_line is not None:
            on_line(frame)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        exec(code, namespace)
    finally:
        sys.settrace(before)
    return namespace


def compile_file(path) -> CodeType:
    """Compile a file as an import does."""
    return compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


# The frame alone does not keep its generator alive where the collector looks: it would be ended at a collection, and
# the frame left with variables of its own (3.13.0 crashes when it is asked for them).
_GENERATORS: deque[types.GeneratorType] = deque(maxlen=100)


def frame_in(source: str, **arguments: object) -> FrameType:
    """Return the frame of a generator function `def f(…)` in `source`, waiting at its first `yield`.

    The frame's function is called with `arguments`. The generator is `__generator__` in the frame's globals.
    """
    namespace: dict = {"__name__": "framed", "__builtins__": __builtins__}
    exec(compile(source, "<framed>", "exec", dont_inherit=True), namespace)
    generator = namespace["f"](**arguments)
    next(generator)
    namespace["__generator__"] = generator
    assert isinstance(generator, types.GeneratorType)
    _GENERATORS.append(generator)
    return generator.gi_frame
