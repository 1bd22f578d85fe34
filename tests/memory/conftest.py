"""What every memory test needs."""

from collections.abc import Iterator

import pytest

from heapsight.debuggee.memory import native_heap, report


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search in the test process, with the heap of all the tests before, take its time on a busy machine."""
    monkeypatch.setattr(report, "_REFERRERS_SECONDS", 60.0)


@pytest.fixture(scope="module", params=["python", "native"])
def twin(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give every test of a module both: what Python finds, and what the walk in C does."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "python":
            patch.setattr(native_heap, "module", None)
        elif native_heap.module is None:
            pytest.skip("the module in C is not there")
        yield request.param
