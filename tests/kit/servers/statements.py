"""Counts the database calls of a piece of code where they leave the process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import aiosqlite
import asyncpg

from steelyard.db.compiled import CompiledStatement
from steelyard.db.postgres.connection import PooledConnection


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """The round trips in order, by name or text of the statement. BEGIN and COMMIT count if they are sent alone.

    On SQLite each is a call in the thread of the connection. Preparing is not counted: it happens once for each connection.
    """
    made: list[str] = []

    def counted(verb: Callable[..., Any]) -> Callable[..., Any]:
        def call(connection: Any, statement: Any, *arguments: Any, **options: Any) -> Any:
            made.append(statement.name if isinstance(statement, CompiledStatement) else str(statement))
            return verb(connection, statement, *arguments, **options)

        return call

    with ExitStack() as patches:
        for holder, name in (
            *((PooledConnection, verb) for verb in ("row", "rows", "count", "last")),
            (asyncpg.Connection, "execute"),
            *((aiosqlite.Connection, verb) for verb in ("execute_fetchall", "execute")),
        ):
            patches.enter_context(patch.object(holder, name, counted(getattr(holder, name))))
        yield made
