"""What happens at a breakpoint: conditions in all kinds of frames, hit conditions, log messages."""

import gc
import sys
import weakref

import pytest

from heapsight.debuggee.engine.expressions.conditions import Failed, Hit, Log, Miss, judge, make_test
from heapsight.debuggee.engine.model import Breakpoint, BreakpointSpec
from support.running import frame_in, run_traced

FUNCTION = """
limit = 10
shadowed = 'global'
def f(number, items=(1, 2, 3), *rest, key=None, **more):
    shadowed = 'local'
    captured = [number]
    def inner(): return captured
    class Local: pass
    for index in range(3):
        yield
        del index
    late = 1
"""


def breakpoint_on(**spec):
    asked = BreakpointSpec(line=1, **spec)
    test = make_test(asked)
    assert not isinstance(test, str), test
    return Breakpoint(1, asked, test=test)


def verdict(frame, **spec):
    return judge(breakpoint_on(**spec), frame)


# -- conditions --------------------------------------------------------------------------------------------------------

HOLDING = [
    "number == 5",
    "number == 5 and limit == 10",
    "shadowed == 'local'",
    "captured == [5]",
    "captured[0] is number",
    "inner() is captured",
    "len(items) == 3",
    "rest == () and key is None and more == {}",
    "[item for item in items if item == number - 2]",
    "any(item * number > 10 for item in items)",
    "(lambda: number)() == 5",
    "(doubled := number * 2) > 9 and doubled == 10",
    "[last := item for item in items] and last == 3",
    "any((found := item) == 2 for item in items) and found == 2",
    "{name: number for name in 'ab'} == {'a': 5, 'b': 5}",
    "f'{number}' == '5'",
    "(number := 7) == 7",
    "print is not None",
    "sum(number for number in items) == 6",
    "__name__ == 'framed'",
    "  number == 5  # a comment",
    "number == (\n 5)",
    "number is 5",
    "index == 0 and Local.__name__ == 'Local'",
    "number, 0",
]


@pytest.mark.parametrize("condition", HOLDING)
def test_a_condition_sees_what_the_code_sees(condition, capfd):
    frame = frame_in(FUNCTION, number=5)
    before = dict(frame.f_globals)
    assert verdict(frame, condition=condition) == Hit()
    assert verdict(frame, condition=f"not ({condition.strip().split('#')[0]})") == Miss()
    assert dict(frame.f_globals) == before
    assert frame.f_locals["number"] == 5
    assert capfd.readouterr().err == ""


def test_an_assignment_to_a_name_of_the_module_stays_in_the_condition():
    frame = frame_in(FUNCTION, number=5)
    assert verdict(frame, condition="(limit := limit + 1) == 11") == Hit()
    assert verdict(frame, condition="(limit := limit + 1) == 11") == Hit()
    assert frame.f_globals["limit"] == 10
    assert verdict(frame, condition="[limit := 3 for _ in items] and limit == 3") == Hit()
    assert frame.f_globals["limit"] == 10


def test_names_that_are_not_bound():
    frame = frame_in(FUNCTION, number=5)
    assert verdict(frame, condition="late") == Failed("Condition `late` raised NameError: name 'late' is not defined")
    assert verdict(frame, condition="number == 5 or late") == Hit()
    assert verdict(frame, condition="no_such_name") == Failed(
        "Condition `no_such_name` raised NameError: name 'no_such_name' is not defined"
    )


def test_one_condition_in_a_variable_that_comes_and_goes():
    namespace = {}
    exec("def f():\n    for x in range(3):\n        yield\n        del x\n        yield\n", namespace)
    generator = namespace["f"]()
    bp = breakpoint_on(condition="'x' in dir() and x == 1 or len([1]) and x == 1")
    seen = []
    for _ in generator:
        seen.append(type(judge(bp, generator.gi_frame)))
    # Not bound every second time: once that is told, then it is no hit.
    assert seen == [Miss, Failed, Hit, Miss, Miss, Miss]


