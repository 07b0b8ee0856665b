"""How an order ends before it is shipped: a party cancels it, or it expires unpaid."""

from datetime import UTC, datetime

import structlog

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseUnavailable
from steelyard.db.transaction import Transaction
from steelyard.events.log import SYSTEM, Actor
from steelyard.features.items.stock import release_stock, restock_order
from steelyard.features.orders import queries
from steelyard.features.orders.access import OrderDetails, check_cancelling, lock_order
from steelyard.features.orders.events import record_order_event
from steelyard.features.orders.transitions import Status, history_entry, next_statuses
from steelyard.features.promotions import service as promotions
from steelyard.jobs.tasks import Run
from steelyard.tables.orders import OrderRow, OverdueRow
from steelyard_contract import models as m
from steelyard_contract.problems import OrderStateConflict

# Overdue orders that one statement finds.
_BATCH = 200


async def cancel_order(tx: Transaction, *, caller: Caller, order_id: int, draft: m.CancelOrder) -> OrderDetails:
    """Cancel the order and give everything back: units, code, and money if it was paid."""
    order = await lock_order(tx, caller=caller, order_id=order_id)
    check_cancelling(caller, order)
    if "cancelled" not in next_statuses(order.status):
        allowed = [m.OrderStatus(status) for status in next_statuses(order.status)]
        raise OrderStateConflict(order_status=m.OrderStatus(order.status), allowed=allowed)
    if order.status == "paid":
        await _give_back_sold(tx, order, caller.user_id)
    else:
        await _give_back_reserved(tx, order)
    cancelled = await _update_status(tx, order, "cancelled", caller.user_id, reason=draft.reason)
    await record_order_event(tx, "order.cancelled", cancelled, Actor.user(caller.user_id))
    return OrderDetails(cancelled, await tx.all(queries.get_order_lines, order_id=order_id))


async def expire_orders(database: Database, run: Run | None = None) -> int:
    """Expire overdue orders until none is left or the run is over, and return how many. Any number of processes may do so at once.

    Each order is tried once and in its own transaction. If that fails, the failure is logged and counted, and the next run tries the order
    again.
    """
    run = run or Run()
    position = OverdueRow(datetime.min.replace(tzinfo=UTC), 0)
    while True:
        db = database.read()
        overdue = await db.all(queries.list_overdue_orders, now=db.now, after_key=position.expires_at, after_id=position.id, limit=_BATCH)
        for position in overdue:
            try:
                async with database.transaction() as tx:
                    run.changed += await _expire_order(tx, position.id)
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  # style: broad-except, the loop of a worker: one broken order must not hold up the others
                structlog.get_logger().error("order_not_expired", order_id=position.id, exc_info=error)
                run.failed += 1
        if len(overdue) < _BATCH or run.is_over:
            return run.changed


async def _expire_order(tx: Transaction, order_id: int) -> bool:
    order = await tx.first(queries.lock_overdue_order, order_id=order_id, now=tx.now)
    if order is None:
        return False
    await _give_back_reserved(tx, order)
    expired = await _update_status(tx, order, "expired", None, reason=None)
    await record_order_event(tx, "order.expired", expired, SYSTEM)
    return True


async def _give_back_reserved(tx: Transaction, order: OrderRow) -> None:
    await _release_code(tx, order)
    await release_stock(tx, order_id=order.id)


async def _give_back_sold(tx: Transaction, order: OrderRow, actor_id: int) -> None:
    await _release_code(tx, order)
    await restock_order(tx, order_id=order.id, actor_id=actor_id)
    await tx.run(queries.mark_lines_refunded, order_id=order.id)


async def _release_code(tx: Transaction, order: OrderRow) -> None:
    if order.promotion_id is not None:
        await promotions.release_use(tx, promotion_id=order.promotion_id)


async def _update_status(tx: Transaction, order: OrderRow, status: Status, actor_id: int | None, *, reason: str | None) -> OrderRow:
    is_refunded = order.status == "paid" and status == "cancelled"
    updated = order._replace(
        status=status,
        payment_status="refunded" if is_refunded else order.payment_status,
        refunded=order.total if is_refunded else order.refunded,
        history=[*order.history, history_entry(status, tx.now, actor_id)],
        expires_at=None,
        updated_at=tx.now,
        version=order.version + 1,
    )
    await tx.run(
        queries.update_order_status,
        order_id=order.id,
        now=tx.now,
        new_status=updated.status,
        new_payment_status=updated.payment_status,
        new_refunded=updated.refunded,
        new_history=updated.history,
        new_cancel_reason=reason,
    )
    return updated
