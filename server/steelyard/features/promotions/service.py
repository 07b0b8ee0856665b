"""Redeems codes with orders, releases their uses, and checks them for quotes."""

from typing import NamedTuple

from steelyard.db.errors import TransactionConflict
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.promotions import queries
from steelyard.features.promotions.discount import Reason, closed_reason
from steelyard.tables.promotions import PromotionRow
from steelyard_contract import models as m
from steelyard_contract.problems import PromotionNotApplicable


class CodeCheck(NamedTuple):
    """A promotion that may be redeemed, or the reason why not."""

    promotion: PromotionRow | None
    reason: Reason | None


async def create_promotion(
    tx: Transaction,
    *,
    code: str,
    percent_bps: int | None = None,
    amount: int | None = None,
    min_subtotal: int | None = None,
    max_redemptions: int | None = None,
    max_per_user: int | None = None,
) -> PromotionRow:
    """An active promotion for all items, without a beginning or an end."""
    return await tx.one(
        queries.insert_promotion,
        code=code,
        kind="fixed" if percent_bps is None else "percent",
        percent_bps=percent_bps,
        amount=amount,
        min_subtotal=min_subtotal,
        max_redemptions=max_redemptions,
        max_per_user=max_per_user,
        starts_at=None,
        ends_at=None,
        category=None,
        item_ids=None,
        is_active=True,
        now=tx.now,
    )


async def redeem_code(tx: Transaction, *, code: str, buyer_id: int) -> PromotionRow:
    """Redeem the code once. Whether it applies to the goods is checked later; a rollback releases the use."""
    promotion = await tx.first(queries.redeem_promotion, code=code, now=tx.now)
    if promotion is None:
        raise await _why_not(tx, code)
    if promotion.max_per_user is not None and await _uses(tx, promotion, buyer_id) >= promotion.max_per_user:
        raise not_applicable(code, "per_user_limit")
    return promotion


async def release_use(tx: Transaction, *, promotion_id: int) -> None:
    await tx.run(queries.release_promotion, promotion_id=promotion_id)


async def check_code(db: ReadOnly, *, code: str, buyer_id: int | None) -> CodeCheck:
    """Check whether `redeem_code` would succeed now. Without a buyer, uses are not counted."""
    promotion = await db.first(queries.get_promotion_by_code, code=code)
    if promotion is None:
        return CodeCheck(None, "unknown")
    reason = closed_reason(promotion, db.now)
    if reason is None and buyer_id is not None and promotion.max_per_user is not None:
        reason = "per_user_limit" if await _uses(db, promotion, buyer_id) >= promotion.max_per_user else None
    return CodeCheck(promotion, None) if reason is None else CodeCheck(None, reason)


def not_applicable(code: str, reason: Reason) -> PromotionNotApplicable:
    return PromotionNotApplicable(code=code, reason=m.PromotionRefusal(reason))


async def _uses(db: ReadOnly, promotion: PromotionRow, buyer_id: int) -> int:
    return await db.one(queries.count_uses, promotion_id=promotion.id, buyer_id=buyer_id)


async def _why_not(tx: Transaction, code: str) -> PromotionNotApplicable:
    promotion = await tx.first(queries.get_promotion_by_code, code=code)
    reason = "unknown" if promotion is None else closed_reason(promotion, tx.now)
    if reason is None:
        raise TransactionConflict  # closed a moment ago and open again: another transaction has released a use
    return not_applicable(code, reason)
