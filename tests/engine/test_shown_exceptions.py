"""Exceptions that were shown: known again, never taken for another, and not kept alive."""

from __future__ import annotations

import gc
from _weakref import ReferenceType

from heapsight.debuggee.engine.exceptions.shown import Shown


class OfTheProgram(ValueError):
    pass


def test_one_that_was_shown_is_known():
    shown = Shown()
    one, other = ValueError(1), ValueError(1)
    shown.note(one, is_shown=True)
    assert shown.has(one, one.__traceback__)
    assert not shown.has(other, other.__traceback__)
    shown.note(one, is_shown=False)
    assert not shown.has(one, one.__traceback__)


def test_nothing_is_kept_alive():
    shown = Shown()
    held = OfTheProgram(1)
    reference = ReferenceType(held)
    shown.note(held, is_shown=True)
    shown.note(ExceptionGroup("g", [held]), is_shown=True)
    del held
    gc.collect()
    assert reference() is None


def test_the_address_of_one_that_is_gone_says_nothing():
    shown = Shown()
    addresses = set()
    for number in range(50):
        one = OfTheProgram(number)
        # The same address again and again; nothing has told of the end of the one before.
        assert not shown.has(one, one.__traceback__)
        shown.note(one, is_shown=True)
        addresses.add(id(one))
        del one
    assert len(addresses) < 50


def test_another_type_at_the_address_of_a_built_in_one():
    shown = Shown()
    seen = 0
    for _ in range(50):
        one = ValueError(1)
        shown.note(one, is_shown=True)
        address = id(one)
        del one
        other = RuntimeError(1)
        seen += id(other) == address
        assert not shown.has(other, other.__traceback__)
        del other
    assert seen


def test_what_is_left_of_a_group_is_no_news():
    shown = Shown()
    group = ExceptionGroup("g", [ValueError(1), ExceptionGroup("inner", [KeyError(2), OSError(3)])])
    assert not shown.has(group, group.__traceback__)
    shown.note(group, is_shown=True)
    rest = group.split(KeyError)[1]
    assert rest is not None
    assert shown.has(rest, rest.__traceback__)
    assert not shown.has(ExceptionGroup("", [TypeError(4), rest]), None)
    # A member that comes by itself was not shown by itself.
    assert not shown.has(group.exceptions[0], None)


def test_a_built_in_one_at_the_address_of_one_that_had_left_a_frame():
    def fails():
        raise ValueError(1)

    shown = Shown()
    addresses = set()
    for _ in range(50):
        try:
            fails()
        except ValueError as error:
            assert not shown.has(error, error.__traceback__)
            assert error.__traceback__ is not None
            assert error.__traceback__.tb_next is not None
            shown.note(error, is_shown=True, left=error.__traceback__.tb_next.tb_frame)
            assert shown.has(error, error.__traceback__)
            addresses.add(id(error))
    assert len(addresses) < 50
