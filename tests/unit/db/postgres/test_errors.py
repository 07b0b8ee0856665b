"""Errors of PostgreSQL become errors of the database layer."""

import pytest
from sqlalchemy import Text, bindparam, func, literal_column, select

from steelyard.db.database import Database
from steelyard.db.errors import (
    ConstraintViolated,
    DatabaseError,
    DatabaseUnavailable,
    LockTimeout,
    NotWritable,
    StatementFailed,
    TransactionConflict,
    ValueOutOfRange,
)
from steelyard.db.statements import statement
from tests.unit.db.postgres.sessions import process_id

fail = statement(select(func.fail(bindparam("code", type_=Text)).label("failed")), int)
FAIL = """CREATE FUNCTION fail(code text) RETURNS int LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'secret of %', code USING ERRCODE = code, DETAIL = 'secret'; END $$"""


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        ("40001", TransactionConflict),
        ("40P01", TransactionConflict),
        ("55P03", LockTimeout),
        ("57014", DatabaseUnavailable),
        ("25006", NotWritable),
        ("53100", NotWritable),
        ("53200", DatabaseUnavailable),
        ("58030", NotWritable),
        ("23505", ConstraintViolated),
        ("22003", ValueOutOfRange),
        ("22021", ValueOutOfRange),
        ("P0001", StatementFailed),
        ("XX000", StatementFailed),
    ],
)
async def test_each_code_of_the_server_has_an_error_without_its_text(single: Database, code: str, becomes: type[Exception]) -> None:
    await single.run_ddl([FAIL])
    before = await single.read().scalar(process_id)

    with pytest.raises(DatabaseError) as failed:
        await single.read().scalar(fail, code=code)

    assert type(failed.value) is becomes
    assert "secret" not in repr(failed.value)
    assert failed.value.__context__ is None
    assert await single.read().scalar(process_id) == before


async def test_the_error_of_a_wrong_statement_names_the_mistake(single: Database) -> None:
    nowhere = statement(select(literal_column("nowhere").label("x")), int)

    with pytest.raises(StatementFailed, match='failed with 42703: column "nowhere" does not exist'):
        await single.read().scalar(nowhere)
