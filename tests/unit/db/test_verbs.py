"""The five verbs, and values on their way to the database and back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from steelyard.db.database import Database
from steelyard.db.errors import ConstraintViolated, ValueOutOfRange
from tests.unit.db.sample_tables import (
    GoodRow,
    KindRow,
    add_good,
    add_kind,
    add_shelf,
    drop_shelf,
    every_good,
    good_of,
    goods_among,
    kind_before,
    kinds_at,
    kinds_coded,
    lower,
    rename,
    rename_all,
    stock,
    titles,
    units_of,
)

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
CODE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
NOTHING = KindRow(None, None, None, None, None, None, None)


async def test_scalar_returns_the_value_or_none(db: Database) -> None:
    good = await stock(db, units=7)

    assert await db.read().scalar(units_of, good_id=good.id) == 7
    assert await db.read().scalar(units_of, good_id=good.id + 1) is None


async def test_first_returns_the_row_or_none(db: Database) -> None:
    good = await stock(db)

    row = await db.read().first(good_of, good_id=good.id)

    assert row == GoodRow(good.id, "lamp", 10)
    assert type(row) is GoodRow
    assert await db.read().first(good_of, good_id=good.id + 1) is None


async def test_one_returns_exactly_one_row_or_raises(db: Database) -> None:
    good = await stock(db)
    await stock(db, "chair")

    assert (await db.read().one(good_of, good_id=good.id)).title == "lamp"
    with pytest.raises(LookupError, match="good_of should return exactly one row and returned 0"):
        await db.read().one(good_of, good_id=99)
    with pytest.raises(LookupError, match="every_good should return exactly one row and returned 2"):
        await db.read().one(every_good)


async def test_all_returns_every_row_in_order(db: Database) -> None:
    first, second = await stock(db, "a"), await stock(db, "b")

    assert await db.read().all(every_good) == [first, second]
    assert await db.read().all(titles) == ["a", "b"]
    assert await db.read().all(goods_among, ids=[second.id, first.id, 99]) == [first, second]
    assert await db.read().all(goods_among, ids=[]) == []


async def test_run_returns_how_many_rows_were_touched(db: Database) -> None:
    good = await stock(db)
    await stock(db)

    async with db.transaction() as tx:
        assert await tx.run(rename, good_id=good.id, title="desk") == 1
        assert await tx.run(rename, good_id=99, title="desk") == 0
        assert await tx.run(rename_all, title="sofa") == 2
        assert sorted(await tx.all(rename_all, title="bed")) == [good.id, good.id + 1]


async def test_read_only_runs_no_command(db: Database) -> None:
    with pytest.raises(TypeError, match="add_good changes something and needs a Transaction"):
        await db.read().first(add_good, shelf_id=None, title="x", units=1)  # type: ignore[arg-type]  # that is the point

    assert await db.read().all(every_good) == []


@pytest.mark.parametrize(
    "kind",
    [
        NOTHING,
        NOTHING._replace(moment=NOON),
        NOTHING._replace(moment=NOON.replace(microsecond=0)),
        NOTHING._replace(names=[]),
        NOTHING._replace(names=["b", 'a"', "\u20ac", ""]),
        NOTHING._replace(facts={}),
        NOTHING._replace(facts={"a": [1, None, {"b": 2.5}], "big": 9_007_199_254_740_993}),
        NOTHING._replace(number=2**63 - 1),
        NOTHING._replace(number=-(2**63)),
        NOTHING._replace(truth=True),
        NOTHING._replace(truth=False),
        NOTHING._replace(code=CODE),
        NOTHING._replace(raw=b"\x00\xff"),
    ],
)
async def test_values_are_read_as_they_were_written(db: Database, kind: KindRow) -> None:
    async with db.transaction() as tx:
        written = await tx.one(add_kind, **kind._asdict())

    read = await db.read().one(kinds_coded, codes=[CODE]) if kind.code else written
    assert written == read == kind
    assert [type(each) for each in written if not isinstance(each, UUID)] == [type(each) for each in kind if not isinstance(each, UUID)]


async def test_moments_come_back_in_utc_and_are_compared_as_moments(db: Database) -> None:
    in_paris = NOON.astimezone(timezone(timedelta(hours=1)))

    async with db.transaction() as tx:
        written = await tx.one(add_kind, **NOTHING._replace(moment=in_paris)._asdict())

    assert written.moment == NOON
    assert written.moment is not None
    assert written.moment.utcoffset() == timedelta(0)
    assert await db.read().all(kinds_at, moments=[NOON]) == [written]
    assert await db.read().first(kind_before, moment=NOON) == written
    assert await db.read().first(kind_before, moment=NOON - timedelta(microseconds=1)) is None


@pytest.mark.parametrize(("name", "value"), [("number", 2**63), ("number", -(2**63) - 1)])
async def test_an_error_about_a_value_out_of_range_does_not_quote_it(db: Database, name: str, value: object) -> None:
    arguments: dict[str, Any] = NOTHING._asdict() | {name: value}

    with pytest.raises(ValueOutOfRange) as failed:
        async with db.transaction() as tx:
            await tx.one(add_kind, **arguments)

    if db.dialect == "postgresql":
        assert str(failed.value) == "tests.unit.db.sample_tables.add_kind got a value out of range for number"
    assert str(value) not in str(failed.value)
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


@pytest.mark.parametrize(
    ("constraint", "kind", "broken"),
    [
        ("shelves_name_key", "unique", (add_shelf, {"name": "left"})),
        ("shelves_name_not_null", "not_null", (add_shelf, {"name": None})),
        ("goods_units_check", "check", (add_good, {"shelf_id": None, "title": "x", "units": -1})),
        ("goods_shelf_id_fkey", "foreign_key", (add_good, {"shelf_id": 77, "title": "x", "units": 1})),
        ("goods_shelf_id_fkey", "foreign_key", (drop_shelf, {"shelf_id": 1})),
    ],
)
async def test_a_constraint_has_one_name_on_both_databases(
    db: Database, constraint: str, kind: str, broken: tuple[Any, dict[str, Any]]
) -> None:
    statement, arguments = broken
    async with db.transaction() as tx:
        shelf = await tx.one(add_shelf, name="left")
        await tx.one(add_good, shelf_id=shelf, title="x", units=1)

    with pytest.raises(ConstraintViolated) as failed:
        async with db.transaction() as tx:
            await tx.run(statement, **arguments)

    assert (failed.value.constraint, failed.value.kind) == (constraint, kind)
    assert failed.value.__context__ is None
    assert len(await db.read().all(every_good)) == 1


async def test_a_check_holds_for_changes_too(db: Database) -> None:
    good = await stock(db, units=1)

    with pytest.raises(ConstraintViolated, match="check constraint goods_units_check rejected the change"):
        async with db.transaction() as tx:
            await tx.run(lower, good_id=good.id, quantity=2)


async def test_a_missing_argument_is_an_error_of_the_call(db: Database) -> None:
    with pytest.raises(TypeError, match="good_of needs good_id"):
        await db.read().first(good_of)


async def test_no_type_is_ever_looked_up_in_the_catalogue(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asyncpg looked a type up in the catalogue")

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", refuse)

    async with db.transaction() as tx:
        await tx.one(add_kind, moment=NOON, names=["a"], facts={}, number=1, truth=True, code=CODE, raw=b"x")
        assert len(await tx.all(kinds_at, moments=[NOON])) == 1
        assert len(await tx.all(kinds_coded, codes=[CODE])) == 1
        assert await tx.all(goods_among, ids=[1]) == []
