"""The statements that a connection has prepared."""

import gc
from dataclasses import replace

import pytest
from sqlalchemy import func, literal_column, select, text

from steelyard.db.database import Database
from steelyard.db.postgres import connection
from steelyard.db.statements import Query, statement
from tests.unit.db.postgres.sessions import ONE
from tests.unit.db.sample_tables import Opener, add_shelf, good_of, rename, shelf_names, stock, titles


async def test_a_statement_is_prepared_once_for_a_connection(single: Database) -> None:
    prepared = statement(select(func.count()).select_from(text("pg_prepared_statements")), int)

    assert [await single.read().one(prepared) for _ in range(3)] == [1, 1, 1]
    await single.read().all(titles)
    assert await single.read().one(prepared) == 2


@pytest.mark.parametrize("unnamed", ["custom", "off"])
async def test_unnamed_statements_leave_nothing_prepared(opening_postgres: Opener, unnamed: str) -> None:
    db = await opening_postgres(replace(ONE, prepared=unnamed != "off"))
    prepared = statement(select(func.count()).select_from(text("pg_prepared_statements")).where(text("name <> ''")), int, plan=unnamed)

    assert [await db.read().one(prepared) for _ in range(3)] == [0, 0, 0]
    if unnamed == "off":
        good = await stock(db)
        async with db.transaction() as tx:
            assert await tx.run(rename, good_id=good.id, title="x") == 1
        assert await db.read().all(titles) == ["x"]


async def test_the_least_used_statement_is_closed_at_the_limit(single: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_PREPARED", 3)
    names = "array_to_string(array(SELECT statement FROM pg_prepared_statements), ';')"

    def numbered(number: int) -> Query[int]:
        return statement(select(literal_column(f"{number} + 0").label(f"n{number}")), int)

    prepared = statement(select(literal_column(names).label("names")), str)
    often, seldom = numbered(1), numbered(2)
    for _ in range(5):
        await single.read().scalar(often)
        await single.read().scalar(prepared)
    await single.read().scalar(seldom)
    await single.read().scalar(numbered(3))
    gc.collect()
    await single.read().scalar(numbered(4))

    left = await single.read().one(prepared)
    assert "AS n1" in left
    assert "AS n2" not in left


async def test_without_direct_calls_statements_run_by_public_methods(opening_postgres: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "direct_calls", None)
    db = await opening_postgres(replace(ONE, direct_calls=False))
    good = await stock(db)

    for number in range(3):
        async with db.transaction() as tx:
            assert await tx.run(rename, good_id=good.id, title=f"desk {number}") == 1
            assert await tx.first(good_of, good_id=good.id) == good._replace(title=f"desk {number}")
            await tx.defer(add_shelf, name=f"shelf {number}")

    assert await db.read().first(good_of, good_id=0) is None
    assert await db.read().all(shelf_names) == ["shelf 0", "shelf 1", "shelf 2"]
