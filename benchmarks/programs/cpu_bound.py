"""Calls, loops, attributes and arithmetic: what a plain Python program does all day."""

import own_time


class Counter:
    def __init__(self):
        self.value = 0

    def add(self, amount):
        self.value += amount
        if self.value < 0:
            raise ValueError("it only ever grows")  # @never
        return self.value


def cold():
    return "nobody calls this"  # @cold


def collatz(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


def work():
    counter = Counter()
    for number in range(1, 40_000):
        counter.add(number & 7)
    for number in range(1, 1_500):
        counter.add(collatz(number))
    return counter.value


own_time.report(work)
