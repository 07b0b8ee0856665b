"""What the peers with SQLAlchemy's async ORM share: the statements of a page, of the count, and of an order."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

import rows
from models import IdempotencyKey, Item, Order, OrderLine


async def find_item(db: AsyncSession, item_id: int) -> Item | None:
    return await db.scalar(select(Item).where(Item.id == item_id, Item.status == "active"))


async def find_page(db: AsyncSession, skip: int, limit: int, cursor: str | None) -> tuple[list[Item], str | None, int | None]:
    """The items, the cursor of the next page, and the total of a page without a cursor."""
    query = select(Item).where(Item.status == "active").order_by(Item.created_at.desc(), Item.id.desc()).limit(limit + 1)
    if cursor is None:
        query = query.offset(skip)
    else:
        at, last_id = json.loads(urlsafe_b64decode(cursor))
        query = query.where(tuple_(Item.created_at, Item.id) < (datetime.fromisoformat(at), last_id))
    items = list(await db.scalars(query))
    following = None
    if len(items) > limit:
        last = items[limit - 1]
        following = urlsafe_b64encode(json.dumps([last.created_at.isoformat(), last.id]).encode()).decode()
    return items[:limit], following, await total_of(db) if cursor is None else None


counted = {"at": float("-inf"), "total": 0}


async def total_of(db: AsyncSession) -> int:
    """Counted once in five seconds and up to 10 001, as Steelyard does: counting each time would be all that is measured."""
    if time.monotonic() - counted["at"] > 5:
        some = select(Item.id).where(Item.status == "active").limit(10_001).subquery()
        counted["total"] = await db.scalar(select(func.count()).select_from(some))
        counted["at"] = time.monotonic()
    return counted["total"]


async def claim_key(db: AsyncSession, buyer_id: int, key: str, fingerprint: bytes) -> tuple[IdempotencyKey, bool]:
    """The row of the key, and whether this request is the first with it. Raises Rejected if the key belongs to another request."""
    claim = await db.scalar(rows.claiming(buyer_id, key, fingerprint, datetime.now(UTC)))
    if claim is not None:
        return claim, True
    claim = await db.get(IdempotencyKey, (buyer_id, rows.OPERATION, key))
    if claim.fingerprint != fingerprint:
        raise rows.Rejected(422, "This key was used for another request")
    return claim, False


async def place(db: AsyncSession, buyer_id: int, key: str, item_id: int, quantity: int) -> tuple[Order, OrderLine]:
    """The order and its line, flushed and not committed. Raises Rejected."""
    now = datetime.now(UTC)
    buyer = (await db.execute(rows.locking_buyer(buyer_id))).first()
    if buyer is None:
        raise rows.Rejected(401, "Could not validate credentials")
    taken = (await db.execute(rows.taking_stock(item_id, quantity))).first()
    if taken is None:
        raise rows.Rejected(409, "Item unavailable or out of stock")
    if taken.owner_id == buyer_id:
        raise rows.Rejected(422, "One's own items cannot be ordered")
    if await db.scalar(rows.counting_pending(buyer_id)) >= rows.MOST_PENDING:
        raise rows.Rejected(409, "Too many pending orders")
    if quantity > 100:
        raise rows.Rejected(422, "Bulk orders over 100 need a discount code")
    user, address = buyer
    order = rows.new_order(user, address, taken, quantity, key, now)
    db.add(order)
    await db.flush()
    line = rows.new_line(order, item_id, taken)
    db.add_all([line, rows.new_event(order)])
    await db.flush()
    return order, line
