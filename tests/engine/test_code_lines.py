"""Lines of code objects: what we say against what the interpreter does."""

import gc
import random
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from heapsight.debuggee.engine.breakpoints.code_lines import breakable_lines, event_lines, find_code, nested_code
from support.markers import line_of, program_path
from support.running import compile_file, run_traced

PLACES = program_path("bp_places.py")


def code_named(name):
    return next(code for code in nested_code(compile_file(PLACES)) if code.co_qualname == name)


def test_lines_of_a_function_leave_out_its_def_line_and_its_docstring():
    lines = breakable_lines(code_named("plain"))
    names = ("plain_first", "plain_loop", "plain_body", "plain_return")
    assert lines == {line_of(PLACES, name) for name in names}


def test_a_one_line_function_has_its_only_line():
    code = next(c for c in nested_code(compile("def f(): return 1\n", "x", "exec")) if c.co_name == "f")
    assert breakable_lines(code) == {1}


def test_the_class_line_belongs_to_the_code_around_the_class():
    assert breakable_lines(code_named("Shape")) == {line_of(PLACES, "class_body"), line_of(PLACES, "area_def")}
    assert line_of(PLACES, "class") in breakable_lines(compile_file(PLACES))


def test_a_decorated_class_does_not_repeat_its_decorator():
    source = "def d(c): return c\n@d\n@d\nclass A:\n    x = 1\n"
    body = next(c for c in nested_code(compile(source, "x", "exec")) if c.co_name == "A")
    assert breakable_lines(body) == {5}


def test_a_comprehension_has_only_lines_that_the_code_around_it_has_not():
    module = compile("x = sum(a\n  for a in range(3)\n  if a)\n", "x", "exec")
    generator = next(c for c in nested_code(module) if c.co_name == "<genexpr>")
    assert breakable_lines(module) >= {1}
    assert breakable_lines(generator) & {1} == set()
    assert 3 in breakable_lines(generator)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are new in 3.12")
def test_type_parameters_do_not_repeat_the_def_line():
    module = compile("def f[T](x: T) -> T:\n    return x\n", "x", "exec")
    maker = next(c for c in nested_code(module) if c.co_name.startswith("<generic"))
    assert breakable_lines(maker) == set()


def test_each_line_of_the_fixture_that_runs_is_one_we_know_and_each_we_know_runs():
    """The fixture runs every one of its lines, so both sides have to be equal."""
    module = compile_file(PLACES)
    fired = {}
    run_traced(module, on_line=lambda frame: fired.setdefault(id(frame.f_code), set()).add(frame.f_lineno))
    for code in nested_code(module):
        assert fired.get(id(code), set()) == event_lines(code), code


# -- against the interpreter's own instrumentation ---------------------------------------------------------------------


def standard_library_sample(count):
    folder = Path(random.__file__).parent
    files = sorted([*folder.glob("*.py"), *folder.glob("asyncio/*.py"), *folder.glob("test/test_*.py")])
    return random.Random(7).sample(files, min(count, len(files)))


def instrumented_lines(code):
    """Return the lines that `sys.monitoring` puts an INSTRUMENTED_LINE on."""
    tool, instrumented_line = 3, 254
    monitoring = sys.monitoring
    monitoring.use_tool_id(tool, "test")
    try:
        monitoring.set_local_events(tool, code, monitoring.events.LINE)
        instructions = code._co_code_adaptive
        monitoring.set_local_events(tool, code, 0)
    finally:
        monitoring.free_tool_id(tool)
    line_at = {offset: line for start, end, line in code.co_lines() for offset in range(start, end, 2)}
    plain = code.co_code
    return {
        line_at[offset]
        for offset in range(0, len(plain), 2)
        if instructions[offset] == instrumented_line and plain[offset] != instrumented_line
    }


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring is new in 3.12")
def test_lines_of_the_standard_library_are_those_that_the_interpreter_instruments():
    compared = 0
    for path in standard_library_sample(60):
        try:
            module = compile_file(path)
        except SyntaxError:  # among the tests are files that are no Python on purpose
            continue
        for code in nested_code(module):
            assert event_lines(code) == instrumented_lines(code), (path, code)
            compared += 1
    assert compared > 500


# -- code in this process ----------------------------------------------------------------------------------------------


def marked(source, name):
    namespace = {}
    exec(compile(textwrap.dedent(source), name, "exec"), namespace)
    return namespace


def find_in(name):
    return sorted(code.co_qualname for code in find_code(lambda code: code.co_filename == name))


def test_finds_functions_methods_and_what_is_nested_in_them():
    namespace = marked(
        """
        import functools
        def decorate(function):
            @functools.wraps(function)
            def wrapper(): return function()
            return wrapper
        @decorate
        def wrapped(): return [lambda: 1]
        class C:
            @property
            def p(self): return 1
            @staticmethod
            def s(): return 2
        """,
        "<find functions>",
    )
    names = find_in("<find functions>")
    assert {"decorate", "decorate.<locals>.wrapper", "wrapped", "wrapped.<locals>.<lambda>", "C.p", "C.s"} <= set(names)
    assert len(names) == len(set(names))
    del namespace
    gc.collect()
    assert find_in("<find functions>") == []


def test_finds_code_that_runs_and_is_in_no_function():
    seen = []
    exec(compile("look()", "<find running>", "exec"), {"look": lambda: seen.append(find_in("<find running>"))})
    assert seen == [["<module>"]]


def test_finding_asks_no_object_anything():
    asked = []

    class Nosy(type):
        def __getattribute__(cls, name):
            asked.append(name)
            return super().__getattribute__(name)

        def __hash__(cls):
            asked.append("hash")
            return 1

        def __eq__(cls, other):
            asked.append("eq")
            return cls is other

        def __instancecheck__(cls, instance):
            asked.append("instancecheck")
            return True

    class Shy(metaclass=Nosy):
        @property
        def __class__(self):
            asked.append("class")
            return int

        def __getattribute__(self, name):
            asked.append(name)
            return object.__getattribute__(self, name)

    keep = Shy()
    asked.clear()
    find_code(lambda code: False)
    assert asked == []
    assert keep is not None


def test_finds_functions_that_gc_freeze_hides():
    program = '''
        import gc, sys, types
        from heapsight.debuggee.engine.breakpoints.code_lines import find_code
        source = """class C:
            @property
            def p(self): return 1
            @classmethod
            def c(self): pass"""
        module = types.ModuleType("frozen_one")
        sys.modules["frozen_one"] = module
        exec(compile(source, "<frozen one>", "exec"), vars(module))
        gc.freeze()
        print(sorted(code.co_name for code in find_code(lambda code: code.co_filename == "<frozen one>")))
        '''
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "['c', 'p']"


def test_finding_keeps_nothing_and_disturbs_no_thread():
    """A tuple that another thread is filling from a generator must have one owner only, or `tuple` fails."""
    done = threading.Event()
    failures = []

    def fill():
        while not done.is_set():
            try:
                tuple(number for number in range(50))
            except SystemError as error:
                failures.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    thread = threading.Thread(target=fill)
    try:
        thread.start()
        for _ in range(30):
            find_code(lambda code: False)
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(before)
    assert failures == []
