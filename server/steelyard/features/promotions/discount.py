"""Whether a promotion applies, and its discount; without I/O."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from steelyard.tables.promotions import PromotionRow

Reason = Literal["unknown", "inactive", "not_started", "ended", "exhausted", "per_user_limit", "below_minimum", "not_for_these_items"]

WHOLE_BPS = 10_000


class Good(Protocol):
    """Some units of one product, as promotions see them."""

    @property
    def product_id(self) -> int: ...
    @property
    def category(self) -> str | None: ...
    @property
    def gross(self) -> int: ...


def closed_reason(promotion: PromotionRow, now: datetime) -> Reason | None:
    """Why the promotion cannot be redeemed now, or None. `queries.redeem_promotion` has the same conditions."""
    if not promotion.is_active:
        return "inactive"
    if promotion.starts_at is not None and now < promotion.starts_at:
        return "not_started"
    if promotion.ends_at is not None and now >= promotion.ends_at:
        return "ended"
    if promotion.max_redemptions is not None and promotion.redemptions >= promotion.max_redemptions:
        return "exhausted"
    return None


def unfit_reason(promotion: PromotionRow, goods: Sequence[Good]) -> Reason | None:
    """Why the promotion does not apply to these goods, or None."""
    if sum(good.gross for good in goods) < (promotion.min_subtotal or 0):
        return "below_minimum"
    if not any(covers(promotion, good) for good in goods):
        return "not_for_these_items"
    return None


def covers(promotion: PromotionRow, good: Good) -> bool:
    """Whether the promotion covers this product, by category and by id."""
    return promotion.category in {None, good.category} and (promotion.item_ids is None or good.product_id in promotion.item_ids)


def line_discounts(promotion: PromotionRow, goods: Sequence[Good]) -> list[int]:
    """The discount of each line, in the order of the lines."""
    weights = [good.gross if covers(promotion, good) else 0 for good in goods]
    return allocate(_off(promotion, sum(weights)), weights)


def _off(promotion: PromotionRow, base: int) -> int:
    if promotion.percent_bps is not None:
        return base * promotion.percent_bps // WHOLE_BPS
    return min(base, promotion.amount or 0)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder. The shares add up exactly; ties go to the earlier one."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares
