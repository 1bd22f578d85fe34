"""A test suite, of which some tests fail."""

import unittest

import pytest


def check(number):
    expected = 2
    assert number == expected  # @helper


def fail():
    raise ValueError("expected")


def test_that_fails():
    number = 1
    check(number)


def test_that_expects():
    with pytest.raises(ValueError, match="expected"):
        fail()
    pytest.raises(ValueError, fail)


def test_that_is_skipped():
    pytest.skip("not today")


def test_that_says_so():
    pytest.fail("by hand")  # @by_hand


@pytest.fixture
def prepared():
    try:
        fail()
    except ValueError:
        pass
    yield 1


def test_with_a_fixture(prepared):
    assert prepared == 1


@pytest.fixture
def broken():
    raise OSError("no fixture")  # @broken


def test_with_a_broken_fixture(broken):
    pass


class TestOld(unittest.TestCase):
    def test_that_expects(self):
        self.assertRaises(ValueError, fail)
        with self.assertRaises(ValueError):
            fail()

    def test_that_is_skipped(self):
        self.skipTest("not today")

    def test_that_fails(self):
        self.assertEqual(1, 2)  # @assert_equal
