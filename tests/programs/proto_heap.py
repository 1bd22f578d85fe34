"""A program with a heap that is known: some orders, one of them in a cache."""

import sys
import time


class Order:
    def __init__(self, number):
        self.number = number
        self.items = [f"item {number}-{index}" for index in range(3)]


CACHE = {}


def place(count):
    orders = [Order(number) for number in range(count)]
    CACHE["first"] = orders[0]
    return len(orders)  # @placed


def run():
    while "stop" not in CACHE:
        time.sleep(0.01)  # @running


if __name__ == "__main__":
    place(50)
    if sys.argv[1:] == ["run"]:
        run()
