"""`lru_cache` on a method: the cache is the class's, and keeps each instance that was ever asked."""

from functools import lru_cache


class Report:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]

    @lru_cache(maxsize=None)  # @holds
    def total(self):
        return sum(map(len, self.lines))


for number in range(2000):
    Report(number).total()