def test_variables_of_the_enclosing_function_and_cells():
    source = """
def make():
    outer_one, outer_two = 1, 2
    def f(argument):
        mine = argument
        keep = lambda: (mine, argument)
        yield outer_one
    return f
f = make()
"""
    frame = frame_in(source, argument=9)
    assert verdict(frame, condition="outer_one == 1 and mine == 9 and argument == 9") == Hit()
    # The function does not use it, so the interpreter has not brought it along.
    assert isinstance(verdict(frame, condition="outer_two == 2"), Failed)


@pytest.mark.parametrize(
    ("source", "condition"),
    [
        ("x = 1\nhere()\n", "x == 1 and len([x for _ in range(2) if x]) == 2"),
        ("x = 1\nhere()\n", "(y := x + 1) == 2"),
        ("x = 1\nclass C:\n    y = 2\n    here()\n", "x == 1 and y == 2 and [y for _ in range(x)] == [2]"),
        ("y = 1\nclass C:\n    y = 2\n    here()\n", "y == 2 and (z := y) == 2"),
        ("x = 1\nhere()\n", "'x' in globals()"),
    ],
)
def test_frames_of_modules_and_classes(source, condition):
    found = []
    code = compile("def here(): pass\n" + source, "<module frame>", "exec")

    def arrive(frame):
        if frame.f_code.co_name == "here":
            before = dict(frame.f_back.f_globals)
            found.append(verdict(frame.f_back, condition=condition))
            assert frame.f_back.f_globals == before

    run_traced(code, on_call=arrive)
    assert found == [Hit()]


def test_code_run_with_other_globals_and_locals_than_before():
    code = compile("here()", "<again>", "exec")
    bp = breakpoint_on(condition="x == 1")
    found = []
    for namespace, local in (({"x": 1}, None), ({"x": 2}, None), ({"x": 2}, {"x": 1}), ({"x": 1}, {"x": 2})):
        namespace["here"] = lambda: found.append(type(judge(bp, sys._getframe(1))))
        exec(code, namespace, local)
    assert found == [Hit, Miss, Hit, Miss]


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("{}['key']", "KeyError: 'key'"),
        ("Raises()", "ValueError: no truth in here"),
        ("Mute()", "Mute: <its message raises>"),
        ("leave()", "SystemExit: 3"),
        ("interrupt()", "KeyboardInterrupt"),
        ("next(iter(()))", "StopIteration"),
        ("deep(0)", "RecursionError: maximum recursion depth exceeded"),
    ],
)
def test_a_condition_that_raises_fails_once_and_says_why(condition, why):
    source = """
import sys
class Raises:
    def __bool__(self): raise ValueError('no truth in here')
class Mute(Exception):
    def __bool__(self): raise self
    def __str__(self): raise ValueError
def leave(): sys.exit(3)
def interrupt(): raise KeyboardInterrupt
def deep(n): return deep(n + 1)
def f():
    yield
"""
    frame = frame_in(source)
    bp = breakpoint_on(condition=condition)
    first = judge(bp, frame)
    assert isinstance(first, Failed)
    assert first.message.startswith(f"Condition `{condition}` raised {why}")
    # What a person does at the keyboard is never lost.
    assert isinstance(judge(bp, frame), Failed if condition == "interrupt()" else Miss)
    assert bp.hits == 0


def test_a_condition_that_raises_something_else_says_so_once_more():
    frame = frame_in("def f(numbers):\n    for n in numbers:\n        yield\n", numbers=[0, 0, None, 0, None])
    generator = frame.f_globals["__generator__"]
    bp = breakpoint_on(condition="1 / n")
    seen = [judge(bp, frame), *(judge(bp, frame) for _ in generator)]
    assert [type(one) for one in seen[:5]] == [Failed, Miss, Failed, Miss, Miss]


@pytest.mark.parametrize(
    "condition",
    ["x =", "x = 1", "yield", "await x", "return 1", "x) or (y", "*x", "import os", "(", "a b", "x\0", "if"],
)
def test_a_condition_that_is_no_expression_is_refused(condition):
    message = make_test(BreakpointSpec(line=1, condition=condition))
    assert isinstance(message, str)
    assert message.startswith("Condition `")
    assert "does not compile" in message


PRIVATE = """
class _Shop:
    __limit = 3
    def __init__(self): self.__count = 2
    def __double(self): return self.__count * 2
    def look(self, __argument=5):
        __local = 1
        yield
def f():
    yield from _Shop().look()
"""


