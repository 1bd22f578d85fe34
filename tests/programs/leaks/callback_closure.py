"""Callbacks that are registered for each request, and keep what they capture."""


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [f"line {number}.{line}" for line in range(20)]


LISTENERS = []  # @holds


def serve(number):
    order = Order(number)

    def remind():
        return order.number

    LISTENERS.append(remind)


for number in range(2000):
    serve(number)
