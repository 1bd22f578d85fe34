import asyncio
import time


def net(pieces):
    return pieces * 4


def gross(price):
    return price * 1.25


async def discount(price):
    await asyncio.sleep(0)
    return price - 1


async def main():
    total = 0
    for pieces in range(5):
        total += gross(net(pieces))
    while total:
        time.sleep(0.05)
    return total


asyncio.run(main())
