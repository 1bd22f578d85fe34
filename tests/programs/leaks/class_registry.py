"""Classes made on the fly, each of which enters itself in a registry."""


class Model:
    registry = {}  # @holds

    def __init_subclass__(cls):
        Model.registry[cls.__name__] = cls


def make(number):
    lines = [f"line {number}.{line}" for line in range(200)]
    return type(f"Order{number}", (Model,), {"lines": lines})


for number in range(500):
    make(number)
