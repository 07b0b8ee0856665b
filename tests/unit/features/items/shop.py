"""A shop for the tests of items: users, offers and listings in few words, and a clock that stands still."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from steelyard.contract.access.caller import Caller
from steelyard.db.compiled import CompiledStatement
from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.items import access, service, stock
from steelyard.features.items.service import ItemFilters
from steelyard.paging.cursors import Cursors
from steelyard.paging.paginator import Page, PageRequest, Paginator
from steelyard.paging.totals import Totals
from steelyard.settings import Settings
from steelyard.tables.events import events
from steelyard.tables.items import ItemRow, StockMovementRow, items
from steelyard.tables.users import users
from steelyard_contract import models as m
from tests.kit.world.market import logged_in

BEGINNING = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

_insert_user = statement(
    insert(users)
    .values(
        name="Alice",
        email=bindparam("email"),
        email_folded=bindparam("email"),
        search_text=bindparam("email"),
        role=bindparam("role"),
        created_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
    .returning(users.c.id),
    int,
)
_reserve = statement(
    update(items)
    .where(items.c.id == bindparam("item_id"))
    .values(reserved=items.c.reserved + bindparam("quantity"), stock_version=items.c.stock_version + 1)
)
deactivated = statement(update(users).where(users.c.id == bindparam("user_id")).values(is_active=False))


class StoredRow(NamedTuple):
    """Columns that no listing shows."""

    search_text: str
    status: str
    version: int
    on_hand: int


stored_item = statement(
    select(items.c.search_text, items.c.status, items.c.version, items.c.on_hand).where(items.c.id == bindparam("item_id")), StoredRow
)


class EventRow(NamedTuple):
    """The columns of an event that these tests compare."""

    type: str
    actor_id: int | None
    subject_id: int | None
    data: Any
    audience: Any


_events = statement(
    select(events.c.type, events.c.actor_id, events.c.subject_id, events.c.data, events.c.audience).order_by(events.c.sequence),
    EventRow,
)


class Counted:
    """An executor that records the names of its statements."""

    def __init__(self, executor: Any) -> None:
        self._executor = executor
        self.names: list[str] = []

    async def row(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Any] | None:
        self.names.append(form.name)
        result: Sequence[Any] | None = await self._executor.row(form, arguments)
        return result

    async def rows(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        self.names.append(form.name)
        result: Sequence[Sequence[Any]] = await self._executor.rows(form, arguments)
        return result


class Shop:
    """A marketplace without users."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = BEGINNING
        self.paginator = Paginator(Cursors(b"k" * 32), Totals(database))
        self._people = 0
        database._clock = lambda: self.now

    def read(self) -> ReadOnly:
        return self.database.read()

    def transaction(self) -> Transaction:
        return self.database.transaction()

    def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)

    @contextmanager
    def counted(self) -> Iterator[tuple[ReadOnly, list[str]]]:
        """A reader, and the names of the statements that it runs."""
        executor = Counted(self.database._backend.reads)
        yield ReadOnly(self.database.dialect, executor, lambda: self.now), executor.names

    async def user(self, role: Any = "user") -> Caller:
        self._people += 1
        async with self.transaction() as tx:
            user_id = await tx.one(_insert_user, email=f"{self._people}@example.com", role=role, now=self.now)
            return await logged_in(tx, Caller(user_id, role, frozenset({"items:write"}), user_id, "session", self.now))

    async def deactivate(self, caller: Caller) -> None:
        async with self.transaction() as tx:
            await tx.run(deactivated, user_id=caller.user_id)

    async def offer(self, caller: Caller, title: str = "Lamp", price: int = 1000, *, currency: str = "USD", **members: Any) -> ItemRow:
        draft = m.ItemCreate.model_validate({"title": title, "price": {"amount": price, "currency": currency}, **members})
        async with self.transaction() as tx:
            return await service.create_item(tx, caller=caller, draft=draft, settings=Settings())

    async def change(self, caller: Caller, item_id: int, if_match: str | None = None, **members: Any) -> ItemRow:
        patch = m.ItemPatch.model_validate(members)
        async with self.transaction() as tx:
            return await service.update_item(tx, caller=caller, item_id=item_id, patch=patch, if_match=if_match, currency="USD")

    async def archive(self, caller: Caller, item_id: int, if_match: str | None = None) -> None:
        async with self.transaction() as tx:
            await service.delete_item(tx, caller=caller, item_id=item_id, if_match=if_match)

    async def move(self, caller: Caller, item_id: int, delta: int, **members: Any) -> StockMovementRow:
        movement = m.StockMovementCreate.model_validate({"delta": delta, "reason": "correction", **members})
        async with self.transaction() as tx:
            return await stock.record_stock_movement(tx, caller=caller, item_id=item_id, movement=movement)

    async def reserve(self, item_id: int, quantity: int) -> None:
        """Reserve stock, as an order does."""
        async with self.transaction() as tx:
            assert await tx.run(_reserve, item_id=item_id, quantity=quantity) == 1

    async def see(self, caller: Caller | None, item_id: int) -> ItemRow:
        return await access.get_item(self.read(), caller=caller, item_id=item_id)

    async def listed(
        self,
        caller: Caller | None = None,
        *,
        db: ReadOnly | None = None,
        skip: int = 0,
        limit: int = 20,
        cursor: str | None = None,
        status: str = "active",
        sort: str = "-created_at",
        **filters: Any,
    ) -> Page[ItemRow]:
        return await service.list_items(
            db or self.read(),
            self.paginator,
            caller=caller,
            filters=ItemFilters(m.ItemStatus(status), m.ItemSort(sort), **filters),
            request=PageRequest(skip, limit, cursor),
        )

    async def titles(self, caller: Caller | None = None, **filters: Any) -> set[str]:
        """The titles in a listing of few items."""
        return {row.title for row in (await self.listed(caller, limit=100, **filters)).rows}

    async def ledger(
        self, caller: Caller, item_id: int, *, db: ReadOnly | None = None, skip: int = 0, limit: int = 20, cursor: str | None = None
    ) -> Page[StockMovementRow]:
        return await stock.list_stock_movements(
            db or self.read(), self.paginator, caller=caller, item_id=item_id, request=PageRequest(skip, limit, cursor)
        )

    async def stored(self, item_id: int) -> StoredRow:
        return await self.read().one(stored_item, item_id=item_id)

    async def log(self) -> list[EventRow]:
        return await self.read().all(_events)


@asynccontextmanager
async def nothing_changes(shop: Shop, item_id: int) -> AsyncIterator[None]:
    """A problem leaves the item and the log unchanged."""
    before = await shop.stored(item_id), await shop.log()
    yield
    assert (await shop.stored(item_id), await shop.log()) == before
