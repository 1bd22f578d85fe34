"""Which ways to leave a program are no failure."""

from __future__ import annotations

from collections.abc import Callable

from ...records import record

_exit_code_of: Callable[[BaseException], object] = SystemExit.__dict__["code"].__get__


@record
class ExitCodes:
    """The codes of `SystemExit` that are of interest.

    clean: codes that are none, None among them where `sys.exit()` without a code is meant.
    only: where it is not None, no other number than those in these ranges (first, last) is of interest.
    """

    clean: frozenset[int | None] = frozenset({0, None})
    only: tuple[tuple[int, int], ...] | None = None

    def is_clean(self, exception: BaseException) -> bool:
        """Say whether `exception` ends a program as it should: a `SystemExit` with a code that is of no interest."""
        if not issubclass(type(exception), SystemExit):
            return False
        code = _exit_code_of(exception)
        if code is None:
            return None in self.clean
        if type(code) is not int and type(code) is not bool:
            return False  # a text, which Python prints before it leaves with code 1
        if self.only is not None:
            return not any(first <= code <= last for first, last in self.only)
        return code in self.clean
