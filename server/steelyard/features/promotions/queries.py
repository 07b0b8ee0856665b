"""Every statement about promotions. Nothing else writes to `promotions`."""

from sqlalchemy import bindparam, func, insert, or_, select, update

from steelyard.db.statements import statement
from steelyard.tables.orders import orders
from steelyard.tables.promotions import PromotionRow, promotions

_columns = [promotions.c[name] for name in PromotionRow._fields]
_now = bindparam("now", type_=promotions.c.starts_at.type)

get_promotion_by_code = statement(select(*_columns).where(promotions.c.code == bindparam("code")), PromotionRow)

# Returns no row if the code is closed; the conditions are those of discount.closed_reason. The row stays locked until the order is
# committed, so that the next transaction counts every use of a buyer.
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

# How often a buyer has used a code: their orders with it, without cancelled and expired ones.
count_uses = statement(
    select(func.count())
    .select_from(orders)
    .where(orders.c.promotion_id == bindparam("promotion_id"), orders.c.buyer_id == bindparam("buyer_id"))
    .where(orders.c.status.not_in(["cancelled", "expired"])),
    int,
)

_WRITTEN = ("code", "kind", "percent_bps", "amount", "starts_at", "ends_at", "max_redemptions", "max_per_user", "min_subtotal", "category")

# A new promotion has no redemptions.
insert_promotion = statement(
    insert(promotions)
    .values(
        {name: bindparam(name) for name in (*_WRITTEN, "item_ids", "is_active")}
        | {"redemptions": 0, "created_at": _now, "updated_at": _now, "version": 1}
    )
    .returning(*_columns),
    PromotionRow,
)
