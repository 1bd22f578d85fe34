"""A loop whose body is a log point. By the clock on the wall: a program can also wait for its debugger to write."""

from time import perf_counter

import own_time

EVENTS = 1_000


def work():
    total = 0
    for number in range(EVENTS):
        total += number  # @hot
    return total


own_time.report(work, perf_counter)
