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


class ConnectionLost(Exception):
    """The connection broke while a statement ran; inside this package only."""


class PlanInvalidated(Exception):
    """The schema changed under a prepared statement; inside this package only."""


def is_loss(error: Exception, *, is_closed: bool) -> bool:
    """Whether the connection is lost by this error. `is_closed` is what the driver knows of it."""
    code = getattr(error, "sqlstate", None) or ""
    if code[:2] == "08" or code in {"57P01", "57P02", "57P03", "57P05", "25P03"} or isinstance(error, OSError):
        return True
    # The server announces the end of a connection unasked; until it has ended nothing else can be done with it.
    if isinstance(error, pg.InternalClientError):
        return True
    # An idle connection that was killed has no code; on an open one, InterfaceError is misuse by us.
    return isinstance(error, pg.InterfaceError) and is_closed


def translate(error: Any, statement: CompiledStatement[Any]) -> Exception:
    """The same error without a single value."""
    code: str = error.sqlstate or ""
    if code in {"40001", "40P01"}:
        return TransactionConflict(f"{statement.name} lost against another transaction ({code})")
    if code in _KINDS:
        return ConstraintViolated(error.constraint_name or f"{error.table_name}_{error.column_name}_not_null", _KINDS[code])
    if code == "55P03":
        return LockTimeout(f"{statement.name} waited too long for a lock")
    if code in {"57014", "25006", "53100", "53200", "53300"} or code[:2] == "58":
        kind = NotWritable if code in _NOT_WRITABLE else DatabaseUnavailable
        return kind(f"{statement.name} was not done ({code})")
    if code[:2] == "22":
        place = re.search(r"\$(\d+)", str(error))
        return ValueOutOfRange(statement.name, statement.parameters[int(place[1]) - 1] if place else None)
    # Class 42 is about the statement itself and quotes identifiers only.
    return StatementFailed(statement.name, code, str(error) if code[:2] == "42" else "")
