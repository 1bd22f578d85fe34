"""Tasks are put into a set, so that they are not collected while they run, and are never taken out."""

import asyncio


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


BACKGROUND = set()  # @holds


async def load(number):
    await asyncio.sleep(0)
    return Order(number)


async def main():
    for number in range(1000):
        BACKGROUND.add(asyncio.create_task(load(number)))
    await asyncio.gather(*BACKGROUND)


asyncio.run(main())
