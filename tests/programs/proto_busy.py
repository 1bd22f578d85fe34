"""Does a little of everything, for as long as nobody stops it."""

import asyncio
import itertools
import sys
import threading


class Item:
    def __init__(self, number):
        self.number = number  # @constructing
        self.parts = [number, str(number), {"number": number}, bytearray(b"some bytes"), len]

    @property
    def doubled(self):
        return self.number * 2


def failing(number):
    if number % 3 == 0:
        raise ValueError(number)  # @raising
    return number


def generator(count):
    for number in range(count):
        yield Item(number)  # @yielding


async def waiting(number):
    await asyncio.sleep(0)
    return number  # @awaited


async def gathering():
    return await asyncio.gather(*(waiting(number) for number in range(3)))


def once(number):
    total = 0
    for item in generator(4):
        total += item.doubled  # @looping
    try:
        failing(number)
    except ValueError as error:
        total += len(str(error))  # @handling
    squares = [one * one for one in range(5)]  # @comprehension
    asyncio.run(gathering())
    return total + sum(squares)  # @returning


def background():
    for number in itertools.count():
        text = f"thread {number}"  # @in_thread
        if len(text) > 60:
            return


worker = threading.Thread(target=background, daemon=True, name="worker")
worker.start()
for turn in itertools.count():
    result = once(turn)  # @turning
    if turn % 50 == 0:
        print("turn", turn, result)
        print("to stderr", file=sys.stderr)
