"""A list as a default value: it is the function's, and is the same one at each call."""


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


def remember(order, seen=[]):  # @holds
    seen.append(order)


for number in range(2000):
    remember(Order(number))
