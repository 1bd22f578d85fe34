"""A web site that runs under a session, and somebody who looks at its pages."""

from __future__ import annotations

import re
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.markers import program_path
from support.session import Session


class Site:
    """The site of a launched program. It says its address when it is ready."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._browser = ThreadPoolExecutor()
        self._address = ""

    def start(self) -> None:
        """Let the program run until it serves."""
        self.session.configured()
        said = ""
        while (found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", said)) is None:
            said += self.session.wait_for_event("output")["output"]
        self._address = found[0]

    @property
    def port(self) -> int:
        """Where the site is, once it has been started."""
        return int(self._address.rpartition(":")[2])

    def visit(self, path: str) -> Future[str]:
        """Ask for a page; the answer may have to wait for the debugger."""
        return self._browser.submit(self._read, path)

    def _read(self, path: str) -> str:
        with urllib.request.urlopen(self._address + path) as answer:
            return answer.read().decode()

    def close(self) -> None:
        """Wait for no answer any more."""
        self._browser.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Shop:
    """A site of tests/programs/real: the same pages, each by another framework."""

    framework: str
    launch: Mapping[str, object]

    @property
    def folder(self) -> str:
        """Where it is, below tests/programs."""
        return f"real/{self.framework}_shop"

    def template(self, name: str) -> str:
        """Return where a template is, below tests/programs."""
        return f"{self.folder}/templates/{name}.html"

    @contextmanager
    def opened(self, session: Session, engine: str) -> Iterator[Site]:
        """Launch it; whoever asks sets breakpoints and starts it."""
        folder = str(program_path(self.folder))
        session.launch(cwd=folder, console="internalConsole", engine=engine, **self.launch)
        site = Site(session)
        yield site
        site.close()


DJANGO = Shop(
    "django",
    {
        "program": "real/django_shop/manage.py",
        "args": ["runserver", "--noreload", "--skip-checks", "127.0.0.1:0"],
        "django": True,
    },
)
FLASK = Shop(
    "flask",
    {
        "module": "flask",
        "args": ["--app", "app", "run", "--no-debugger", "--no-reload", "--port", "0"],
        "jinja": True,
    },
)
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


def where(session: Session) -> str:
    """Return the marker of the line that the innermost frame is on, else `file:line`."""
    frame = session.stack(levels=1)[0]
    path = Path(frame["source"]["path"])
    text = path.read_text(encoding="utf-8").splitlines()[frame["line"] - 1]
    found = re.search(r"# @(\w+)", text)
    return found[1] if found else f"{path.name}:{frame['line']}"


def steps(session: Session, command: str, count: int) -> list[str]:
    """Step so many times; return where each step has led."""
    seen = []
    for _ in range(count):
        session.step(command)
        seen.append(where(session))
    return seen
