"""Objects come and go between stops: a shop whose orders stay, and classes that watch for what is created."""

import sys


class Line:
    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text


class Order:  # @order_class
    def __init__(self, number):
        self.number = number
        self.lines = [Line(f"line {number}.{place} of an order" * 20) for place in range(number)]

    def __repr__(self):
        raise RuntimeError("nobody may ask")


class Rush(Order):
    pass


class Plain:
    pass


class Passing:
    pass


ORDERS = []
PASSING = [Passing() for _ in range(7)]


def take(number):
    order = Order(number)  # @creates
    return order  # @created


def rush(number):
    return Rush(number)  # @creates_rush


def main():
    for number in range(5):
        ORDERS.append(take(number))
    first = ORDERS[0]
    print("first")  # @first
    for number in range(5, 15):
        ORDERS.append(take(number))
    PASSING.clear()
    print("second")  # @second
    ORDERS.append(rush(3))
    ORDERS.append(Plain())  # @creates_plain
    ORDERS.append(Plain.__new__(Plain))  # @creates_by_new
    print("third")  # @prints_third
    print(first.number, len(sys.argv))  # @third


main()
