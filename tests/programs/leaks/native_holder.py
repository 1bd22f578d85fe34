"""A library written in C that forgets to give a reference back."""

import ctypes


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


def register(order):
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(order))  # @holds


for number in range(2000):
    register(Order(number))
