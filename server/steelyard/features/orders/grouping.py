"""Orders that wait at the same moment are placed together: which orders, and the statements that place many of them (decision 0032)."""

from steelyard.contract.access.caller import Caller
from steelyard.db.grouping import Grouping, Together
from steelyard.db.transaction import Transaction
from steelyard.events.log import RECORDING_TOGETHER
from steelyard.features.items.stock import LOCKING_TOGETHER, RESERVING_TOGETHER
from steelyard.features.orders import queries
from steelyard.features.orders.basket import Basket
from steelyard.idempotency.queries import insert_key
from steelyard.idempotency.store import STORING_TOGETHER

PLACING = Grouping(
    reads=(
        Together(queries.lock_each_buyer_with_default_address, of=(queries.lock_buyer_with_default_address, insert_key)),
        LOCKING_TOGETHER,
    ),
    changes=(
        RESERVING_TOGETHER,
        Together(queries.insert_each_order, of=(queries.insert_order,)),
        Together(queries.insert_lines_of_each_order, of=(queries.insert_order_lines,)),
        RECORDING_TOGETHER,
        STORING_TOGETHER,
    ),
)


def join_others(tx: Transaction, *, caller: Caller, basket: Basket) -> None:
    """Let the order be placed together with others, none of which has its buyer or its item.

    An order with several lines, a code or a chosen address runs other statements. It is placed alone.
    """
    if len(basket.lines) == 1 and basket.code is None and basket.address_id is None:
        tx.join(PLACING, ("buyer", caller.user_id), ("item", basket.lines[0].product_id))
