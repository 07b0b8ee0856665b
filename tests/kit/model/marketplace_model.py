"""The rules of orders, stock and promotions as plain Python. Tests compare the product with this model, step by step.

There is no I/O, no threads and no clock but `now`; every method is one transaction. Where several rules reject the same draft, the product
may raise any of their problems, so the model returns all of them, as problem types without `/problems/`.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

LEGAL = {
    ("pending", "paid"),
    ("pending", "cancelled"),
    ("pending", "expired"),
    ("paid", "cancelled"),
}
MAX_PENDING = 20
BULK_THRESHOLD = 100


@dataclass
class Item:
    seller: int
    price: int
    category: str | None
    on_hand: int = 0
    reserved: int = 0
    status: str = "active"
    movements: list[int] = field(default_factory=list)

    def move(self, delta: int) -> None:
        self.on_hand += delta
        self.movements.append(delta)


@dataclass
class Promotion:
    """`value` is in basis points for a percentage, and in minor units for a fixed amount."""

    kind: Literal["percent", "fixed"]
    value: int
    max_redemptions: int | None = None
    max_per_user: int | None = None
    category: str | None = None
    min_subtotal: int = 0
    starts_at: int | None = None
    ends_at: int | None = None
    redemptions: int = 0


@dataclass(frozen=True)
class OrderDraft:
    """An order before it is placed. Items have the model's numbers. `expected`: whether the expected total is right."""

    buyer: int
    basket: tuple[tuple[int, int], ...]
    code: str | None = None
    expected: Literal["right", "wrong"] | None = None


@dataclass
class Line:
    item: int
    quantity: int
    unit_price: int
    discount: int = 0
    tax: int = 0

    @property
    def gross(self) -> int:
        return self.unit_price * self.quantity

    @property
    def total(self) -> int:
        return self.gross - self.discount + self.tax


