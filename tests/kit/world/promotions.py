"""Promotions as rows, for rules that only look at them."""

from datetime import datetime

from steelyard.tables.promotions import PromotionRow


def percent(
    percent_bps: int,
    *,
    category: str | None = None,
    item_ids: list[int] | None = None,
    min_subtotal: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    max_redemptions: int | None = None,
    redemptions: int = 0,
    is_active: bool = True,
) -> PromotionRow:
    return PromotionRow(
        id=1,
        code="PROMO-TEN",
        kind="percent",
        percent_bps=percent_bps,
        amount=None,
        starts_at=starts_at,
        ends_at=ends_at,
        max_redemptions=max_redemptions,
        max_per_user=None,
        min_subtotal=min_subtotal,
        category=category,
        item_ids=item_ids,
        is_active=is_active,
        redemptions=redemptions,
    )


def fixed(amount: int) -> PromotionRow:
    return percent(1)._replace(kind="fixed", percent_bps=None, amount=amount)
