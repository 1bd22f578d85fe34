"""What frames will do with an exception, told before they do it; and user-unhandled, which is decided by that."""

from __future__ import annotations

import contextlib
import json
import sys
import types
import unittest

import pytest

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.exceptions.catching import Catch, catches
from heapsight.debuggee.engine.model import Stop
from heapsight.debuggee.frame_layout import READS_FRAMES
from support.exceptions import rules
from support.stepping import BACKENDS, PROGRAMS, Script, load, place, run_script

PROGRAM = PROGRAMS / "exc_callbacks.py"
NAMED, ALL = Catch.NAMED, Catch.ALL


def told(exception: BaseException) -> Catch | None:
    """Say what the calling frame will do with `exception`, then raise it there."""
    answer = catches(sys._getframe(1), exception)
    exception.answer = answer  # type: ignore[attr-defined]
    raise exception


def plain(error):
    told(error)


def by_name(error):
    try:
        told(error)
    except KeyError:
        pass


def by_names(error):
    try:
        told(error)
    except (ValueError, json.JSONDecodeError, LookupError) as found:
        return found


def by_general_name(error):
    try:
        told(error)
    except Exception:  # noqa: BLE001
        pass


def by_general_name_among_others(error):
    try:
        told(error)
    except (KeyError, Exception):  # noqa: BLE001
        pass


def second_clause(error):
    try:
        told(error)
    except OSError:
        raise
    except KeyError:
        pass


def last_clause(error):
    try:
        told(error)
    except OSError:
        pass
    except:  # noqa: E722
        pass


def bare(error):
    try:
        told(error)
    except:  # noqa: E722
        pass


def hands_on(error):
    try:
        told(error)
    except BaseException:
        error.seen = True
        raise


def tidies(error):
    try:
        told(error)
    finally:
        error.seen = True


def around(error):
    try:
        try:
            try:
                told(error)
            except OSError:
                pass
        finally:
            error.seen = True
    except LookupError:
        pass


def in_a_handler(error):
    try:
        raise OSError
    except OSError:
        try:
            told(error)
        except KeyError:
            pass


def in_a_handler_without(error):
    try:
        raise KeyError
    except KeyError:
        told(error)


def local_type(error):
    expected = KeyError
    try:
        told(error)
    except expected:
        pass


def closure_type(error):
    expected = KeyError

    def inner():
        try:
            told(error)
        except expected:
            pass

    inner()


def computed_type(error):
    try:
        told(error)
    except tuple([KeyError]):  # noqa: C409
        pass


def in_suppress(error):
    with contextlib.suppress(OSError, KeyError):
        told(error)


def in_another_suppress(error):
    with contextlib.suppress(OSError):
        told(error)


@contextlib.contextmanager
def manager():
    try:
        yield
    except LookupError:
        pass


@contextlib.contextmanager
def tidy_manager():
    try:
        yield
    finally:
        pass


def in_manager(error):
    with tidy_manager(), manager():
        told(error)


def in_tidy_manager(error):
    with tidy_manager():
        told(error)


def in_pytest_raises(error):
    with pytest.raises(LookupError):
        told(error)


def in_assert_raises(error):
    with unittest.TestCase().assertRaises(KeyError):
        told(error)


def in_loop(error):
    for _ in range(3):
        try:
            told(error)
        except KeyError:
            break


async def coroutine(error):
    try:
        told(error)
    except KeyError:
        pass


def in_coroutine(error):
    with contextlib.suppress(StopIteration):
        coroutine(error).send(None)


CATCHES = {
    plain: None,
    by_name: NAMED,
    by_names: NAMED,
    by_general_name: ALL,
    by_general_name_among_others: ALL,
    second_clause: NAMED,
    last_clause: ALL,
    bare: ALL,
    hands_on: None,
    tidies: None,
    around: NAMED,
    in_a_handler: NAMED,
    in_a_handler_without: None,
    local_type: NAMED,
    closure_type: NAMED,
    computed_type: None,
    in_suppress: NAMED,
    in_another_suppress: None,
    in_manager: NAMED,
    in_tidy_manager: None,
    in_pytest_raises: NAMED,
    in_assert_raises: NAMED,
    in_loop: NAMED,
    in_coroutine: NAMED,
}


@pytest.mark.skipif(not READS_FRAMES, reason="context managers lie on the evaluation stack")
@pytest.mark.parametrize("function", CATCHES, ids=lambda function: function.__name__)
def test_it_happens_as_told(function):
    """A handler that is told of takes the exception; where none is told of, it comes out, but for what is computed."""
    error = KeyError("k")
    try:
        function(error)
        came_out = False
    except KeyError:
        came_out = True
    assert error.answer is CATCHES[function]
    assert came_out == (CATCHES[function] is None) or function is computed_type


def test_no_metaclass_is_asked():
    asked = []

    class Meta(type):
        def __instancecheck__(cls, obj):
            asked.append(obj)
            return True

        def __subclasscheck__(cls, other):
            asked.append(other)
            return True

    odd = Meta("Odd", (Exception,), {})

    def expects(error):
        try:
            asked.clear()
            assert catches(sys._getframe(), error) is (NAMED if type(error) is odd else None)
            assert not asked
            raise error
        except odd:
            return "caught"

    assert expects(odd()) == "caught"
    with pytest.raises(KeyError):
        expects(KeyError("k"))


# -- user-unhandled ----------------------------------------------------------------------------------------------------

LIBRARY = """
import contextlib
def call(function):
    return function()
def call_and_log(function):
    try:
        return function()
    except Exception:
        return 'logged'
def get(mapping):
    try:
        return mapping['missing']
    except KeyError:
        return 'default'
def get_attribute(obj):
    return getattr(obj, 'missing', 'default')
def first(sequence):
    return [one for one in sequence]
def quietly(function):
    with contextlib.suppress(LookupError):
        return function()
def careful(function):
    try:
        return function()
    except BaseException:
        raise
"""

USER_UNHANDLED: dict[str, list[str]] = {
    "failing_callback": ["fails"],
    "failing_callback_that_is_handled_here": [],
    "failing_callback_that_is_handled_outside": [],
    "failing_callback_that_is_logged_here": [],
    "failing_callback_with_a_careful_library": ["fails"],
    "expected_by_the_library": [],
    "suppressed_by_the_library": [],
    "missing_item": [],
    "missing_attribute": [],
    "end_of_a_sequence": [],
    "http_answer": [],
    "failing_deep_inside": ["deep"],
    "failing_task": ["task"],
    "handled_by_a_task": [],
}


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("case", USER_UNHANDLED)
def test_user_unhandled(case: str, backend: BackendKind) -> None:
    module = load(PROGRAM)
    library = types.ModuleType("library")
    exec(compile(LIBRARY, "/env/lib/site-packages/library.py", "exec"), vars(library))
    module.library = library

    def program() -> None:
        try:
            getattr(module, case)()
        except BaseException:  # noqa: BLE001 - a library that takes everything
            pass

    def look(stop: Stop) -> str:
        assert stop.exception is not None
        functions = [frame.f_code.co_name for frame in script.engine.frames(stop.thread_id)]
        assert functions[0] == stop.frame.f_code.co_name
        assert "program" in functions
        return place(stop)

    def choose(engine: Engine) -> None:
        engine.set_exception_breakpoints(rules(user_unhandled=""))

    script = Script([], look=look)
    run_script(backend, script, PROGRAM, [], program, prepare=choose)
    assert script.seen == USER_UNHANDLED[case]
