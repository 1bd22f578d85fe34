"""Expressions and statements in any frame: names resolve, and bind, as they do there."""

import sys
import types
import weakref

import pytest

from heapsight.debuggee.inspection.failures import EvaluationError, StaleHandle
from support.inspecting import Looking

GLOBAL = ["global"]


def errors_of(looking, expression, context="watch"):
    with pytest.raises(EvaluationError) as caught:
        looking.evaluate(expression, context)
    return str(caught.value)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("one + 1", "2"),
        ("  one  ", "1"),
        ("one\n+ 1", "2"),
        ("[one + x for x in (1, 2)]", "[2, 3]"),
        ("{x: [y + one for y in range(x)] for x in (1, 2)}", "{1: [1], 2: [1, 2]}"),
        ("(lambda: one)()", "1"),
        ("(lambda x: [x + one + y for y in (0,)])(5)", "[6]"),
        ("sum(x + one for x in [1])", "2"),
        ("GLOBAL", "['global']"),
        ("[GLOBAL for _ in (1,)]", "[['global']]"),
        ("len", "<built-in function len>"),
        ("[w := 5, w + one]", "[5, 6]"),
        ("f'{one!r:>3}'", "'  1'"),
        ("one if captured else 0", "1"),
        ("captured", "['captured']"),
    ],
)
def test_expressions(expression, result):
    captured = ["captured"]

    def inner():
        one = 1
        looking = Looking()
        assert looking.evaluate(expression)["result"] == result
        return one, captured

    inner()


def test_a_walrus_in_a_comprehension_binds_in_the_frame():
    found = None
    looking = Looking()
    looking.evaluate("[found := x for x in (1, 2, 3)]")
    assert found == 3


def test_assignments_reach_the_frame():
    one, two, three, four = 1, [2], 3, 4
    looking = Looking()
    assert looking.run("one = 10") == ""
    assert looking.run("two.append(3); three += 1") == ""
    assert looking.run("(four := 40)") == "40"
    assert (one, two, three, four) == (10, [2, 3], 4, 40)


def test_all_ways_to_bind():
    a = b = c = d = e = f = g = h = i = j = k = l = 0  # noqa: E741
    looking = Looking()
    looking.run("for a in (1, 2): pass")
    looking.run("import os.path as b")
    looking.run("from sys import path as c")
    looking.run("def d(): return one_more + 1")
    looking.run("class e: value = a")
    looking.run("with open(__file__) as f: pass")
    looking.run("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    g = error")
    looking.run("match [1, 2, {'k': 3}]:\n    case [h, *i]: pass")
    looking.run("j, (k, *l) = 1, (2, 3)")
    assert (a, c, h, j, k) == (2, sys.path, 1, 1, 2)
    assert b.__name__ in ("posixpath", "ntpath")
    assert (d.__name__, e.value, f.closed) == ("d", 2, True)
    assert isinstance(g, ZeroDivisionError)
    assert (i, l) == ([2, {"k": 3}], [3])


def test_new_names_belong_to_the_console():
    one = 1
    looking = Looking()
    looking.run("new = [one]")
    assert looking.run("new") == "[1]"
    assert looking.evaluate("[new for _ in new]")["result"] == "[[1]]"
    assert looking.run("new += [2]") == ""
    assert looking.local("new")["value"] == "[1, 2]"
    assert "new" not in globals()
    assert "new" not in sys._getframe().f_locals
    looking.run("del new")
    assert "new" in errors_of(looking, "new")
    looking.run("temporary = 1")
    looking.release()
    assert errors_of(Looking(), "temporary") == "NameError: name 'temporary' is not defined"
    assert one


def test_functions_of_the_console_see_each_other_and_the_frame():
    one = 1
    looking = Looking()
    looking.run("def twice(x): return x * 2 + one")
    assert looking.run("twice(4)") == "9"
    assert looking.run("def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)") == ""
    assert looking.run("fact(5)") == "120"
    assert one


def test_globals():
    looking = Looking()
    looking.run("global GLOBAL; GLOBAL = ['changed']")
    try:
        assert GLOBAL == ["changed"]
        looking.run("global made_here; made_here = 1")
        assert globals().pop("made_here") == 1
    finally:
        globals()["GLOBAL"] = ["global"]


def test_a_function_that_declares_a_global():
    def function():
        global counter
        counter = 1
        Looking().run("counter = 5")
        return counter

    assert function() == 5
    assert globals().pop("counter") == 5


def test_module_frames():
    namespace = {"Looking": Looking, "sys": sys, "results": []}
    code = """
value = 1
looking = Looking(sys._getframe())
looking.run("value = 2; other = 3")
looking.run("from os.path import *")
looking.run("annotated: int = 4")
results += [looking.run("[value + x for x in (other,)]"), value, other, "join" in globals(), annotated]
looking.run("del other")
results.append("other" in globals())
"""
    exec(compile(code, "<made>", "exec"), namespace)
    assert namespace["results"] == ["[5]", 2, 3, True, 4, False]


