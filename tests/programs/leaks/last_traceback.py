"""A console inside a program: the traceback of the last error is kept for `pdb.pm()`, frames and all."""

import code
import sys


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


def load():
    orders = [Order(number) for number in range(2000)]
    raise ValueError(f"{len(orders)} orders, and one is wrong")


console = code.InteractiveInterpreter({"load": load})
console.write = lambda text: None
console.runsource("load()")  # @holds
assert sys.last_traceback is not None
del console
