"""Generators that were begun and never finished: each keeps its variables."""


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


READERS = []  # @holds


def read(number):
    order = Order(number)
    for line in order.lines:
        yield line


for number in range(2000):
    reader = read(number)
    next(reader)
    READERS.append(reader)
