"""A loop long enough to step in, with a few local variables of the usual kinds."""


class Item:
    def __init__(self, name, price):
        self.name = name
        self.price = price


def price_of(item, number):
    return item.price * number


def work():
    items = [Item("tea", 4), Item("bread", 3)]
    prices = {"tea": 4, "bread": 3}
    total = 0  # @first
    for number in range(10_000):
        item = items[number % 2]
        total += price_of(item, number)
        prices[item.name] = total
    return total


work()
