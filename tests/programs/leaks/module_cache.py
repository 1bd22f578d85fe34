"""A cache at module level that nothing ever empties."""


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


CACHE = {}  # @holds


def price(number):
    order = CACHE[number] = Order(number)
    return len(order.lines)


for number in range(2000):
    price(number)
