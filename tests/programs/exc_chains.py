"""An exception with a cause, a context, notes and members."""


class BatchFailed(ExceptionGroup):
    pass


def divide():
    return 1 / 0


def read():
    try:
        divide()
    except ZeroDivisionError:
        raise OSError("disk")


def fail():
    try:
        read()
    except OSError as cause:
        error = BatchFailed("two of three", [ValueError("first"), ExceptionGroup("the rest", [KeyError("second")])])
        error.add_note("in the nightly run")
        raise error from cause


def main():
    fail()


main()
