"""A loop whose body is a log point."""

import own_time

EVENTS = 1_000


def work():
    total = 0
    for number in range(EVENTS):
        total += number  # @hot
    return total


own_time.report(work)
