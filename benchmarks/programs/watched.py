"""The work of `cpu_bound.py` and some more, while something is watched that none of it writes."""

import own_time


class Counter:
    def __init__(self):
        self.value = 0
        self.calls = 0

    def add(self, amount):
        self.value += amount
        return self.value


def collatz(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


def words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=counts.get)


def work():
    counter = Counter()
    for number in range(1, 40_000):
        counter.add(number & 7)
    for number in range(1, 1_500):
        counter.add(collatz(number))
    for _ in range(40):
        counter.add(len(words("to be or not to be that is the question " * 20)))
    return counter.value


def ready(settings, watched, prices, limit):
    return None  # @ready


def main():
    settings, watched, prices, limit = Counter(), Counter(), {"tea": 1}, 0
    ready(settings, watched, prices, limit)
    own_time.report(work)
    return settings, watched, prices, limit


main()
