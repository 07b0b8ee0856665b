"""The connections to an SQLite file: one writer and a few readers, each with one thread; a statement is one hop into it."""

import asyncio
import sqlite3
from collections.abc import Coroutine
from typing import Any

import aiosqlite

from steelyard.db.errors import NotOpened
from steelyard.db.fair_pool import FairPool, WaitTimes
from steelyard.db.opening import create_file, no_file
from steelyard.db.options import DatabaseOptions
from steelyard.db.sqlite.errors import error_code
from steelyard.db.writing import Writing

Connection = aiosqlite.Connection
INTERRUPT_INTERVAL_S = 0.01
BUSY_INTERVAL_S = 0.01


class SqliteConnections:
    """Opens and closes them, and takes back those whose statement was cancelled."""

    def __init__(self, path: str, options: DatabaseOptions) -> None:
        self._path = path
        self._options = options
        self.waits = WaitTimes()
        self.readers = self._new_pool("a reader of the database")
        self.writer = self._new_pool("the writer of the database")
        self._connections: list[Connection] = []
        self._cleaning: set[asyncio.Task[None]] = set()
        self.writing = Writing()

    def _new_pool(self, what: str) -> FairPool[Connection]:
        return FairPool(queue=self._options.pool_queue, wait_s=self._options.pool_wait_s, what=what, waits=self.waits)

    async def open(self, *, patient: bool = False) -> None:  # noqa: ARG002  # a file that cannot be opened does not come back
        """Open the file, creating it when there is none."""
        if sqlite3.sqlite_version_info < (3, 35):
            raise NotOpened(f"needs SQLite 3.35 or newer, and this Python has {sqlite3.sqlite_version}. Install a newer one")
        self.readers.open()
        self.writer.open()
        # Not cancelled halfway: the thread of a half-made connection would outlive the loop.
        opening = asyncio.ensure_future(self._open())
        try:
            await asyncio.shield(opening)
        except BaseException as error:
            await asyncio.wait([opening])
            await self.close()
            if isinstance(error, sqlite3.Error | OSError):
                raise NotOpened(no_file(error)) from None
            raise

    async def _open(self) -> None:
        create_file(self._path)
        self.writer.put_back(await self._connect(reads_only=False))
        for _ in range(self._options.sqlite_readers):
            self.readers.put_back(await self._connect(reads_only=True))

    async def close(self) -> None:
        """Close every connection, after its running statement."""
        if self._cleaning:
            await asyncio.wait(self._cleaning)
        self.readers.close("the database is closed")
        self.writer.close("the database is closed")
        while self._connections:
            await self._connections.pop().close()

    async def _connect(self, *, reads_only: bool) -> Connection:
        busy_timeout_s = self._options.sqlite_busy_timeout_s
        connection = await aiosqlite.connect(self._path, timeout=busy_timeout_s, isolation_level=None, cached_statements=400)
        self._connections.append(connection)
        await self._use_wal(connection)
        for pragma in (
            f"synchronous = {self._options.sqlite_synchronous}",
            "foreign_keys = on",
            f"query_only = {'on' if reads_only else 'off'}",
        ):
            await connection.execute_fetchall(f"PRAGMA {pragma}")
        return connection

    async def _use_wal(self, connection: Connection) -> None:
        """Without a retry, one of two processes that open a new file at once would fail: SQLite does not wait for this lock."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._options.sqlite_busy_timeout_s
        while True:
            try:
                await connection.execute_fetchall("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error_code(error) != "SQLITE_BUSY" or loop.time() > deadline:
                    raise
            else:
                return
            await asyncio.sleep(BUSY_INTERVAL_S)

    def recover(self, reader: Connection) -> None:
        """Put a reader back once its cancelled statement has ended."""
        self._clean(self._recover(reader))

    def undo(self, writer: Connection, *, stop: bool = False) -> "asyncio.Task[None]":
        """Roll back and put the writer back; `stop` interrupts a statement that is still running.

        A task by itself: cancelling the caller does not stop it.
        """
        return self._clean(self._undo(writer, stop))

    def _clean(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._cleaning.add(task)
        task.add_done_callback(self._cleaning.discard)
        return task

    async def _recover(self, reader: Connection) -> None:
        await _stop(reader)
        self.readers.put_back(reader)

    async def _undo(self, writer: Connection, stop: bool) -> None:
        if stop:
            await _stop(writer)
        try:
            await writer.execute_fetchall("ROLLBACK")
        except sqlite3.Error:
            # Nothing to undo: there was no transaction yet, or there is none any more. SQLite rolls back by itself when the disk is full.
            pass
        finally:
            self.writer.put_back(writer)

    def gauges(self) -> dict[str, int]:
        """How many connections are open, idle and busy, and how many callers wait."""
        idle = len(self.readers.idle) + len(self.writer.idle)
        waiting = self.readers.waiting + self.writer.waiting
        return {"open": len(self._connections), "idle": idle, "busy": len(self._connections) - idle, "waiting": waiting, "lost": 0}


async def _stop(connection: Connection) -> None:
    """Interrupt the running statement until the thread is idle. One interrupt may come before the statement has begun."""
    idle = asyncio.ensure_future(connection.execute_fetchall("SELECT 1"))
    while not idle.done():
        await connection.interrupt()
        await asyncio.wait([idle], timeout=INTERRUPT_INTERVAL_S)
    idle.exception()
