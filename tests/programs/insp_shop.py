# A caller and a callee with values to look at, change and run into.


class Item:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<{self.name}>"

    @property
    def shouted(self):
        return self.name.upper()


class Endless:
    def __repr__(self):
        while True:
            pass


def total(prices, factor):
    result = sum(prices) * factor
    return result  # @inner


def run():
    items = [Item("cup"), Item("pot")]
    many = list(range(500))
    factor = 2
    print(total([1, 2, 3], factor), factor, items)  # @call
    factor += 1
    print(factor)  # @later
    endless = Endless()
    after = "after"
    return endless, after  # @end


run()
