"""A marketplace for tests: users, items and promotions on a real database. Orders are placed and cancelled by the services."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, Table, Text, bindparam, cast, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.db.transaction import Transaction
from steelyard.features.items import service as catalogue
from steelyard.features.orders import cancelling, placing, quoting, reading
from steelyard.features.orders.access import OrderDetails
from steelyard.features.orders.quoting import Quotation
from steelyard.security.scopes import effective_scopes
from steelyard.settings import Settings
from steelyard.tables.credentials import credentials
from steelyard.tables.events import events
from steelyard.tables.items import items, stock_movements
from steelyard.tables.jobs import outbox
from steelyard.tables.orders import order_lines
from steelyard.tables.orders import orders as orders_table
from steelyard.tables.promotions import promotions
from steelyard.tables.users import addresses, users
from steelyard_contract import models as m
from steelyard_contract.policy import SCOPES_OF, Role
from tests.kit.servers.configuration import GivenSettings
from tests.kit.world.clock import Clock

_draft: TypeAdapter[m.OrderCreate] = TypeAdapter(m.OrderCreate)


class StockRow(NamedTuple):
    on_hand: int
    reserved: int
    stock_version: int


class LoggedEventRow(NamedTuple):
    type: str
    actor_kind: str
    actor_id: int | None
    subject_kind: str
    subject_id: int | None
    data: dict[str, Any]
    audience: list[int]


class OutboxRow(NamedTuple):
    """A job, with all columns that a test may check."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    run_at: datetime
    lease_until: datetime | None
    leased_by: str | None
    done_at: datetime | None
    dead_at: datetime | None
    last_error: str | None


