"""What a failed assertion compared: told from the frame, and nothing is run for it."""

import asyncio
import importlib.util
import sys

import pytest

from heapsight.debuggee.inspection.assertions import explain
from heapsight.debuggee.inspection.text.saferepr import Reprs
from support.inspecting import Looking
from support.markers import program_path

PATH = program_path("exc_assertions.py")


@pytest.fixture
def program():
    # Not through pytest's import, which would rewrite the assertions.
    spec = importlib.util.spec_from_file_location("exc_assertions", PATH)
    module = importlib.util.module_from_spec(spec)
    exec(compile(PATH.read_bytes(), str(PATH), "exec"), vars(module))
    return module


def caught(function):
    try:
        function()
    except AssertionError as error:
        return error
    raise RuntimeError("nothing failed")


CALL = "<a call's result is not kept>"
PROPERTY = "<a property, computed each time>"

EXPLAINED = {
    "names": ("assert total == expected", {"total": "3", "expected": "4"}),
    "names_and_message": ("assert total == expected", {"total": "3", "expected": "4"}),
    "attribute": (
        "assert cart.inner.size == cart.items[1].price + 1",
        {"cart.inner.size": "4", "cart.items[1].price + 1": "5", "cart.items[1].price": "4"},
    ),
    "keyed": ("assert cart.by_name[key].price == 9", {"cart.by_name[key].price": "3"}),
    "computed_property": (
        "assert cart.total == expected",
        {"cart.total": PROPERTY, "cart": "<exc_assertions.Cart object>", "expected": "8"},
    ),
    "call": ("assert compute(number) == 11", {"compute(number)": CALL, "number": "5"}),
    "sum_with_call": (
        "assert cart.size == expected + compute(cart.size)",
        {"cart.size": "4", "expected": "8", "compute(cart.size)": CALL},
    ),
    "method": ("assert cart.count() == 3", {"cart.count()": CALL, "cart": "<exc_assertions.Cart object>"}),
    "module_function": ("assert math.cos(angle) == 0.0", {"math.cos(angle)": CALL, "angle": "0.0"}),
    "length": ("assert len(items) == 2", {"len(items)": "3", "items": "[1, 2, 3]"}),
    "chained": ("assert low < value < LIMIT", {"low": "1", "value": "20", "LIMIT": "10"}),
    "both": ("assert left and right", {"left": "True", "right": "[]"}),
    "negated": ("assert not found", {"found": "'something'"}),
    "kind": (
        "assert isinstance(value, int)",
        {"isinstance(value, int)": CALL, "value": "'text'", "type(value)": "str"},
    ),
    "member": ("assert color is Color.BLUE", {"color": "Color.RED", "Color.BLUE": "Color.BLUE"}),
    "class_attribute": ('assert Cart.owner == "Bob"', {"Cart.owner": "'Ada'"}),
    "secretive": (
        "assert thing.anything == 6",
        {"thing.anything": "<computed by __getattribute__>", "thing": "<exc_assertions.Secretive object>"},
    ),
    "lists": ('assert found == [1, 2, {"a": 4}]', {"found": "[1, 2, {'a': 3}]"}),
    "every": (
        "assert all(number > 0 for number in numbers)",
        {"all(number > 0 for number in numbers)": CALL, "numbers": "[1, 2, -3]"},
    ),
    "lines": ("assert total == LIMIT", {"total": "3", "LIMIT": "10"}),
    "walrus": ("assert (found := compute(1)) == 3", {"found := compute(1)": "2"}),
    "unicode": ('assert größe == len("ü")', {"größe": "3", 'len("ü")': "1"}),
    "shared": ("assert total == 5", {"total": "3"}),
    "unbound": ("assert value == 2", {"value": "1"}),
    "nested": ("assert value > 5", {"value": "3"}),
    "after_another": ("assert two == 2", {"two": "1"}),
    "arithmetic": (
        "assert width * height - 1 == 12",
        {"width * height - 1": "11", "width * height": "12", "width": "3", "height": "4"},
    ),
}


def explained(error):
    reprs = Reprs(asks=False)
    return explain(error, error.__traceback__, lambda value: reprs.text(value).partition(" at 0x")[0] + (
        ">" if " at 0x" in reprs.text(value) else ""
    ))  # fmt: skip


@pytest.mark.parametrize("function", EXPLAINED)
def test_what_was_compared(program, function):
    error = caught(getattr(program, function))
    calls = list(program.CALLS)
    statement, values = EXPLAINED[function]
    found = explained(error)
    assert found.statement == statement
    assert dict(found.rows) == values
    assert calls == program.CALLS, "something of the program's was run"


DIFFERENCES = {
    "lists": "first difference at index 2: {'a': 3} and {'a': 4}",
    "dicts": "only left: 'x'; only right: 'c'; ['b']: 2 and 3",
    "sets": "only left: 1; only right: 3",
    "texts": "first difference at index 6: 'w' and 't'",
    "names": None,
    "objects": None,
}


@pytest.mark.parametrize("function", DIFFERENCES)
def test_where_two_containers_differ(program, function):
    error = caught(getattr(program, function))
    calls = list(program.CALLS)
    found = explained(error)
    assert found.difference == DIFFERENCES[function]
    assert calls == program.CALLS


def test_an_await(program):
    found = explained(caught(lambda: asyncio.run(program.awaiting())))
    assert dict(found.rows)["await awaited()"] == "<what was awaited is not kept>"


def test_what_is_no_assertion(program):
    assert explained(caught(program.by_hand)) is None
    error = caught(program.names)
    assert explain(ValueError(), error.__traceback__, repr) is None
    assert explain(error, None, repr) is None


def test_a_file_that_has_changed_since(tmp_path):
    path = tmp_path / "changing.py"
    path.write_text("def check(one):\n    assert one == 2\n")
    namespace = {}
    exec(compile(path.read_bytes(), str(path), "exec"), namespace)
    error = caught(lambda: namespace["check"](1))
    assert explained(error).statement == "assert one == 2"
    path.write_text("def check(one):\n    assert two == 2\n")
    assert explained(error) is None
    path.write_text("\n")
    assert explained(error) is None
    path.unlink()
    assert explained(error) is None


def test_pytest_explains_its_own():
    error = caught(failing)
    assert "assert 1 == 2" in str(error)
    assert explained(error) is None


def failing():
    one = 1
    assert one == 2


def test_exception_info_has_it(program):
    error = caught(program.names_and_message)
    looking = Looking(sys._getframe())
    body = looking.body("exceptionInfo", looking.inspector.exception_info(error, error.__traceback__, "always"))
    assert body["description"] == "the totals differ\nassert total == expected\n  total = 3\n  expected = 4"
    assert body["details"]["message"] == "the totals differ"


def test_nothing_is_kept(program):
    error = caught(program.attribute)
    frame = error.__traceback__.tb_next.tb_frame
    before = sys.getrefcount(error), sys.getrefcount(frame)
    explained(error)
    assert (sys.getrefcount(error), sys.getrefcount(frame)) == before
