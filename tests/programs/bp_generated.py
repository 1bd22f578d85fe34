"""Runs code that comes from no file. Never changed by what runs."""

import doctest
import linecache
import sys

EXECUTED = """\
def inner(number):
    doubled = number * 2
    return doubled

result = inner(21)
"""

CACHED = """\
first = 'äöü'; second = 2
third = first * second
"""


def execute():
    namespace = {}
    exec(EXECUTED, namespace)  # @exec
    exec(EXECUTED, namespace)
    exec("other = 1\nother += 1\n", namespace)
    return namespace["inner"](1)  # @call_inner


def cached():
    lines = CACHED.splitlines(keepends=True)
    linecache.cache["<cell 1>"] = (len(CACHED), None, lines, "<cell 1>")
    before = 1  # @before_cell
    exec(compile(CACHED, "<cell 1>", "exec"), {})
    return before


def documented():
    """
    >>> value = 1
    >>> value + 1
    2
    """


if __name__ == "__main__":
    execute()
    cached()
    if "doctest" in sys.argv:
        doctest.run_docstring_examples(documented, {}, name="documented")
