"""What every memory test needs."""

import pytest

from heapsight.debuggee.memory import report


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search in the test process, with the heap of all the tests before, take its time on a busy machine."""
    monkeypatch.setattr(report, "_REFERRERS_SECONDS", 60.0)
