"""Erases what orders store about a user who leaves."""

from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.orders import queries


async def count_open_orders(db: ReadOnly, *, user_id: int) -> int:
    """Count the unfinished orders that the user has bought or sold. Until there are none, the account stays."""
    return await db.one(queries.count_open_orders, user_id=user_id)


async def erase_user(tx: Transaction, *, user_id: int) -> None:
    """Erase the shipping addresses and the cancel reasons of the user's orders. The orders and their totals stay."""
    await tx.run(queries.clear_shipping_addresses, user_id=user_id, now=tx.now)
    await tx.run(queries.clear_cancel_reasons, user_id=user_id)
