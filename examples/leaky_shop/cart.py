"""What a customer puts together before paying."""

from dataclasses import dataclass, field


@dataclass
class Item:
    product: str
    amount: int
    price: float


@dataclass
class Cart:
    customer: str
    items: list[Item] = field(default_factory=list, repr=False)

    def add(self, product: str, amount: int, price: float) -> None:
        self.items.append(Item(product, amount, price))

    def total(self) -> float:
        return sum(item.amount * item.price for item in self.items)
