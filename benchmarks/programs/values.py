"""Values that are large, and one that is not."""


class Cart:
    def __init__(self):
        self.items = ["tea", "bread"]


class Wide:
    pass


def work():
    numbers = list(range(1_000_000))
    table = {f"key {number}": number for number in range(100_000)}
    wide = Wide()
    for number in range(1_000):
        setattr(wide, f"attribute_{number}", number)
    cart = Cart()
    return numbers, table, wide, cart  # @here


work()