@dataclass
class Order:
    buyer: int
    seller: int
    lines: list[Line]
    code: str | None
    expires_at: int
    status: str = "pending"
    refunded: int = 0
    history: list[str] = field(default_factory=lambda: ["pending"])

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def is_live(self) -> bool:
        return self.status not in {"cancelled", "expired"}


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder; ties go to the earlier line."""
    sum_of_weights = sum(weights)
    if sum_of_weights == 0:
        return [0] * len(weights)
    parts = [total * weight // sum_of_weights for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % sum_of_weights), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


class Shop:
    """A marketplace. Items and orders are numbered from 0; users have any numbers."""

    def __init__(self, *, tax_rate_bps: int, reservation_s: int) -> None:
        self.items: list[Item] = []
        self.promotions: dict[str, Promotion] = {}
        self.orders: list[Order] = []
        self.keys: dict[tuple[int, str], tuple[OrderDraft, int]] = {}
        self.now = 0
        self._tax_rate_bps = tax_rate_bps
        self._reservation_s = reservation_s

    # --- the catalogue ---

    def add_item(self, seller: int, price: int, category: str | None, on_hand: int) -> int:
        self.items.append(Item(seller, price, category))
        if on_hand:
            self.items[-1].move(on_hand)
        return len(self.items) - 1

    def record_movement(self, number: int, delta: int) -> set[str]:
        item = self.items[number]
        if item.on_hand + delta < item.reserved:
            return {"insufficient-stock"}
        item.move(delta)
        return set()

    # --- orders ---

    def objections(self, draft: OrderDraft) -> set[str]:
        """Every reason to reject the draft now. Without one, it can be placed."""
        if draft.code is None and sum(quantity for _, quantity in draft.basket) > BULK_THRESHOLD:
            return {"validation-failed"}
        goods = [(self.items[number], quantity) for number, quantity in draft.basket]
        objections = set()
        if any(item.status != "active" for item, _ in goods):
            objections.add("item-unavailable")
        if any(item.on_hand - item.reserved < quantity for item, quantity in goods):
            objections.add("insufficient-stock")
        if len({item.seller for item, _ in goods}) > 1:
            objections.add("mixed-sellers")
        if draft.buyer in {item.seller for item, _ in goods}:
            objections.add("own-item")
        if draft.code is not None and not self._is_applicable(draft.code, draft):
            objections.add("promotion-not-applicable")
        if sum(1 for order in self.orders if order.buyer == draft.buyer and order.status == "pending") >= MAX_PENDING:
            objections.add("limit-reached")
        if draft.expected == "wrong":
            objections.add("price-changed")
        return objections

    def price(self, draft: OrderDraft) -> list[Line]:
        """The lines with their prices. A code that is not applicable gives no discount."""
        lines = [Line(number, quantity, self.items[number].price) for number, quantity in draft.basket]
        if draft.code is not None and self._is_applicable(draft.code, draft):
            promotion = self.promotions[draft.code]
            eligible = [line for line in lines if promotion.category in {None, self.items[line.item].category}]
            base = sum(line.gross for line in eligible)
            off = base * promotion.value // 10_000 if promotion.kind == "percent" else min(base, promotion.value)
            for line, part in zip(eligible, allocate(off, [line.gross for line in eligible]), strict=True):
                line.discount = part
        for line in lines:
            line.tax = ((line.gross - line.discount) * self._tax_rate_bps + 5_000) // 10_000
        return lines

    def place(self, draft: OrderDraft, key: str) -> int:
        """Place an order and return its number. The draft must have no objections."""
        lines = self.price(draft)
        for line in lines:
            self.items[line.item].reserved += line.quantity
        if draft.code is not None:
            self.promotions[draft.code].redemptions += 1
        seller = self.items[lines[0].item].seller
        self.orders.append(Order(draft.buyer, seller, lines, draft.code, self.now + self._reservation_s))
        self.keys[draft.buyer, key] = (draft, len(self.orders) - 1)
        return len(self.orders) - 1

    def _is_applicable(self, code: str, draft: OrderDraft) -> bool:
        promotion = self.promotions.get(code)
        if promotion is None:
            return False
        goods = [(self.items[number], quantity) for number, quantity in draft.basket]
        return all(
            [
                promotion.starts_at is None or self.now >= promotion.starts_at,
                promotion.ends_at is None or self.now < promotion.ends_at,
                promotion.max_redemptions is None or promotion.redemptions < promotion.max_redemptions,
                promotion.max_per_user is None or self.uses(code, draft.buyer) < promotion.max_per_user,
                sum(item.price * quantity for item, quantity in goods) >= promotion.min_subtotal,
                promotion.category is None or any(item.category == promotion.category for item, _ in goods),
            ]
        )

    def uses(self, code: str, buyer: int) -> int:
        return sum(1 for order in self.orders if order.code == code and order.buyer == buyer and order.is_live)

    # --- placed orders ---

    def pay(self, number: int) -> None:
        """Pay a pending order: its units are sold."""
        order = self.orders[number]
        for line in order.lines:
            self.items[line.item].reserved -= line.quantity
            self.items[line.item].move(-line.quantity)
        self._advance(order, "paid")

    def cancel(self, number: int, who: Literal["buyer", "seller", "admin", "support", "stranger"]) -> set[str]:
        order = self.orders[number]
        if who == "stranger":
            return {"order-not-found"}
        if who == "support" or (who == "buyer" and order.status == "paid"):
            return {"not-permitted"}
        if order.status not in {"pending", "paid"}:
            return {"order-state-conflict"}
        if order.status == "pending":
            self._release(order)
        else:
            for line in order.lines:
                self.items[line.item].move(line.quantity)
            order.refunded = order.total
            self._release_code(order)
        self._advance(order, "cancelled")
        return set()

    def expire_orders(self) -> int:
        """Expire overdue orders, and return how many."""
        overdue = [order for order in self.orders if order.status == "pending" and self.now >= order.expires_at]
        for order in overdue:
            self._release(order)
            self._advance(order, "expired")
        return len(overdue)

    def _release(self, order: Order) -> None:
        for line in order.lines:
            self.items[line.item].reserved -= line.quantity
        self._release_code(order)

    def _release_code(self, order: Order) -> None:
        if order.code is not None:
            self.promotions[order.code].redemptions -= 1

    def _advance(self, order: Order, status: str) -> None:
        assert (order.status, status) in LEGAL, (order.status, status)
        order.status = status
        order.history.append(status)

    # --- invariants ---

    def check(self) -> None:
        pending = [line for order in self.orders if order.status == "pending" for line in order.lines]
        for number, item in enumerate(self.items):
            assert 0 <= item.reserved <= item.on_hand
            assert item.on_hand == sum(item.movements)
            assert item.reserved == sum(line.quantity for line in pending if line.item == number)
        for order in self.orders:
            assert all(0 <= line.discount <= line.gross for line in order.lines)
            assert order.refunded <= order.total
            assert order.history[0] == "pending"
            assert set(itertools.pairwise(order.history)) <= LEGAL
        for code, promotion in self.promotions.items():
            assert promotion.redemptions == sum(1 for order in self.orders if order.code == code and order.is_live)
            assert promotion.max_redemptions is None or promotion.redemptions <= promotion.max_redemptions
            most = max((self.uses(code, order.buyer) for order in self.orders), default=0)
            assert promotion.max_per_user is None or most <= promotion.max_per_user
