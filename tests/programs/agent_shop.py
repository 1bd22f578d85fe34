"""A program to stop in: values of several kinds, a leak, a log point's line, an error."""

import sys

CACHE = []


class Order:  # @order_class
    def __init__(self, number):
        self.number = number
        self.lines = list(range(number))

    @property
    def total(self):
        return sum(self.lines)


def keep(order):
    CACHE.append(lambda: order)


def handle(number):
    order = Order(number)
    keep(order)
    label = f"order {number}"
    return label  # @handled


def main():
    labels = []
    for number in range(3):
        labels.append(handle(number))  # @loop
    print(labels)  # @printed
    return labels


if __name__ == "__main__":
    main()
    if "fail" in sys.argv:
        raise LookupError("asked to")  # @fails
