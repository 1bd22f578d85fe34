"""A context variable that keeps what came before, as a stack that nobody takes anything off."""

import contextvars


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


current = contextvars.ContextVar("current", default=None)  # @holds

for number in range(2000):
    current.set((Order(number), current.get()))
