"""`exec(TEXT)` in the console binds what its text binds: variables of the frame, else names of the console."""

import gc
import sys
import weakref

import pytest

from heapsight.debuggee.inspection.failures import EvaluationError
from support.inspecting import Looking

GLOBAL = 1


def test_variables_of_the_frame_are_bound():
    one, two, gone = 1, 2, 3
    looking = Looking()
    assert looking.run("exec('one = two + 10')") == ""
    assert looking.run("exec('one += 1'); two = one") == ""
    assert (one, two) == (13, 13)
    looking.run("[exec('two = i') for i in (5, 6)]")
    assert two == 6
    looking.run("(lambda n: exec('two = n'))(7)")
    assert two == 7
    looking.run("exec('del gone'); gone = 4")
    assert gone == 4


def test_new_names_belong_to_the_console():
    one = 1
    looking = Looking()
    looking.run("exec('new = [one]')")
    assert looking.run("new") == "[1]"
    assert looking.run("exec('other = 2; new = other'); exec('new += other')") == ""
    assert looking.run("new, other") == "(4, 2)"
    assert "new" not in globals()
    assert "new" not in sys._getframe().f_locals
    assert one


def test_what_was_bound_before_it_failed_stays():
    one = 1
    looking = Looking()
    with pytest.raises(EvaluationError, match="ZeroDivisionError"):
        looking.evaluate("exec('one = 2; 1 / 0')", "repl")
    assert one == 2


def test_namespaces_are_used_where_they_are_given():
    one = 1
    looking = Looking()
    assert looking.run("space = {}; exec('one = 5', space); space['one']") == "5"
    assert looking.run("space = {}; exec('two = one', {'one': 7}, space); space") == "{'two': 7}"
    looking.run("exec('GLOBAL = 3', globals())")
    assert (one, GLOBAL) == (1, 3)
    looking.run("exec('GLOBAL = 1', globals())")
    assert GLOBAL == 1


def test_another_exec_is_left_alone():
    exec = print
    one = 1
    assert Looking().run("exec('one = 2')") == ""
    assert (one, exec) == (1, print)


def test_code_objects_and_class_bodies():
    looking = []

    class Body:
        value = 1
        looking.append(Looking())
        looking[0].run("exec(compile('value = 2; other = value', 'x', 'exec'))")

    assert Body.value == 2


def test_nothing_is_kept():
    class Thing:
        pass

    thing: object = Thing()
    gone = weakref.ref(thing)
    looking = Looking()
    gc.disable()
    try:
        looking.run("exec('thing = None')")
        assert thing is None
        assert gone() is None
    finally:
        gc.enable()
