"""A hook for the end of the program, for each order: `atexit` keeps the orders until then, in C."""

import atexit


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]
        atexit.register(self.close)  # @holds

    def close(self):
        self.lines.clear()


for number in range(2000):
    Order(number)
