"""What every test can ask for."""

from collections.abc import Callable, Iterator

import pytest

from support.session import Session

# Programs that tests debug, one of them a suite with a test that fails.
collect_ignore = ["programs"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show the DAP messages of a failed test."""
    report = yield
    if report.failed:
        for session in getattr(item, "heapsight_sessions", []):
            report.sections.append(("DAP messages", session.dump()))
    return report


@pytest.fixture
def open_session(request) -> Iterator[Callable[..., Session]]:
    """Open sessions that end with the test."""
    sessions: list[Session] = []
    request.node.heapsight_sessions = sessions

    def open_one(*args, **options) -> Session:
        session = Session(*args, **options)
        sessions.append(session)
        return session

    yield open_one
    for session in sessions:
        session.close()


@pytest.fixture
def session(open_session) -> Session:
    """Open a session with an adapter of its own, on stdio."""
    return open_session()
