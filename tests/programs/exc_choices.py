"""Exceptions to choose among: by type, by pattern, in groups, by what they carry."""

import contextlib
import json
import sys


class ShopError(Exception):
    """The base of this program's own exceptions."""


class OutOfStock(ShopError):
    """There is none left."""


def raise_one(kind, *arguments):
    raise kind(*arguments)  # @raise_one


def attempt(kind, *arguments):
    with contextlib.suppress(BaseException):
        raise_one(kind, *arguments)


def everything():
    number = 7
    attempt(KeyError, "k")
    attempt(OutOfStock, number)
    with contextlib.suppress(ValueError):
        json.loads("no json")  # @library_raises
    attempt(FileNotFoundError, 2, "no such file")
    attempt(StopIteration)
    attempt(SystemExit, 0)
    attempt(ExceptionGroup, "some", [ValueError(1), ExceptionGroup("more", [OutOfStock(2)])])


def groups():
    try:
        raise_one(ExceptionGroup, "some", [ValueError(1), KeyError(2)])
    except* KeyError:
        handled = True  # @handled
    return handled


def main():
    if "exit" in sys.argv:
        code = sys.argv[2]
        sys.exit({"none": None, "text": "a text", "true": True}[code] if code.isalpha() else int(code))  # @exit
    everything()
    print("done")


if __name__ == "__main__":
    main()
