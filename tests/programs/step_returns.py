"""Functions that return while a step is on its way."""

import asyncio
import json


class Cart:
    def __init__(self):
        self.items = [1, 2]

    def total(self):
        result = sum(self.items)
        return result  # @total_return


def double(n):
    return 2 * n  # @double_return


def fails():
    raise ValueError("no")


def forgives():
    try:
        fails()  # @forgives_call
    except ValueError:
        return None  # @forgives_return


def deep():
    return double(1) + double(4)  # @deep_return


async def answer():
    await asyncio.sleep(0)
    return 42


async def asks():
    one = await answer()  # @asks_await
    return one  # @asks_end


def run():
    cart = Cart()  # @run_start
    sum_of_all = cart.total() + double(3)  # @run_two
    text = json.dumps({"a": 1})  # @run_library
    nothing = forgives()  # @run_forgives
    number = deep()  # @run_deep
    made = [double(n) for n in (1, 2)]  # @run_made
    return sum_of_all, text, nothing, number, made  # @run_end


def run_loop():
    return asyncio.run(asks())


if __name__ == "__main__":
    run()  # @called
    print("done")  # @after
