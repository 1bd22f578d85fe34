"""A function called twice; prints what it computed."""

import sys


def double(number):
    doubled = number * 2  # @inside
    return doubled  # @leaving


first = double(20)  # @first_call
second = double(first + 1)  # @second_call
print("result", second)  # @printing
print("complaint", file=sys.stderr)
sys.exit(3)
