"""A web shop that never forgets an order, although nobody asked it to remember. README.md tells how to find out why."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from flask import Flask

app = Flask(__name__)

numbers = count(1)

# Work for after the answer was sent. Someone meant to do it, and then to empty the list.
after_response: list[Callable[[], str]] = []


@dataclass
class Order:
    number: int
    product: str


def later(job: Callable[[], str]) -> None:
    after_response.append(job)


@app.route("/order/<product>")
def place_order(product: str) -> dict[str, object]:
    order = Order(next(numbers), product)

    def confirm() -> str:
        return f"Order {order.number}: {order.product} is on its way."

    later(confirm)
    return {"order": order.number, "product": order.product}  # each request's order should end here
