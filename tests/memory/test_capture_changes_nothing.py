"""A capture, in all three ways, leaves the program as it was, and runs nothing of it."""

import pytest

from support.captures import WAYS, run

pytest.importorskip("heapsight._native.heap")
pytestmark = pytest.mark.timeout(1800)  # heaps of 300,000 objects, on a busy machine


@pytest.fixture(scope="module", params=["small", "big"])
def told(request, tmp_path_factory) -> dict:
    return run("mem_captured_untouched.py", tmp_path_factory.mktemp("untouched"), request.param)


@pytest.mark.parametrize("way", WAYS)
def test_everything_is_as_it_was(told: dict, way: str) -> None:
    """Counts, weak references, instance dicts and what is tracked, of every object; modules, collections, locals."""
    assert told["changes"][way] == {"locals copied": False, "kept alive": False}


def test_no_code_of_the_program_runs(told: dict) -> None:
    assert told["calls"] == []
