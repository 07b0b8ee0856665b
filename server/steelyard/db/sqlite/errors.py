"""What an error of SQLite means. Its texts may quote values, so none of them is passed on."""

import re
import sqlite3
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from steelyard.db.compiled import CompiledStatement
from steelyard.db.errors import ConstraintViolated, DatabaseUnavailable, NotWritable, StatementFailed, ValueOutOfRange

# Besides SQLite's own errors: an integer beyond 64 bits, a string that is no text.
DRIVER_ERRORS = (sqlite3.Error, OverflowError, UnicodeEncodeError)

# The cause is the file, its disk or another process, not the statement.
_NOT_WRITABLE = ("FULL", "IOERR", "READONLY")
_AWAY = ("BUSY", "LOCKED", "CANTOPEN", "CORRUPT", "NOTADB", "NOMEM", "PROTOCOL", "INTERRUPT", "PERM")


def translate(error: Exception, statement: CompiledStatement[Any] | None) -> Exception:
    """The same error without any values."""
    name = statement.name if statement is not None else "a transaction"
    code, message = error_code(error), str(error)
    if code.startswith("SQLITE_CONSTRAINT_"):
        return _violation(code.removeprefix("SQLITE_CONSTRAINT_"), message, statement)
    kind = code.removeprefix("SQLITE_").partition("_")[0]
    if kind in _NOT_WRITABLE:
        return NotWritable(f"{name} was not done ({code})")
    if kind in _AWAY:
        return DatabaseUnavailable(f"{name} was not done ({code})")
    if isinstance(error, OverflowError | UnicodeEncodeError) or code in {"SQLITE_TOOBIG", "SQLITE_MISMATCH"}:
        return ValueOutOfRange(name)
    unbound = re.match(r"Error binding parameter (\d+)", message)
    if unbound and statement is not None:
        return ValueOutOfRange(name, statement.parameters[int(unbound[1]) - 1])
    return StatementFailed(name, code, message if code == "SQLITE_ERROR" else "")


def error_code(error: Exception) -> str:
    return getattr(error, "sqlite_errorname", None) or type(error).__name__


def _violation(kind: str, message: str, statement: CompiledStatement[Any] | None) -> Exception:
    about = message.partition(": ")[2]
    if kind == "CHECK":
        return ConstraintViolated(about, "check")
    if kind == "NOTNULL":
        return ConstraintViolated(f"{about.replace('.', '_')}_not_null", "not_null")
    if kind in {"UNIQUE", "PRIMARYKEY", "ROWID"}:
        return ConstraintViolated(_unique(about, statement.table if statement is not None else None), "unique")
    # Of a deferred one, at the commit; SQLite does not name it.
    return ConstraintViolated("foreign key", "foreign_key")


def _unique(about: str, table: Table | None) -> str:
    """The name of a unique rule. SQLite names its columns (`users.email`) or, over expressions, the index itself."""
    named = re.fullmatch(r"index '(.*)'", about)
    if named:
        return named[1]
    columns = [each.partition(".")[2] for each in about.split(", ")]
    if table is not None:
        rules = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
        for rule in [*rules, *(index for index in table.indexes if index.unique)]:
            if [column.name for column in rule.columns] == columns:
                return str(rule.name)
    return about