def test_class_bodies():
    outside = 5
    results = []

    class Body:
        attribute = outside - 4
        looking = Looking(sys._getframe())
        results.append(looking.run("[attribute + x + outside for x in (1,)]"))
        looking.run("attribute = 2; added = 3")
        results.append(attribute)
        results.append(looking.local("attribute")["value"])
        looking.run("del attribute")

    assert results == ["[7]", 2, "2"]
    assert Body.added == 3
    assert not hasattr(Body, "attribute")
    assert outside


def test_free_variables_are_written_through():
    shared = 1

    def inner():
        nonlocal shared
        Looking().run("shared = 2")
        return shared

    assert inner() == 2
    assert shared == 2


class Base:
    def greet(self):
        return "base"


class Private(Base):
    __secret = "secret"

    def __init__(self):
        self.__own = "own"

    def look(self, expression):
        return Looking(sys._getframe()).run(expression)

    def greet(self):
        return Looking(sys._getframe()).run("super().greet()")

    def greet_with_super(self):
        super().greet()
        return Looking(sys._getframe()).run("super().greet()")

    @classmethod
    def make(cls):
        return Looking(sys._getframe()).run("cls.__secret")


@pytest.mark.parametrize("expression", ["self.__own", "(lambda: self.__own)()"])
def test_private_names(expression):
    assert Private().look(expression) == "'own'"


def test_private_names_in_class_methods_and_super():
    assert Private.make() == "'secret'"
    assert Private().greet() == "'base'"
    assert Private().greet_with_super() == "'base'"


class Witness:
    pass


def test_deleting():
    one = Witness()
    gone = weakref.ref(one)
    looking = Looking()
    said = looking.run("del one")
    looking.release()
    if sys.version_info < (3, 12):
        assert said == ""
        with pytest.raises(UnboundLocalError):
            print(one)
    else:
        assert said == "'one' is None now: Python cannot unbind it in a function that is running."
        assert one is None
    assert gone() is None


def test_deleting_what_a_closure_shares():
    one = 1
    shared = Witness()
    gone = weakref.ref(shared)

    def inner():
        looking = Looking(sys._getframe())
        assert looking.run("del shared") == ""
        looking.release()
        with pytest.raises(NameError):
            print(shared)

    inner()
    assert gone() is None
    looking = Looking()
    assert looking.run("shared = 5\nshared") == "5"
    assert looking.run("del shared") == ""
    assert "shared" not in looking.named(looking.scope("Locals"))
    assert one


def test_the_console_shows_the_last_value():
    looking = Looking()
    assert looking.run("a = 1\na + 1") == "2"
    assert looking.run("None") == ""
    assert looking.run("pass") == ""
    assert looking.run("") == ""
    assert looking.run("    1 + 1") == "2"
    assert looking.run("    x = 2\n    x * 2") == "4"
    assert looking.evaluate("None")["result"] == "None"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("nothing", "NameError: name 'nothing' is not defined"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("one = 2", "SyntaxError: "),
        ("1 +", "SyntaxError: invalid syntax"),
        ("(yield)", "SyntaxError: 'yield' outside function"),
        ("await one", "SyntaxError: 'await' outside function"),
        ("", "SyntaxError: "),
        ("unbound", "NameError: "),
        ("(_ for _ in ()).throw(KeyError('k'))", "KeyError: 'k'"),
        ("exit()", "SystemExit"),
        ("(_ for _ in ()).throw(KeyboardInterrupt)", "KeyboardInterrupt"),
        ("one.two", "AttributeError: 'int' object has no attribute 'two'"),
    ],
)
def test_errors(expression, message):
    one = 1
    if not one:
        unbound = 1
    assert errors_of(Looking(), expression).startswith(message)
    assert one or unbound


def test_statements_belong_in_the_console():
    looking = Looking()
    for context in ("watch", "hover", "variables", "clipboard"):
        assert errors_of(looking, "x = 1", context).startswith("SyntaxError")
    assert errors_of(looking, "return 1", "repl") == "SyntaxError: 'return' outside function"


def raising(value):
    raise ValueError(f"no {value}")


def test_the_console_shows_the_users_traceback():
    assert raising
    report = errors_of(Looking(), "value = 3\nraising(value)", "repl").split("\n")
    assert report[:3] == [
        "Traceback (most recent call last):",
        '  File "<console>", line 2, in <module>',
        "    raising(value)",
    ]
    assert report[3] == f'  File "{__file__}", line {raising.__code__.co_firstlineno + 1}, in raising'
    assert report[4] == '    raise ValueError(f"no {value}")'
    assert report[5:] == ["ValueError: no 3"]


