"""A loop whose body is a breakpoint that never stops."""

import own_time

EVENTS = 20_000


def work():
    total = 0
    for number in range(EVENTS):
        total += number  # @hot
    return total


own_time.report(work)
