"""Parents and children that know each other, in a program that has switched the collector off."""

import gc

gc.disable()


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [Line(self, f"line {number}.{line}") for line in range(5)]

    def __del__(self):
        self.lines.clear()


class Line:
    def __init__(self, order, text):
        self.order = order  # @holds
        self.text = text


for number in range(2000):
    Order(number)
