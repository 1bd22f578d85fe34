"""Receipts, kept so that a customer who asks again gets the same one."""

from dataclasses import dataclass

from cart import Cart

# One receipt for each customer. Nothing is ever taken out again.
CACHE: dict[str, "Receipt"] = {}


@dataclass
class Receipt:
    cart: Cart
    total: float


def receipt_for(cart: Cart) -> Receipt:
    receipt = CACHE.get(cart.customer)
    if receipt is None:
        receipt = Receipt(cart, cart.total())
        CACHE[cart.customer] = receipt
    return receipt
