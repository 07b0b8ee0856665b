"""Finds or locks the order and the buyer that a caller names, or raises a problem."""

from typing import NamedTuple

from steelyard.contract.access.caller import Caller, CallerChanged
from steelyard.db.transaction import Transaction
from steelyard.features.orders import queries
from steelyard.features.orders.basket import Basket
from steelyard.features.orders.transitions import Party, may_be_cancelled_by
from steelyard.security.confirmation import confirm_caller
from steelyard.tables.orders import BuyerRow, OrderLineRow, OrderRow
from steelyard_contract import models as m
from steelyard_contract.problems import InsufficientScope, NotPermitted, OrderNotFound


class OrderDetails(NamedTuple):
    """An order and its lines, in the order of the request."""

    order: OrderRow
    lines: list[OrderLineRow]


async def lock_buyer(tx: Transaction, *, caller: Caller, basket: Basket) -> BuyerRow:
    """Confirm the caller and lock their account, so that one buyer's orders follow one another."""
    arguments = {"caller_id": caller.user_id, "caller_role": caller.role, "credential_id": caller.credential_id, "now": tx.now}
    lines = len(basket.lines)
    buyer: BuyerRow | None
    if basket.address_id is None:
        buyer = await tx.first(queries.lock_buyer_with_default_address, **arguments, lines=lines)
    else:
        buyer = await tx.first(queries.lock_buyer_with_address, **arguments, address_id=basket.address_id, lines=lines)
    if buyer is None:
        raise CallerChanged
    return buyer


async def lock_order(tx: Transaction, *, caller: Caller, order_id: int) -> OrderRow:
    """Confirm the caller and lock the order. Only its buyer, its seller and staff find it."""
    order = await tx.first(
        queries.lock_order if caller.is_staff else queries.lock_order_of_party,
        order_id=order_id,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        now=tx.now,
    )
    if order is None:
        await confirm_caller(tx, caller)
        raise OrderNotFound
    if order.buyer_id != caller.user_id:
        tx.concerns_id = order.buyer_id
    return order


def check_cancelling(caller: Caller, order: OrderRow) -> None:
    """Raise a problem unless the caller is a party that may cancel this order, and their credential has that party's scope."""
    allowed = may_be_cancelled_by(order.status)
    is_party: dict[Party, bool] = {
        "buyer": order.buyer_id == caller.user_id,
        "seller": order.seller_id == caller.user_id,
        "admin": caller.is_admin,
    }
    parties = [party for party in allowed if is_party[party]]
    if not parties:
        raise NotPermitted(allowed=[m.Relation(party) for party in allowed])
    scopes = ["orders:write" if party == "buyer" else "sales:write" for party in parties]
    if caller.scopes.isdisjoint(scopes):
        raise InsufficientScope(required_scope=[m.Scope(scope) for scope in dict.fromkeys(scopes)])
