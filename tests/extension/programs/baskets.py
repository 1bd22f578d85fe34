"""Keeps a basket in a global, and lets go of it later."""


class Basket:
    def __init__(self, owner):
        self.owner = owner
        self.items = ["tea"]


KEPT = {}


def fill(owner):
    basket = Basket(owner)
    KEPT[owner] = basket
    return basket  # @filled


def main():
    fill("ada")
    print("between")  # @between
    KEPT.clear()
    print("after")  # @after
    Basket("grace")  # @created


main()