@pytest.mark.parametrize(
    "condition",
    [
        "self.__count == 2",
        "self.__double() == 4 and self.__limit == 3",
        "__local == 1 and __argument == 5",
        "[__local for _ in range(2)] == [1, 1]",
        "f'{self.__count!r:>3}' == '  2'",
        "'self.__count' == 'self.' + '__count'",
        "(lambda __x: __x + self.__count)(1) == 3",
        "self.__class__.__name__ == '_Shop'",
        "(__walrus := self.__count) == 2",
    ],
)
def test_private_names_mean_those_of_the_class_around(condition):
    frame = frame_in(PRIVATE).f_globals["__generator__"].gi_yieldfrom.gi_frame
    bp = breakpoint_on(condition=condition)
    assert [judge(bp, frame) for _ in range(2)] == [Hit(), Hit()]
    assert verdict(frame, log_message="{self.__count=}") == Log("self.__count=2")
    assert verdict(frame, condition="self.__other") == Failed(
        "Condition `self.__other` raised AttributeError: '_Shop' object has no attribute '_Shop__other'"
    )


def test_one_condition_in_two_classes_with_private_names():
    source = """
class One:
    def __init__(self): self.__x = 1
    def look(self): yield
class Two:
    def __init__(self): self.__x = 2
    def look(self): yield
def f():
    yield [One().look(), Two().look(), One().look()]
"""
    frame = frame_in(source)
    bp = breakpoint_on(condition="self.__x == 1")
    seen = []
    for generator in eval("[One().look(), Two().look(), One().look()]", frame.f_globals):
        next(generator)
        seen.append(judge(bp, generator.gi_frame))
    assert seen == [Hit(), Miss(), Hit()]


@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_an_empty_condition_is_none(nothing):
    frame = frame_in(FUNCTION, number=1)
    assert verdict(frame, condition=nothing, hit_condition=nothing, log_message="" if nothing else nothing) == Hit()


def test_a_condition_keeps_no_variable_alive():
    class Thing:
        pass

    things = [Thing() for _ in range(3)]
    frame = frame_in(
        "def f(things):\n    thing = things.pop()\n    yield\n    thing = None\n    yield\n", things=things
    )
    gc.collect()
    gone = weakref.ref(frame.f_locals["thing"]) if sys.version_info >= (3, 13) else None
    if gone is None:
        from heapsight.debuggee.frames import read_locals

        gone = weakref.ref(read_locals(frame)["thing"])
    assert verdict(frame, condition="thing is None") == Miss()
    assert verdict(frame, condition="thing is not None and thing is things") == Miss()
    next(frame.f_globals["__generator__"])
    assert gone() is None
    gc.collect()


def test_a_condition_runs_in_no_frame_that_is_shown():
    """Its function counts as the debugger's own, and calls no trace function of anybody."""
    from heapsight.debuggee.own import is_own_frame

    frame = frame_in("import sys\ndef f():\n    yield\n")
    bp = breakpoint_on(condition="sys._getframe(0)")
    test = bp.test
    assert judge(bp, frame) == Hit()
    condition = test._condition
    assert is_own_frame(condition.evaluate(frame))


# -- hit conditions ----------------------------------------------------------------------------------------------------

HITS = {
    "3": [3],
    " == 3 ": [3],
    "==3": [3],
    ">= 4": [4, 5, 6],
    "> 4": [5, 6],
    "<= 2": [1, 2],
    "<2": [1],
    "% 2": [2, 4, 6],
    "%3": [3, 6],
    "0": [],
    "0005": [5],
}


@pytest.mark.parametrize(("text", "stops"), HITS.items())
def test_hit_conditions(text, stops):
    frame = frame_in(FUNCTION, number=5)
    bp = breakpoint_on(hit_condition=text)
    assert [hit for hit in range(1, 7) if judge(bp, frame) == Hit()] == stops
    assert bp.hits == 6


@pytest.mark.parametrize("text", ["x", "5 5", "-1", "= 5", "!= 5", "5.0", "% 0", ">", "%", "> x", "٣", "=== 3"])
def test_what_is_no_hit_condition_is_refused(text):
    message = make_test(BreakpointSpec(line=1, hit_condition=text))
    assert isinstance(message, str)
    assert message.startswith("Hit condition ")


