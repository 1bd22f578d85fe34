"""pytest under the debugger: a suite of the user's, and one that an installed package brings along."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from support.markers import line_of, program_path
from support.websites import steps, where

SUITE = "real/suite"
PRICES = f"{SUITE}/test_prices.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


@pytest.fixture(params=ENGINES)
def tests(request, session):
    """Launch pytest on the user's suite."""
    session.launch(
        module="pytest",
        args=["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", ".", "--confcutdir", ".", "."],
        cwd=str(program_path(SUITE)),
        console="internalConsole",
        engine=request.param,
    )
    return session


def test_a_breakpoint_in_a_test_and_in_its_fixture(tests):
    tests.set_breakpoints(f"{SUITE}/conftest.py", "fixture")
    tests.set_breakpoints(PRICES, "assert")
    tests.configured()
    tests.wait_for_stopped("breakpoint")
    assert where(tests) == "fixture"
    tests.set_breakpoints(f"{SUITE}/conftest.py")
    tests.cont()
    tests.wait_for_stopped("breakpoint")
    assert where(tests) == "assert"
    assert tests.stack()[0]["name"] == "test_total"
    assert tests.local_variables()["basket"]["value"] == "{'apple': 3, 'pear': 4}"
    assert steps(tests, "stepIn", 1) == [f"test_prices.py:{line_of(PRICES, 'sum') - 2}"]
    # The test has no other line, and pytest is a library: the next of the user's lines is in the fixture.
    assert steps(tests, "stepOut", 1) == ["teardown"]
    tests.cont()
    assert tests.wait_for_exit() == 1
    assert "1 failed, 5 passed" in tests.output()


def test_hit_counts_and_conditions_over_parametrised_tests(tests):
    tests.set_breakpoints(PRICES, {"marker": "each", "condition": "price == 3"}, {"marker": "sum", "hitCondition": "4"})
    tests.configured()
    tests.wait_for_stopped("breakpoint")
    assert where(tests) == "sum"
    assert tests.stack()[1]["name"] == "test_each"
    tests.cont()
    tests.wait_for_stopped("breakpoint")
    assert where(tests) == "each"
    assert tests.evaluate("price, basket")["result"] == "(3, {'apple': 3, 'pear': 4})"
    tests.cont()
    assert tests.wait_for_exit() == 1


def test_exceptions_that_a_test_expects_do_not_stop(tests):
    tests.set_exception_filters("uncaught")
    tests.configured()
    assert tests.wait_for_exit() == 1
    assert "1 failed, 5 passed" in tests.output()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_suite_of_an_installed_package(session, engine):
    found = importlib.util.find_spec("numpy")
    if found is None or found.origin is None:
        pytest.skip("numpy is not installed")
    path = Path(found.origin).parent / "lib" / "tests" / "test_arrayterator.py"
    lines = path.read_text().splitlines()
    inside = next(number for number, text in enumerate(lines, 1) if "shape = " in text)
    session.launch(
        module="pytest",
        args=["-q", "-p", "no:cacheprovider", "--pyargs", "numpy.lib.tests.test_arrayterator"],
        cwd=str(program_path(SUITE)),
        console="internalConsole",
        engine=engine,
        justMyCode=False,
    )
    session.set_breakpoints(path, {"line": inside})
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.stack()[0]["name"] == "test"
    session.step()
    assert session.evaluate("len(shape) == ndims")["result"] == "True"
    session.cont()
    assert session.wait_for_exit() == 0
    assert "1 passed" in session.output()
