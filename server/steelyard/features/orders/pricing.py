"""The price of a basket, without I/O. Quotes and orders have the same prices."""

from collections.abc import Sequence
from dataclasses import dataclass

from steelyard.features.promotions.discount import line_discounts
from steelyard.tables.promotions import PromotionRow


@dataclass(frozen=True, slots=True)
class Goods:
    """Some units of one product, as the seller offers it."""

    product_id: int
    seller_id: int
    sku: str | None
    title: str
    category: str | None
    unit_price: int
    quantity: int

    @property
    def gross(self) -> int:
        """Before discount and tax."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its discount and tax."""

    goods: Goods
    discount: int
    tax: int

    @property
    def total(self) -> int:
        return self.goods.gross - self.discount + self.tax


@dataclass(frozen=True, slots=True)
class Price:
    """The price of an order: each member is the sum over the lines."""

    lines: tuple[PricedLine, ...]
    subtotal: int
    discount: int
    tax: int

    @property
    def total(self) -> int:
        return self.subtotal - self.discount + self.tax

    @property
    def units(self) -> int:
        return sum(line.goods.quantity for line in self.lines)


def calculate_price(goods: Sequence[Goods], promotion: PromotionRow | None, tax_rate_bps: int) -> Price:
    """Calculate the price: each line has its share of the discount, and tax on the rest."""
    discounts = [0] * len(goods) if promotion is None else line_discounts(promotion, goods)
    lines = []
    subtotal = tax = 0
    for good, discount in zip(goods, discounts, strict=True):
        gross = good.gross
        line = PricedLine(good, discount, tax_on(gross - discount, tax_rate_bps))
        lines.append(line)
        subtotal += gross
        tax += line.tax
    return Price(tuple(lines), subtotal, sum(discounts), tax)


def tax_on(amount: int, rate_bps: int) -> int:
    """The tax on one line, rounded half up to the minor unit."""
    return (amount * rate_bps + 5_000) // 10_000
