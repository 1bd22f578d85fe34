"""A small shop whose data is watched through the protocol."""

limit = 10


class Cart:
    tax = 0.2

    def __init__(self, owner):
        self.owner = owner
        self.items = []
        self.total = 0
        self.__secret = 1

    @property
    def count(self):
        return len(self.items)

    def add(self, name, price):
        self.items.append(name)  # @appended
        self.total += price  # @added
        return self.total  # @after_add

    def reveal(self):
        pass  # @reveal
        self.__secret = 2  # @secret


def fill(cart):
    spent = 0  # @filling
    for number in range(3):
        spent = cart.add(f"item {number}", 10 * (number + 1))  # @spent
    return spent


def change_limit():
    global limit
    limit = 20  # @limit


def main():
    prices = {"tea": 3, "milk": 2}
    cart = Cart("Ada")
    other = Cart("Bob")
    other.add("tea", 1)  # @main
    fill(cart)
    change_limit()
    prices["tea"] = 4  # @tea
    cart.reveal()
    del cart.items[0]  # @removed
    print(cart.total, prices, limit)  # @printed


main()
