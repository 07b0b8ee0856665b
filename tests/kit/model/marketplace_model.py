"""The rules of orders, stock and codes as plain Python: what the product is held against, step by step.

No I/O, no threads, no clock but `now`: every method is one transaction. Where several rules refuse the same wish, the product may
name any of them; so the model answers all, as problem types without `/problems/`.
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
    ledger: list[int] = field(default_factory=list)

    def move(self, delta: int) -> None:
        self.on_hand += delta
        self.ledger.append(delta)


@dataclass
class Promotion:
    """`value`: basis points of a percent, minor units of a fixed one."""

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
class Wish:
    """What somebody would like to buy; items and code by the model's numbers. `expected`: the right total, or another one."""

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


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder; ties go to the earlier line."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


class Shop:
    """A marketplace; items and orders are numbered from 0, people are any numbers."""

    def __init__(self, *, tax_rate_bps: int, reservation_s: int) -> None:
        self.items: list[Item] = []
        self.promotions: dict[str, Promotion] = {}
        self.orders: list[Order] = []
        self.keys: dict[tuple[int, str], tuple[Wish, int]] = {}
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

    # --- buying ---

    def objections(self, wish: Wish) -> set[str]:
        """Every reason why this wish is refused now; none, and it is an order."""
        if wish.code is None and sum(quantity for _, quantity in wish.basket) > BULK_THRESHOLD:
            return {"validation-failed"}
        goods = [(self.items[number], quantity) for number, quantity in wish.basket]
        found = set()
        if any(item.status != "active" for item, _ in goods):
            found.add("item-unavailable")
        if any(item.on_hand - item.reserved < quantity for item, quantity in goods):
            found.add("insufficient-stock")
        if len({item.seller for item, _ in goods}) > 1:
            found.add("mixed-sellers")
        if wish.buyer in {item.seller for item, _ in goods}:
            found.add("own-item")
        if wish.code is not None and not self._is_applicable(wish.code, wish):
            found.add("promotion-not-applicable")
        if sum(1 for order in self.orders if order.buyer == wish.buyer and order.status == "pending") >= MAX_PENDING:
            found.add("limit-reached")
        if wish.expected == "wrong":
            found.add("price-changed")
        return found

    def price(self, wish: Wish) -> list[Line]:
        """What the lines come to; a code that cannot be used takes nothing off."""
        lines = [Line(number, quantity, self.items[number].price) for number, quantity in wish.basket]
        if wish.code is not None and self._is_applicable(wish.code, wish):
            promotion = self.promotions[wish.code]
            eligible = [line for line in lines if promotion.category in {None, self.items[line.item].category}]
            base = sum(line.gross for line in eligible)
            off = base * promotion.value // 10_000 if promotion.kind == "percent" else min(base, promotion.value)
            for line, part in zip(eligible, spread(off, [line.gross for line in eligible]), strict=True):
                line.discount = part
        for line in lines:
            line.tax = ((line.gross - line.discount) * self._tax_rate_bps + 5_000) // 10_000
        return lines

    def place(self, wish: Wish, key: str) -> int:
        """The number of the new order; the wish must have no objection."""
        lines = self.price(wish)
        for line in lines:
            self.items[line.item].reserved += line.quantity
        if wish.code is not None:
            self.promotions[wish.code].redemptions += 1
        seller = self.items[lines[0].item].seller
        self.orders.append(Order(wish.buyer, seller, lines, wish.code, self.now + self._reservation_s))
        self.keys[wish.buyer, key] = (wish, len(self.orders) - 1)
        return len(self.orders) - 1

    def _is_applicable(self, code: str, wish: Wish) -> bool:
        promotion = self.promotions.get(code)
        if promotion is None:
            return False
        goods = [(self.items[number], quantity) for number, quantity in wish.basket]
        return all(
            [
                promotion.starts_at is None or self.now >= promotion.starts_at,
                promotion.ends_at is None or self.now < promotion.ends_at,
                promotion.max_redemptions is None or promotion.redemptions < promotion.max_redemptions,
                promotion.max_per_user is None or self.uses(code, wish.buyer) < promotion.max_per_user,
                sum(item.price * quantity for item, quantity in goods) >= promotion.min_subtotal,
                promotion.category is None or any(item.category == promotion.category for item, _ in goods),
            ]
        )

    def uses(self, code: str, buyer: int) -> int:
        return sum(1 for order in self.orders if order.code == code and order.buyer == buyer and order.is_live)

    # --- afterwards ---

    def pay(self, number: int) -> None:
        """The units are sold; the order must be pending."""
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
        """How many orders expired."""
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

    # --- what always holds (S1 to S7 of the domain) ---

    def check(self) -> None:
        pending = [line for order in self.orders if order.status == "pending" for line in order.lines]
        for number, item in enumerate(self.items):
            assert 0 <= item.reserved <= item.on_hand
            assert item.on_hand == sum(item.ledger)
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