def _parameters(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


add_user = statement(
    insert(users)
    .values(
        _parameters("name", "email", "role", "is_active")
        | {
            "email_folded": bindparam("email"),
            "search_text": bindparam("email"),
            "created_at": bindparam("now"),
            "updated_at": bindparam("now"),
        }
    )
    .returning(users.c.id),
    int,
)
add_address = statement(
    insert(addresses)
    .values(
        _parameters("user_id", "street", "city", "country", "zip_code", "is_default")
        | {"created_at": bindparam("now"), "updated_at": bindparam("now")}
    )
    .returning(addresses.c.id),
    int,
)
add_promotion = statement(
    insert(promotions)
    .values(
        _parameters(
            "code",
            "kind",
            "percent_bps",
            "amount",
            "starts_at",
            "ends_at",
            "max_redemptions",
            "max_per_user",
            "min_subtotal",
            "category",
            "item_ids",
            "is_active",
        )
        | {"redemptions": 0, "created_at": bindparam("now"), "updated_at": bindparam("now"), "version": 1}
    )
    .returning(promotions.c.id),
    int,
)
set_item = statement(
    update(items).where(items.c.id == bindparam("item_id")).values(price=bindparam("new_price"), status=bindparam("new_status"))
)
add_session = statement(
    insert_or_ignore(credentials)
    .values(
        id=bindparam("credential_id"),
        user_id=bindparam("user_id"),
        kind="session",
        name="For a test",
        scopes="",
        authenticated_at=bindparam("now"),
        created_at=bindparam("now"),
    )
    .on_conflict_do_nothing(index_elements=[credentials.c.id])
)
role_of = statement(select(users.c.role).where(users.c.id == bindparam("user_id")), str)
deactivate = statement(update(users).where(users.c.id == bindparam("user_id")).values(is_active=False))

stock_of = statement(select(items.c.on_hand, items.c.reserved, items.c.stock_version).where(items.c.id == bindparam("item_id")), StockRow)
sum_of_movements = statement(
    select(cast(func.coalesce(func.sum(stock_movements.c.delta), 0), BigInteger)).where(stock_movements.c.item_id == bindparam("item_id")),
    int,
)
get_redemptions = statement(select(promotions.c.redemptions).where(promotions.c.id == bindparam("promotion_id")), int)


class StateRow(NamedTuple):
    """The state that a rejected request must not change."""

    orders: int
    lines: int
    events: int
    jobs: int
    reserved: int
    on_hand: int
    stock_versions: int
    redemptions: int


def _count(table: Table) -> Any:
    return select(func.count()).select_from(table).scalar_subquery()


def _sum(column: Column[int]) -> Any:
    return select(cast(func.coalesce(func.sum(column), 0), BigInteger)).scalar_subquery()


get_state = statement(
    select(
        _count(orders_table).label("orders"),
        _count(order_lines).label("lines"),
        _count(events).label("events"),
        _count(outbox).label("jobs"),
        _sum(items.c.reserved).label("reserved"),
        _sum(items.c.on_hand).label("on_hand"),
        _sum(items.c.stock_version).label("stock_versions"),
        _sum(promotions.c.redemptions).label("redemptions"),
    ),
    StateRow,
)
unreserve = statement(update(items).where(items.c.id == bindparam("item_id")).values(reserved=0))
order_count = statement(select(func.count()).select_from(orders_table), int)
# The transaction of PostgreSQL that has placed each order: the same for those of a group.
placings = statement(select(cast(literal_column("xmin"), Text)).select_from(events).where(events.c.type == "order.created"), str)
units_sold = statement(select(cast(func.coalesce(func.sum(order_lines.c.quantity), 0), BigInteger)), int)
reason_of = statement(select(orders_table.c.cancel_reason).where(orders_table.c.id == bindparam("order_id")), str)
list_logged_events = statement(select(*[events.c[name] for name in LoggedEventRow._fields]).order_by(events.c.sequence), LoggedEventRow)
list_outbox = statement(select(*[outbox.c[name] for name in OutboxRow._fields]).order_by(outbox.c.id), OutboxRow)

# What payOrder will do. Until it exists, tests pay orders with these statements.
sell = statement(
    update(items)
    .where(order_lines.c.order_id == bindparam("order_id"), order_lines.c.product_id == items.c.id)
    .values(
        on_hand=items.c.on_hand - order_lines.c.quantity,
        reserved=items.c.reserved - order_lines.c.quantity,
        stock_version=items.c.stock_version + 1,
    )
)
record_sale = statement(
    insert(stock_movements).from_select(
        ["item_id", "delta", "reason", "order_id", "on_hand_after", "created_at"],
        select(
            items.c.id,
            -order_lines.c.quantity,
            bindparam("reason", type_=stock_movements.c.reason.type),
            order_lines.c.order_id,
            items.c.on_hand,
            bindparam("now", type_=stock_movements.c.created_at.type),
        ).where(order_lines.c.order_id == bindparam("order_id"), order_lines.c.product_id == items.c.id),
        include_defaults=False,
    )
)
mark = statement(
    update(orders_table)
    .where(orders_table.c.id == bindparam("order_id"))
    .values(
        status=bindparam("new_status"),
        payment_status=bindparam("new_payment_status"),
        history=bindparam("new_history", type_=orders_table.c.history.type),
        expires_at=None,
        version=orders_table.c.version + 1,
    )
)


def draft(*lines: tuple[int, int], **more: Any) -> m.OrderCreate:
    """An order of these (product, quantity) lines: the short form for one line, a basket for several."""
    if len(lines) == 1:
        return _draft.validate_python({"product_id": lines[0][0], "quantity": lines[0][1], **more})
    return _draft.validate_python({"lines": [{"product_id": product, "quantity": quantity} for product, quantity in lines], **more})


def caller_of(user_id: int, role: Role = "user", scopes: Sequence[str] | None = None) -> Caller:
    """A caller who has just logged in. No login of an application gets the id of this session."""
    held = effective_scopes(role, SCOPES_OF[role] if scopes is None else scopes)
    return Caller(user_id, role, held, credential_id=-user_id, kind="session", authenticated_at=Clock().now)


async def logged_in(tx: Transaction, caller: Caller) -> Caller:
    """The same caller. Their session is now in the database."""
    await tx.run(add_session, user_id=caller.user_id, credential_id=caller.credential_id, now=tx.now)
    return caller


@dataclass
class Market:
    """One marketplace. Names and addresses have defaults, so that a test only states what it is about."""

    database: Database
    clock: Clock
    settings: Settings = field(default_factory=lambda: GivenSettings(tax_rate_bps=0))

    def __post_init__(self) -> None:
        self.database._clock = self.clock
        self._numbers = itertools.count(1)
        self._shared: Transaction | None = None

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """All that the block creates is in one transaction, which costs a fraction of one for each row."""
        async with self.database.transaction() as tx:
            self._shared = tx
            try:
                yield
            finally:
                self._shared = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """That of `together`, or a new one."""
        if self._shared is not None:
            yield self._shared
            return
        async with self.database.transaction() as tx:
            yield tx

    async def user(self, name: str = "Alice Johnson", role: Role = "user", *, is_active: bool = True) -> int:
        async with self.transaction() as tx:
            email = f"user{next(self._numbers)}@example.com"
            return await tx.one(add_user, name=name, email=email, role=role, is_active=is_active, now=tx.now)

    async def address(self, user_id: int, street: str = "12 Harbour Road", *, is_default: bool = False) -> int:
        async with self.transaction() as tx:
            return await tx.one(
                add_address,
                user_id=user_id,
                street=street,
                city="Portland",
                country="US",
                zip_code="97201",
                is_default=is_default,
                now=tx.now,
            )

    async def item(
        self,
        owner_id: int,
        price: int = 1000,
        on_hand: int = 100,
        *,
        category: str | None = None,
        status: str = "active",
        title: str = "Lamp",
    ) -> int:
        body = {"title": title, "price": {"amount": price, "currency": "USD"}, "status": status, "on_hand": on_hand}
        if category is not None:
            body["category"] = category
        async with self.transaction() as tx:
            made = await catalogue.create_item(
                tx, caller=await self._caller(tx, owner_id), draft=m.ItemCreate.model_validate(body), settings=self.settings
            )
        return made.id

    async def _caller(self, tx: Transaction, user_id: int) -> Caller:
        role: Any = await tx.scalar(role_of, user_id=user_id)
        return await logged_in(tx, caller_of(user_id, role or "user"))

    async def change_item(self, item_id: int, *, price: int = 1000, status: str = "active") -> None:
        async with self.transaction() as tx:
            await tx.run(set_item, item_id=item_id, new_price=price, new_status=status)

    async def promotion(self, code: str = "PROMO-TEN", *, percent_bps: int | None = None, amount: int | None = None, **policy: Any) -> int:
        if percent_bps is None and amount is None:
            percent_bps = 1000
        policy = {
            "starts_at": None,
            "ends_at": None,
            "max_redemptions": None,
            "max_per_user": None,
            "min_subtotal": None,
            "category": None,
            "item_ids": None,
            "is_active": True,
        } | policy
        kind = "percent" if amount is None else "fixed"
        async with self.transaction() as tx:
            return await tx.one(add_promotion, code=code, kind=kind, percent_bps=percent_bps, amount=amount, now=tx.now, **policy)

    def key(self) -> str:
        return f"key-{next(self._numbers)}"

    async def place(self, buyer_id: int, *lines: tuple[int, int], key: str | None = None, **more: Any) -> OrderDetails:
        async with self.transaction() as tx:
            caller = await self._caller(tx, buyer_id)
            return await placing.create_order(tx, caller=caller, draft=draft(*lines, **more), key=key or self.key(), settings=self.settings)

    async def quote(self, buyer_id: int | None, *lines: tuple[int, int], **more: Any) -> Quotation:
        buyer = None if buyer_id is None else caller_of(buyer_id)
        return await quoting.quote_order(self.database.read(), caller=buyer, draft=draft(*lines, **more), settings=self.settings)

    async def cancel(self, caller: Caller, order_id: int, reason: str = "Ordered by mistake") -> OrderDetails:
        async with self.transaction() as tx:
            return await cancelling.cancel_order(
                tx, caller=await logged_in(tx, caller), order_id=order_id, draft=m.CancelOrder(reason=reason)
            )

    async def get_order(self, caller: Caller, order_id: int) -> OrderDetails:
        return await reading.get_order(self.database.read(), caller=caller, order_id=order_id)

    async def pay(self, purchase: OrderDetails) -> None:
        """Pay an order as payOrder will: its units are sold."""
        order = purchase.order
        async with self.transaction() as tx:
            await tx.run(sell, order_id=order.id)
            await tx.run(record_sale, order_id=order.id, reason="sale", now=tx.now)
            steps = [*order.history, ("paid", tx.now.isoformat(), order.seller_id)]
            await tx.run(mark, order_id=order.id, new_status="paid", new_payment_status="paid", new_history=steps)

    async def set_status(self, order_id: int, status: str) -> None:
        """Set the status of an order directly."""
        async with self.transaction() as tx:
            steps = [("pending", tx.now.isoformat(), None), (status, tx.now.isoformat(), None)]
            await tx.run(mark, order_id=order_id, new_status=status, new_payment_status="paid", new_history=steps)

    async def clear_reservations(self, item_id: int) -> None:
        """Remove the reservations of an item, as a bug might. A later cancellation has nothing to release."""
        async with self.transaction() as tx:
            await tx.run(unreserve, item_id=item_id)

    async def stock(self, item_id: int) -> tuple[int, int]:
        """On hand and reserved."""
        row = await self.database.read().one(stock_of, item_id=item_id)
        return row.on_hand, row.reserved

    async def redemptions(self, promotion_id: int) -> int:
        return await self.database.read().one(get_redemptions, promotion_id=promotion_id)

    async def state(self) -> StateRow:
        return await self.database.read().one(get_state)

    async def logged_events(self, prefix: str = "") -> list[LoggedEventRow]:
        """The events of the log whose type starts with a text."""
        return [event for event in await self.database.read().all(list_logged_events) if event.type.startswith(prefix)]

    async def jobs(self) -> list[OutboxRow]:
        return await self.database.read().all(list_outbox)
