"""Whether a code may be used: values in, values out."""

from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
from hypothesis import strategies as st

from steelyard.features.orders.pricing import Goods
from steelyard.features.promotions.discount import allocate, closed_reason, covers, unfit_reason
from steelyard.tables.promotions import PromotionRow
from tests.kit.world.promotions import percent

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("promotion", "reason"),
    [
        (percent(1000), None),
        (percent(1000, is_active=False), "inactive"),
        (percent(1000, starts_at=NOW), None),
        (percent(1000, starts_at=NOW + TICK), "not_started"),
        (percent(1000, ends_at=NOW + TICK), None),
        (percent(1000, ends_at=NOW), "ended"),
        (percent(1000, max_redemptions=2, redemptions=1), None),
        (percent(1000, max_redemptions=2, redemptions=2), "exhausted"),
    ],
)
def test_a_code_is_open_within_its_bounds(promotion: PromotionRow, reason: str | None) -> None:
    assert closed_reason(promotion, NOW) == reason


def good(product_id: int = 1, category: str | None = "lamps", gross: int = 100) -> Goods:
    return Goods(product_id, 1, None, "Lamp", category, gross, 1)


@pytest.mark.parametrize(
    ("promotion", "reason"),
    [
        (percent(1000), None),
        (percent(1000, min_subtotal=200), None),
        (percent(1000, min_subtotal=201), "below_minimum"),
        (percent(1000, category="lamps"), None),
        (percent(1000, category="books"), "not_for_these_items"),
        (percent(1000, item_ids=[2, 3]), None),
        (percent(1000, item_ids=[3]), "not_for_these_items"),
        (percent(1000, item_ids=[]), "not_for_these_items"),
        (percent(1000, category="books", item_ids=[1, 2]), "not_for_these_items"),
    ],
)
def test_a_code_must_apply_to_some_goods(promotion: PromotionRow, reason: str | None) -> None:
    assert unfit_reason(promotion, [good(1), good(2)]) == reason


def test_an_item_without_a_category_is_in_none() -> None:
    assert not covers(percent(1000, category="lamps"), good(category=None))
    assert covers(percent(1000), good(category=None))


@hypothesis.given(st.lists(st.integers(0, 10**12), min_size=1, max_size=50), st.data())
def test_shares_add_up_and_follow_the_weights(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))

    parts = allocate(total, weights)

    assert sum(parts) == (total if sum(weights) else 0)
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@hypothesis.given(st.lists(st.integers(1, 100), min_size=2, max_size=10), st.integers(0, 1000))
def test_a_larger_weight_never_gets_a_smaller_share(weights: list[int], total: int) -> None:
    shares = allocate(total, weights)

    for weight, share in zip(weights, shares, strict=True):
        assert all(share >= other for other_weight, other in zip(weights, shares, strict=True) if other_weight < weight)
