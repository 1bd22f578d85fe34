"""Names and attributes are read without the compiler: with the result that the compiler's code has, or left to it."""

import sys

import pytest

from heapsight.debuggee.inspection.evaluation.dotted import as_owner, dotted_names
from heapsight.debuggee.inspection.failures import EvaluationError
from support.inspecting import Looking

hidden = "a global"
only_global = ["global"]


class Part:
    shared = "of the class"

    def __init__(self):
        self.__own = "private"
        self.name = "part"
        self.asked = 0

    @property
    def counted(self):
        self.asked += 1
        return self.asked

    @property
    def failing(self):
        raise ValueError("no such part")

    def __getattr__(self, name):
        if name == "made":
            return "made up"
        raise AttributeError(f"{name} is not there")

    def look(self, expression):
        return answer(Looking(sys._getframe()), expression)


def answer(looking, expression):
    """Return what the client is answered: the result, or the error."""
    try:
        return looking.evaluate(expression)["result"]
    except EvaluationError as error:
        return f"error: {error}"


@pytest.mark.parametrize(
    "expression",
    [
        "part",
        "part.name",
        "part.shared.upper",
        "part.made",
        "part.missing",
        "part.failing",
        "part.__class__.__name__",
        "part.__own",
        "captured.name",
        "hidden",
        "only_global",
        "len.__name__",
        "nothing",
        "nothing.name",
        "part.class",
        "None",
        "__debug__",
        "part.ﬁne",
    ],
)
def test_it_is_what_the_compiler_makes_of_it(expression):
    captured = Part()

    def inner():
        part = Part()
        looking = Looking()
        # In parentheses it is no dotted name.
        assert answer(looking, expression) == answer(looking, f"({expression})")
        if not part:
            hidden = "a variable that is not bound"
            assert hidden
        return captured

    inner()


@pytest.mark.parametrize("expression", ["self.__own", "self.name", "self._Part__own"])
def test_private_names(expression):
    part = Part()
    assert part.look(expression) == part.look(f"({expression})") != ""


def test_the_users_code_runs_once():
    part = Part()
    looking = Looking()
    assert looking.evaluate("part.counted")["result"] == "1"
    assert looking.evaluate("part.counted", "hover")["result"] == "2"
    assert part.asked == 2


def test_a_variable_that_is_not_bound_hides_a_global():
    looking = Looking()
    with pytest.raises(EvaluationError, match="NameError"):
        looking.evaluate("hidden")
    if not looking:
        hidden = 1
        assert hidden


def test_names_of_the_console():
    looking = Looking()
    looking.run("typed = [1]")
    assert looking.evaluate("typed")["result"] == "[1]"
    assert looking.evaluate("typed.append")["result"].startswith("<built-in method append")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a", ["a"]),
        ("a.b.__class__", ["a", "b", "__class__"]),
        ("a.__b", None),
        ("a.for", None),
        ("a.b()", None),
        ("a..b", None),
        ("a .b", None),
        ("1.e", None),
        ("é", None),
        ("", None),
    ],
)
def test_dotted_names(text, names):
    assert dotted_names(text) == names


@pytest.mark.parametrize(("text", "owner"), [("a.b", "a.b"), ("a[0]", "a[0]"), ("a + b", "(a + b)"), ("a = 1", None)])
def test_as_owner(text, owner):
    assert as_owner(text) == owner
