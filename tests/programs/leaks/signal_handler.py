"""A handler of a signal that has captured what was at hand when it was installed."""

import signal


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


def install():
    orders = [Order(number) for number in range(2000)]

    def report(_number, _frame):
        print(len(orders))

    signal.signal(signal.SIGINT, report)  # @holds


install()
