"""Lines with several calls."""

import asyncio
import json


def one(n):
    return n + 1  # @one_body


def two(n):
    return n * 2  # @two_body


def both(first, second):
    return first, second  # @both_body


class Thing:
    def __init__(self, size):
        self.size = size  # @init_body


def numbers(count):
    yield from range(count)  # @numbers_body


async def later(n):
    await asyncio.sleep(0)  # @later_await
    return n  # @later_end


def calls(data):
    found = both(one(1), two(one(2)))  # @calls_line
    found = both(
        one(3),  # @long_line
        two(4),
    )
    thing = Thing(len(data))  # @thing_line
    text = json.dumps(data)  # @library_line
    for number in numbers(2):  # @for_line
        found = number
    return found, thing, text  # @calls_end


async def waits():
    value = await later(one(1)) + await later(2)  # @waits_line
    return value


def run():
    calls([1])
    asyncio.run(waits())


if __name__ == "__main__":
    run()
