"""A small shop whose customers leave, but whose carts stay. README.md tells how to find out why."""

import gc

from cart import Cart
from receipts import receipt_for
from stockroom import when_restocked

PRICES = {"apples": 0.4, "bread": 3.2, "cheese": 8.5, "tea": 4.0}

VISITS = [
    ("Ada", {"apples": 6, "tea": 1}),
    ("Grace", {"bread": 2, "cheese": 1}),
    ("Alan", {"apples": 1}),
]


def fill_cart(customer: str, wishes: dict[str, int]) -> Cart:
    cart = Cart(customer)
    for product, amount in wishes.items():
        cart.add(product, amount, PRICES[product])
    return cart


def promise_reminder(cart: Cart) -> None:
    def remind() -> str:
        return f"{cart.customer}, your {cart.items[0].product} are back!"

    when_restocked(remind)


def serve(customer: str, wishes: dict[str, int]) -> float:
    cart = fill_cart(customer, wishes)
    receipt = receipt_for(cart)
    promise_reminder(cart)
    return receipt.total  # the cart has done its work here


def carts_alive() -> int:
    gc.collect()
    return sum(isinstance(thing, Cart) for thing in gc.get_objects())


def main() -> None:
    taken = 0.0
    for customer, wishes in VISITS:
        taken += serve(customer, wishes)
    print(f"{len(VISITS)} customers came, paid {taken:.2f} and left.")
    print(f"Carts still in memory: {carts_alive()}")


if __name__ == "__main__":
    main()