def test_the_main_module_without_a_frame():
    main = sys.modules["__main__"]
    looking = Looking()
    looking.inspector.evaluate("heapsight_made_here = 5", None, "repl")
    try:
        assert looking.inspector.evaluate("heapsight_made_here", None, "watch")["result"] == "5"
    finally:
        del main.heapsight_made_here


def test_every_frame_of_the_stack():
    def outer():
        name = "outer"
        return inner(), name

    def inner():
        name = "inner"
        frame = sys._getframe()
        looking = Looking(frame, frame.f_back)
        first, second = (one["id"] for one in looking.frames())
        assert looking.inspector.evaluate("name", first, "watch")["result"] == "'inner'"
        assert looking.inspector.evaluate("name", second, "watch")["result"] == "'outer'"
        looking.inspector.evaluate("name = 'changed'", second, "repl")
        return name

    assert outer() == ("inner", "changed")


def test_inside_a_trace_function():
    """There 3.11 and 3.12 write a frame's dict back into its variables when the trace function returns."""
    seen = []

    def traced():
        one, two = 1, [2]
        one += 1
        return one, two

    def trace(frame, event, argument):
        if frame.f_code is traced.__code__ and event == "line" and frame.f_lineno == traced.__code__.co_firstlineno + 2:
            looking = Looking(frame)
            looking.run("one = 10; new = 5")
            seen.append(looking.run("(one, two, new)"))
            looking.release()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = traced()
    finally:
        sys.settrace(before)
    assert seen == ["(10, [2], 5)"]
    assert result == (11, [2])


def test_results_can_be_expanded():
    looking = Looking()
    body = looking.evaluate("[1, 2] + [3]")
    assert body["indexedVariables"] == 3
    rows = looking.rows(body["variablesReference"], "indexed")
    assert rows[0]["evaluateName"] == "([1, 2] + [3])[0]"
    assert looking.evaluate(rows[0]["evaluateName"])["result"] == "1"
    assert looking.evaluate("GLOBAL", "repl")["variablesReference"]


def test_contexts_have_their_limits():
    long = "x" * 100_000
    looking = Looking()
    lengths = [len(looking.evaluate("long", context)["result"]) for context in ("watch", "hover", "repl", "clipboard")]
    assert lengths[0] < lengths[1] < lengths[2] == lengths[3] == len(repr(long))


def test_set_expression():
    holder, items = types.SimpleNamespace(a=1), [1, 2]
    name = "old"
    looking = Looking()

    def set_expression(expression, value):
        body = looking.inspector.set_expression(looking.top, expression, value)
        return looking.body("setExpression", body)["value"]

    assert set_expression("holder.a", "[name]") == "['old']"
    assert set_expression("items[-1]", "5") == "5"
    assert set_expression("name", "'new'") == "'new'"
    assert (holder.a, items, name) == (["old"], [1, 5], "new")
    for target in ("1", "f()", "a = b", "a; b", "nothing here"):
        with pytest.raises(EvaluationError, match="SyntaxError"):
            set_expression(target, "1")
    with pytest.raises(EvaluationError, match="IndexError"):
        set_expression("items[9]", "1")
    assert not [row for row in looking.named(looking.scope("Locals")) if "heapsight" in row]


def test_handles_of_an_earlier_stop():
    one = [1]
    looking = Looking()
    frame, reference = looking.top, looking.local("one")["variablesReference"]
    assert looking.inspector.thread_of(frame) == looking.inspector.thread_of(reference) == 7
    looking.release()
    for ask in (
        lambda: looking.inspector.scopes(frame),
        lambda: looking.inspector.variables(reference, None, 0, 0),
        lambda: looking.inspector.evaluate("one", frame, "watch"),
        lambda: looking.inspector.set_variable(reference, "0", "2"),
        lambda: looking.inspector.completions(frame, "on", 1, 3),
        lambda: looking.inspector.thread_of(frame),
    ):
        with pytest.raises(StaleHandle, match="earlier stop"):
            ask()
    with pytest.raises(StaleHandle, match="There is no"):
        looking.inspector.scopes(10**6)
    assert looking.top > reference
    with pytest.raises(StaleHandle, match="a frame, not a variable"):
        looking.inspector.variables(looking.top, None, 0, 0)
    assert one


def test_handles_stay_within_a_stop():
    one = [[1]]
    looking = Looking()
    assert looking.top == looking.top
    assert looking.scope("Locals") == looking.scope("Locals")
    assert looking.local("one") == looking.local("one")
    looking.run("one = [[2]]")
    assert looking.rows(looking.local("one")["variablesReference"])[0]["value"] == "[2]"
    assert one
