"""An object that a list in a module, a closure and a cycle hold."""

import sys

KEPT = []


class Order:
    def __init__(self, number):
        self.number = number
        self.itself = self

    def __repr__(self):
        return f"<Order {self.number} ⟨é⟩>"


def keep(order):
    def handler():
        return order

    KEPT.append({"handler": handler})


def place(number):
    order = Order(number)
    keep(order)
    # @comment
    print("placed", number)  # @placed
    return order


def loop():
    number = 0
    while True:
        number += 1  # @looping


def never():
    return 1  # @never


if __name__ == "__main__":
    if "ask" in sys.argv:
        print("asked", input())
    if "break" in sys.argv:
        breakpoint()
    if "loop" in sys.argv:
        loop()
    if "crash" in sys.argv:
        raise SystemExit(7)
    for number in range(3):
        place(number)
# @end
