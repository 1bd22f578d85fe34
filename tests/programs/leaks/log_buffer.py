"""A logging handler that waits for an error before it writes, and none comes."""

import logging
import logging.handlers


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


log = logging.getLogger("shop")
log.setLevel(logging.DEBUG)
log.addHandler(logging.handlers.MemoryHandler(10**9, logging.CRITICAL))  # @holds

for number in range(2000):
    log.debug("served %s", Order(number))
