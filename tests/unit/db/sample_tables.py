"""Two tables and their statements, for tests of `db/` itself: they depend on nothing of the product's schema."""

from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from steelyard.db.columns import Id, JsonList, JsonObject, Timestamp, Uuid, id_column, metadata
from steelyard.db.database import Database
from steelyard.db.options import DatabaseOptions
from steelyard.db.statements import any_of, statement
from tests.kit.servers.databases import FOR_TESTS

shop = MetaData(naming_convention=metadata.naming_convention)

shelves = Table(
    "shelves", shop, id_column(), Column("name", String(20), nullable=False), UniqueConstraint("name"), sqlite_autoincrement=True
)

goods = Table(
    "goods",
    shop,
    id_column(),
    Column("shelf_id", Id, ForeignKey("shelves.id")),
    Column("title", String(20), nullable=False),
    Column("units", Integer, nullable=False),
    Column("sold", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("units >= 0", name="units"),
    sqlite_autoincrement=True,
)

kinds = Table(
    "kinds",
    shop,
    id_column(),
    Column("moment", Timestamp),
    Column("names", JsonList),
    Column("facts", JsonObject),
    Column("number", BigInteger),
    Column("truth", Boolean),
    Column("code", Uuid),
    Column("raw", LargeBinary),
    sqlite_autoincrement=True,
)


class GoodRow(NamedTuple):
    id: int
    title: str
    units: int


class KindRow(NamedTuple):
    moment: datetime | None
    names: list[str] | None
    facts: dict[str, Any] | None
    number: int | None
    truth: bool | None
    code: UUID | None
    raw: bytes | None


_good = (goods.c.id, goods.c.title, goods.c.units)

good_of = statement(select(*_good).where(goods.c.id == bindparam("good_id")), GoodRow)
every_good = statement(select(*_good).order_by(goods.c.id), GoodRow)
goods_among = statement(select(*_good).where(any_of(goods.c.id, "ids")).order_by(goods.c.id), GoodRow)
units_of = statement(select(goods.c.units).where(goods.c.id == bindparam("good_id")), int)
titles = statement(select(goods.c.title).order_by(goods.c.id), str)

add_shelf = statement(insert(shelves).values(name=bindparam("name")).returning(shelves.c.id), int)
shelf_names = statement(select(shelves.c.name).order_by(shelves.c.id), str)
drop_shelf = statement(delete(shelves).where(shelves.c.id == bindparam("shelf_id")))
add_good = statement(
    insert(goods).values(shelf_id=bindparam("shelf_id"), title=bindparam("title"), units=bindparam("units")).returning(*_good), GoodRow
)
rename = statement(update(goods).where(goods.c.id == bindparam("good_id")).values(title=bindparam("title")))
rename_all = statement(update(goods).values(title=bindparam("title")).returning(goods.c.id), int)
take = statement(
    update(goods)
    .where(goods.c.id == bindparam("good_id"), goods.c.units >= bindparam("quantity"))
    .values(units=goods.c.units - bindparam("quantity"), sold=goods.c.sold + bindparam("quantity"))
    .returning(goods.c.units),
    int,
)
lower = statement(update(goods).where(goods.c.id == bindparam("good_id")).values(units=goods.c.units - bindparam("quantity")))
sold_of = statement(select(goods.c.sold).where(goods.c.id == bindparam("good_id")), int)

_kind = [kinds.c[name] for name in KindRow._fields]
add_kind = statement(insert(kinds).values({name: bindparam(name) for name in KindRow._fields}).returning(*_kind), KindRow)
kind_before = statement(select(*_kind).where(kinds.c.moment <= bindparam("moment")), KindRow)
kinds_at = statement(select(*_kind).where(any_of(kinds.c.moment, "moments")), KindRow)
kinds_coded = statement(select(*_kind).where(any_of(kinds.c.code, "codes")), KindRow)


async def stock(database: Database, title: str = "lamp", units: int = 10) -> GoodRow:
    """One good, committed."""
    async with database.transaction() as tx:
        return await tx.one(add_good, shelf_id=None, title=title, units=units)


class Opener:
    """Opens databases on the same data, as often and with the options that a test needs; all are closed at its end."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self.url = url
        self._stack = stack

    async def __call__(self, options: DatabaseOptions = FOR_TESTS) -> Database:
        database = Database(self.url, options=options)
        await database.open()
        self._stack.push_async_callback(database.close)
        return database
