"""What a basket costs; no clock, no database. A quote and an order are priced by the same lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from steelyard.features.promotions.discount import line_discounts
from steelyard.tables.promotions import PromotionRow


@dataclass(frozen=True, slots=True)
class Goods:
    """Some units of one product, as it is offered."""

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
    """What one line comes to."""

    goods: Goods
    discount: int
    tax: int

    @property
    def total(self) -> int:
        return self.goods.gross - self.discount + self.tax


@dataclass(frozen=True, slots=True)
class Price:
    """What the whole comes to: the sum of its lines, member by member."""

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
    """The price of these goods, with what the promotion takes off and the tax on what is left of each line."""
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
