"""Every statement about promotions."""

from sqlalchemy import bindparam, func, insert, or_, select, update

from steelyard.db.statements import statement
from steelyard.tables.orders import orders
from steelyard.tables.promotions import PromotionRow, promotions

_columns = [promotions.c[name] for name in PromotionRow._fields]
_now = bindparam("now", type_=promotions.c.starts_at.type)

get_promotion_by_code = statement(select(*_columns).where(promotions.c.code == bindparam("code")), PromotionRow)

# One redemption more, or nothing when the code is closed: discount.closed in SQL. The row stays locked until the order is
# committed, so that whoever counts a user's redemptions afterwards counts them all.
redeem_promotion = statement(
    update(promotions)
    .where(promotions.c.code == bindparam("code"), promotions.c.is_active)
    .where(or_(promotions.c.starts_at.is_(None), promotions.c.starts_at <= _now))
    .where(or_(promotions.c.ends_at.is_(None), promotions.c.ends_at > _now))
    .where(or_(promotions.c.max_redemptions.is_(None), promotions.c.redemptions < promotions.c.max_redemptions))
    .values(redemptions=promotions.c.redemptions + 1)
    .returning(*_columns),
    PromotionRow,
)

release_promotion = statement(
    update(promotions).where(promotions.c.id == bindparam("promotion_id")).values(redemptions=promotions.c.redemptions - 1)
)

# How often a buyer uses a code: his orders that have it and still count.
count_uses = statement(
    select(func.count())
    .select_from(orders)
    .where(orders.c.promotion_id == bindparam("promotion_id"), orders.c.buyer_id == bindparam("buyer_id"))
    .where(orders.c.status.not_in(["cancelled", "expired"])),
    int,
)

_given = ("code", "kind", "percent_bps", "amount", "starts_at", "ends_at", "max_redemptions", "max_per_user", "min_subtotal", "category")

# Nobody has redeemed a new one.
insert_promotion = statement(
    insert(promotions)
    .values(
        {name: bindparam(name) for name in (*_given, "item_ids", "is_active")}
        | {"redemptions": 0, "created_at": _now, "updated_at": _now, "version": 1}
    )
    .returning(*_columns),
    PromotionRow,
)
