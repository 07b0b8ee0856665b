"""Codes on a real database: redeemed as often as they may be, and given back."""

from datetime import timedelta
from typing import Any

import pytest

from steelyard.features.promotions import service
from steelyard.features.promotions.service import CodeCheck
from steelyard_contract.problems import PromotionNotApplicable
from tests.kit.world.market import Market, caller_of


async def _checked(market: Market, buyer: int | None = None, code: str = "PROMO-TEN") -> CodeCheck:
    return await service.check_code(market.database.read(), code=code, buyer_id=buyer)


async def _refused(market: Market, buyer: int, code: str = "PROMO-TEN") -> object:
    with pytest.raises(PromotionNotApplicable) as refused:
        async with market.database.transaction() as tx:
            await service.redeem_code(tx, code=code, buyer_id=buyer)
    assert refused.value.members["code"] == code
    return refused.value.members["reason"]


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"is_active": False}, "inactive"),
        ({"max_redemptions": 0}, "exhausted"),
        ({"starts_at": timedelta(seconds=1)}, "not_started"),
        ({"ends_at": timedelta()}, "ended"),
    ],
)
async def test_a_closed_code_is_rejected_with_the_reason_of_a_quote(market: Market, rules: dict[str, Any], reason: str) -> None:
    rules = {name: market.clock.now + rule if isinstance(rule, timedelta) else rule for name, rule in rules.items()}
    promotion = await market.promotion(**rules)
    buyer = await market.user()

    assert await _refused(market, buyer) == reason
    assert await _checked(market, buyer) == (None, reason)
    assert await market.redemptions(promotion) == 0


async def test_an_unknown_code_is_rejected(market: Market) -> None:
    buyer = await market.user()

    assert await _refused(market, buyer, "PROMO-NONE") == "unknown"
    assert await _checked(market, buyer, "PROMO-NONE") == (None, "unknown")


async def test_a_window_opens_and_closes_on_time(market: Market) -> None:
    now = market.clock.now
    await market.promotion(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    buyer = await market.user()

    reasons = []
    for _ in range(4):
        reasons.append((await _checked(market, buyer)).reason)
        market.clock.advance(hours=0.5 if len(reasons) == 2 else 1)

    assert reasons == ["not_started", None, None, "ended"]


async def test_a_user_redeems_as_often_as_one_user_may(market: Market) -> None:
    seller, alice, bob = await market.user(), await market.user(), await market.user()
    item = await market.item(seller)
    promotion = await market.promotion(max_per_user=1)
    await market.place(alice, (item, 1), discount_code="PROMO-TEN")

    assert await _refused(market, alice) == "per_user_limit"
    assert await _checked(market, alice) == (None, "per_user_limit")
    await market.place(bob, (item, 1), discount_code="PROMO-TEN")
    assert await market.redemptions(promotion) == 2


async def test_without_a_buyer_no_uses_are_counted(market: Market) -> None:
    seller, alice = await market.user(), await market.user()
    await market.promotion(max_per_user=1)
    await market.place(alice, (await market.item(seller), 1), discount_code="PROMO-TEN")

    promotion, reason = await _checked(market, None)

    assert promotion is not None
    assert reason is None


async def test_a_cancelled_order_gives_its_use_back(market: Market) -> None:
    seller, alice = await market.user(), await market.user()
    item = await market.item(seller)
    promotion = await market.promotion(max_per_user=1, max_redemptions=1)
    order, _ = await market.place(alice, (item, 1), discount_code="PROMO-TEN")

    await market.cancel(caller_of(alice), order.id)

    assert await market.redemptions(promotion) == 0
    await market.place(alice, (item, 1), discount_code="PROMO-TEN")
    assert await market.redemptions(promotion) == 1


async def test_a_rollback_gives_a_use_back(market: Market) -> None:
    promotion = await market.promotion()
    buyer = await market.user()

    tx = market.database.transaction()
    await service.redeem_code(tx, code="PROMO-TEN", buyer_id=buyer)
    await tx.rollback()

    assert await market.redemptions(promotion) == 0
