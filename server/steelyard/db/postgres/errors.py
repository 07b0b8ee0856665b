"""What an error of asyncpg means. Texts of PostgreSQL quote values, so none of them is passed on."""

import re
from typing import Any

from asyncpg import exceptions as pg

from steelyard.db.compiled import CompiledStatement
from steelyard.db.errors import (
    ConstraintKind,
    ConstraintViolated,
    DatabaseUnavailable,
    LockTimeout,
    NotWritable,
    StatementFailed,
    TransactionConflict,
    ValueOutOfRange,
)

CONNECT_ERRORS = (OSError, TimeoutError, pg.PostgresError, pg.InterfaceError, pg.InternalClientError)

_KINDS: dict[str, ConstraintKind] = {"23505": "unique", "23503": "foreign_key", "23514": "check", "23502": "not_null"}

# Read-only, as a standby is after a fail-over; disk full; disk broken.
_NOT_WRITABLE = {"25006", "53100", "58030"}
# What a statement waited for. A line more is about a foreign key, whose other table may belong to another statement.
_LOCKED = re.compile(r'while \w+ tuple \(\d+,\d+\) in relation "(.+)"')


class ConnectionLost(Exception):
    """The connection broke while a statement ran; inside this package only."""


class PlanInvalidated(Exception):
    """The schema changed under a prepared statement; inside this package only."""


def is_loss(error: Exception, *, is_closed: bool) -> bool:
    """Whether the connection is lost by this error. `is_closed` is the state in the driver."""
    code = getattr(error, "sqlstate", None) or ""
    if code[:2] == "08" or code in {"57P01", "57P02", "57P03", "57P05", "25P03"} or isinstance(error, OSError):
        return True
    # The server announces the end of a connection by itself; until then the connection cannot be used.
    if isinstance(error, pg.InternalClientError):
        return True
    # An idle connection that was killed has no code; on an open connection, InterfaceError means a bug of this package.
    return isinstance(error, pg.InterfaceError) and is_closed


def translate(error: Any, statement: CompiledStatement[Any]) -> Exception:
    """The same error without any values."""
    code: str = error.sqlstate or ""
    place = re.search(r"\$(\d+)", str(error)) if code[:2] == "22" else None
    parameter = int(place[1]) - 1 if place else None
    name = _failed_part(error, statement, parameter).name
    if code in {"40001", "40P01"}:
        return TransactionConflict(f"{name} lost against another transaction ({code})")
    if code in _KINDS:
        return ConstraintViolated(error.constraint_name or f"{error.table_name}_{error.column_name}_not_null", _KINDS[code])
    if code == "55P03":
        return LockTimeout(f"{name} waited too long for a lock")
    if code in {"57014", "25006", "53100", "53200", "53300"} or code[:2] == "58":
        kind = NotWritable if code in _NOT_WRITABLE else DatabaseUnavailable
        return kind(f"{name} was not done ({code})")
    if code[:2] == "22":
        return ValueOutOfRange(name, None if parameter is None else statement.parameters[parameter])
    # Class 42 is about the statement itself and quotes identifiers only.
    return StatementFailed(name, code, str(error) if code[:2] == "42" else "")


def _failed_part(error: Any, statement: CompiledStatement[Any], parameter: int | None) -> CompiledStatement[Any]:
    """The statement that failed, if deferred ones were sent with it. PostgreSQL names a parameter or a table, and each belongs to one
    of them; where it names neither, the error names them all.
    """
    if parameter is not None:
        for part in statement.parts:
            parameter -= len(part.parameters)
            if parameter < 0:
                return part
    relation = _LOCKED.fullmatch(error.context or "")
    return next((part for part in statement.parts if relation and relation[1] in part.tables), statement)
