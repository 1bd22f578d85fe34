"""An exception that is kept for later, and with it every variable of the frames it went through."""


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


last_error = None  # @holds


def load():
    orders = [Order(number) for number in range(2000)]
    raise ValueError(f"{len(orders)} orders, and one is wrong")


try:
    load()
except ValueError as error:
    last_error = error