def test_only_hits_where_the_condition_holds_count():
    frame = frame_in("def f(numbers):\n    for n in numbers:\n        yield\n", numbers=range(10))
    generator = frame.f_globals["__generator__"]
    bp = breakpoint_on(condition="n % 2", hit_condition="== 3")
    seen = [judge(bp, frame)]
    seen += [judge(bp, frame) for _ in generator]
    assert seen.index(Hit()) == 5
    assert seen.count(Hit()) == 1
    assert bp.hits == 5


# -- log messages ------------------------------------------------------------------------------------------------------

MESSAGES = {
    "plain": "plain",
    "": None,
    "number is {number}": "number is 5",
    "{number}{limit}": "510",
    "{{number}}": "{number}",
    "{{{number}}}": "{5}",
    "{number:>4}|": "   5|",
    "{number:{limit}.2f}|": "      5.00|",
    "{shadowed!r}": "'local'",
    "{shadowed!r:>9}": "  'local'",
    "{'ä'!a}": "'\\xe4'",
    "{number!s:<3}|": "5  |",
    "{number=}": "number=5",
    "{number = }": "number = 5",
    "{number=:03}": "number=005",
    "{shadowed=!s}": "shadowed=local",
    "{number == 5}": "True",
    "{number != 5}": "False",
    "{number >= 5}": "True",
    "{{'a': number}['a']}": "{'a': number}['a']}",
    "{ {'a': number}['a'] }": "5",
    "{items[0:2]}": "(1, 2)",
    "{(lambda n: n + 1)(number)}": "6",
    "{'}'}": "}",
    '{"{"}': "{",
    "{'a:b!c'}": "a:b!c",
    '{"""triple " quoted"""}': 'triple " quoted',
    "{'it\\'s'}": "it's",
    "{[n for n in items if n != 2]}": "[1, 3]",
    "{(n := 3)}": "3",
    "a } alone": "a } alone",
    "{number:}": "5",
    "{no_such}": "{NameError: name 'no_such' is not defined}",
    "{1/0} and {number}": "{ZeroDivisionError: division by zero} and 5",
    "{number:no}": "{ValueError: ",
    "{\n number\n}": "5",
    "{number # comment\n}": "5",
}


@pytest.mark.parametrize(("message", "text"), MESSAGES.items())
def test_log_messages(message, text):
    frame = frame_in(FUNCTION, number=5)
    found = verdict(frame, log_message=message)
    if text is None:
        assert found == Hit()
    else:
        assert isinstance(found, Log)
        assert found.text == text or (text.endswith(": ") and found.text.startswith(text))


@pytest.mark.parametrize(
    "message", ["{", "{number", "{}", "{ }", "{number!x}", "{number!}", "{a b}", "{'a}", "{x:{y}", "{=}"]
)
def test_a_message_that_cannot_be_read_is_refused(message):
    answer = make_test(BreakpointSpec(line=1, log_message=message))
    assert isinstance(answer, str)
    assert "log message" in answer


def test_log_points_with_conditions():
    frame = frame_in(FUNCTION, number=5)
    assert verdict(frame, condition="number == 4", log_message="{number}") == Miss()
    assert verdict(frame, condition="number == 5", log_message="{number}") == Log("5")
    bp = breakpoint_on(hit_condition="% 2", log_message="{number}")
    assert [judge(bp, frame) for _ in range(4)] == [Miss(), Log("5"), Miss(), Log("5")]


def test_a_value_whose_text_raises_shows_the_error_inline():
    source = "class Bad:\n    def __repr__(self): raise ValueError('no text')\ndef f(bad=Bad()):\n    yield\n"
    assert verdict(frame_in(source), log_message="it is {bad}!") == Log("it is {ValueError: no text}!")


def test_a_plain_breakpoint_counts():
    frame = frame_in(FUNCTION, number=5)
    bp = breakpoint_on()
    assert [judge(bp, frame) for _ in range(3)] == [Hit()] * 3
    assert bp.hits == 3
    bare = Breakpoint(1, BreakpointSpec(line=1))
    assert (judge(bare, frame), bare.hits) == (Hit(), 1)
