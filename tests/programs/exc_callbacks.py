"""User code that a library calls and that fails, or answers with an exception; `library` is set by the test."""

import asyncio

library = None


def fail():
    raise LookupError("from a callback")  # @fails


def failing_callback():
    library.call(fail)


def failing_callback_that_is_handled_here():
    try:
        library.call(fail)
    except LookupError:
        pass


def failing_callback_that_is_handled_outside():
    try:
        library.call(failing_callback)
    except LookupError:
        pass


def failing_callback_that_is_logged_here():
    try:
        library.call(fail)
    except Exception:
        pass


def failing_callback_with_a_careful_library():
    library.careful(lambda: library.call_and_log(fail))


def expected_by_the_library():
    return library.get(Catalogue())


def suppressed_by_the_library():
    return library.quietly(fail)


class Catalogue:
    def __getitem__(self, key):
        raise KeyError(key)


class Lazy:
    def __getattr__(self, name):
        raise AttributeError(name)


class Sequence:
    def __getitem__(self, index):
        if index > 2:
            raise IndexError(index)
        return index


def missing_item():
    assert library.get(Catalogue()) == "default"


def missing_attribute():
    assert library.get_attribute(Lazy()) == "default"


def end_of_a_sequence():
    assert library.first(Sequence()) == [0, 1, 2]


HTTPException = type("HTTPException", (Exception,), {"__module__": "werkzeug.exceptions"})
NotFound = type("NotFound", (HTTPException,), {"__module__": "werkzeug.exceptions"})


def abort():
    raise NotFound


def http_answer():
    return library.call_and_log(abort)


def deep(depth):
    if not depth:
        raise ValueError("deep")  # @deep
    deep(depth - 1)


def failing_deep_inside():
    library.call(lambda: deep(3))


async def fail_later():
    await asyncio.sleep(0)
    raise ValueError("later")  # @task


def failing_task():
    async def main():
        await asyncio.gather(fail_later(), return_exceptions=True)

    asyncio.run(main())


def handled_by_a_task():
    async def main():
        try:
            await fail_later()
        except ValueError:
            pass

    asyncio.run(main())
