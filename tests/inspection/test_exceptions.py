"""`exceptionInfo`: message, chain, groups, and the stack without our own frames."""

import sys

import pytest

from support.inspecting import Looking


def info(error, mode="unhandled"):
    looking = Looking(sys._getframe(1))
    return looking.body("exceptionInfo", looking.inspector.exception_info(error, error.__traceback__, mode))


def caught(function):
    try:
        function()
    except BaseException as error:  # noqa: BLE001
        return error
    raise AssertionError("nothing raised")


class Custom(Exception):
    pass


def fail(text="wrong"):
    raise Custom(text)


def test_the_exception():
    body = info(caught(fail), "always")
    assert body["exceptionId"] == f"{__name__}.Custom"
    assert (body["description"], body["breakMode"]) == ("wrong", "always")
    details = body["details"]
    assert (details["typeName"], details["fullTypeName"], details["message"]) == (
        "Custom",
        f"{__name__}.Custom",
        "wrong",
    )
    assert details["stackTrace"].endswith(
        f'  File "{__file__}", line {fail.__code__.co_firstlineno + 1}, in fail\n    raise Custom(text)\n'
    )
    assert "innerException" not in details


def test_built_in_types_have_short_names():
    assert info(caught(lambda: 1 / 0))["exceptionId"] == "ZeroDivisionError"


def test_callers_are_part_of_the_stack():
    body = info(caught(fail))
    assert "in test_callers_are_part_of_the_stack" in body["details"]["stackTrace"]


def chained():
    try:
        fail("first")
    except Custom as error:
        raise ValueError("second") from error


def implicit():
    try:
        fail("first")
    except Custom:
        raise ValueError("second")  # noqa: B904


def hidden():
    try:
        fail("first")
    except Custom:
        raise ValueError("second") from None


@pytest.mark.parametrize(("function", "inner"), [(chained, ["first"]), (implicit, ["first"]), (hidden, [])])
def test_chains(function, inner):
    details = info(caught(function))["details"]
    assert [one["message"] for one in details.get("innerException", [])] == inner


def test_groups_and_notes():
    error = ExceptionGroup("several", [ValueError("one"), ExceptionGroup("more", [KeyError("two")])])
    error.add_note("a note")
    details = info(error)["details"]
    assert details["message"] == "several (2 sub-exceptions)\na note"
    assert [one["typeName"] for one in details["innerException"]] == ["ValueError", "ExceptionGroup"]
    assert details["innerException"][1]["innerException"][0]["message"] == "'two'"


def test_notes_of_inner_exceptions_stand_above_their_stacks():
    cause = ValueError("first")
    cause.add_note("one\ntwo")
    error = KeyError("second")
    error.__cause__ = cause
    assert "\nRaised from ValueError: first\n  one\n  two\n" in info(error)["details"]["stackTrace"]


def test_circles_end():
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    details = info(first)["details"]
    assert [one["message"] for one in details["innerException"]] == ["second"]


def test_long_chains_end():
    error = ValueError(0)
    for index in range(1, 5000):
        following = ValueError(index)
        following.__context__ = error
        error = following
    assert info(error)["description"] == "4999"


class Broken(Exception):
    def __str__(self):
        raise RuntimeError

    def __getattribute__(self, name):
        raise AssertionError(name)


def test_an_exception_that_cannot_say_what_it_is():
    looking = Looking()
    body = looking.inspector.exception_info(Broken(), None, "always")
    assert body["description"] == "<__str__ failed: RuntimeError>"


def test_deep_stacks_are_cut():
    def dig(depth):
        if depth:
            dig(depth - 1)
        fail()

    text = info(caught(lambda: dig(300)))["details"]["stackTrace"]
    assert "frames left out" in text
    assert text.count("\n") < 250


def test_nothing_is_kept():
    error = caught(fail)
    before = sys.getrefcount(error)
    info(error)
    assert sys.getrefcount(error) == before
