"""Exceptions that are raised and handled two frames further out."""

import own_time

EVENTS = 20_000


def fail(number):
    raise KeyError(number)


def attempt(number):
    return fail(number)


def work():
    handled = 0
    for number in range(EVENTS):
        try:
            attempt(number)
        except KeyError:
            handled += 1
    return handled


own_time.report(work)
