"""What a piece of code asks of the database, counted where it leaves the process."""

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
    """The round trips made meanwhile, in order, by the statement's name or text; BEGIN and COMMIT are two of them where they travel alone.

    On SQLite each is a hop into the connection's thread. Preparing is not counted: it happens once per connection.
    """
    made: list[str] = []

    def counted(verb: Callable[..., Any]) -> Callable[..., Any]:
        def call(connection: Any, asked: Any, *arguments: Any, **options: Any) -> Any:
            made.append(asked.name if isinstance(asked, CompiledStatement) else str(asked))
            return verb(connection, asked, *arguments, **options)

        return call

    with ExitStack() as patches:
        for holder, name in (
            *((PooledConnection, verb) for verb in ("row", "rows", "count", "last")),
            (asyncpg.Connection, "execute"),
            *((aiosqlite.Connection, verb) for verb in ("execute_fetchall", "execute")),
        ):
            patches.enter_context(patch.object(holder, name, counted(getattr(holder, name))))
        yield made
