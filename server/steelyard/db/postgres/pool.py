"""The pool of asyncpg connections, each with its own prepared statements.

Nothing is ever reset when a connection is put back, therefore nothing may be set: session-level SET, LISTEN, temporary tables and advisory
session locks are banned on these connections.
"""

import asyncio
from typing import Any

import asyncpg
import structlog
from asyncpg import exceptions as pg

from steelyard.db.compiled import CompiledStatement
from steelyard.db.errors import DatabaseUnavailable, NotOpened
from steelyard.db.fair_pool import FairPool, WaitTimes
from steelyard.db.opening import is_away, no_connection, wrong_encoding
from steelyard.db.options import DatabaseOptions
from steelyard.db.postgres.connection import PooledConnection
from steelyard.db.postgres.errors import CONNECT_ERRORS, ConnectionLost, PlanInvalidated, is_loss, translate
from steelyard.db.postgres.pipelining import PipeliningLoop
from steelyard.db.postgres.prepared import Driver
from steelyard.db.writing import Writing

log = structlog.get_logger()

OVERFLOW_KEPT_S = 30
CLOSE_TIMEOUT_S = 1
RECONNECT_PAUSE_S = (0.05, 1.0)


class ConnectionPool:
    """Opens connections as they are needed, lends each to one caller at a time, and replaces those that are lost or old."""

    def __init__(self, dsn: str, options: DatabaseOptions) -> None:
        self._dsn = dsn
        self._options = options
        self.waits = WaitTimes()
        self._free: FairPool[PooledConnection] = FairPool(
            queue=options.pool_queue, wait_s=options.pool_wait_s, what="a database connection", waits=self.waits
        )
        self._connections: set[PooledConnection] = set()
        self._max_connections = options.pool_size + options.pool_overflow
        self._growing: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._unreachable_since: float | None = None
        self._shrinking: asyncio.TimerHandle | None = None
        self._is_closed = True
        self._lost = 0
        self.writing = Writing()

    async def open(self, *, patient: bool = False) -> None:
        """Connect, so that a wrong address or password stops the start instead of the first request; patient, it is tried again."""
        self._is_closed = False
        self._free.open()
        for _ in range(self._options.pool_at_start):
            try:
                connection = await self._connect()
            except CONNECT_ERRORS as error:
                failure = NotOpened(no_connection(error, self._dsn), is_away=is_away(error, self._dsn))
                if patient:
                    log.warning("starting without the database, which is away", exc_info=error)
                    self._unreachable_since = asyncio.get_running_loop().time()
                    self._grow()
                    return
            else:
                self._free.put_back(connection)
                encoding = connection.driver.get_settings().server_encoding
                if encoding == "UTF8":
                    continue
                failure = NotOpened(wrong_encoding(encoding))
            await self.close()
            raise failure

    async def close(self) -> None:
        """Close every connection; running statements are cancelled."""
        self._is_closed = True
        if self._growing is not None:
            self._growing.cancel()
            await asyncio.wait([self._growing])
        if self._shrinking is not None:
            self._shrinking.cancel()
        self._free.close("the database is closed")
        for connection in list(self._connections):
            self.retire(connection)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _connect(self) -> PooledConnection:
        options, loop = self._options, asyncio.get_running_loop()
        settings = {"application_name": options.application_name}
        if options.server_settings:
            settings |= {
                "statement_timeout": _milliseconds(options.statement_timeout_s),
                "lock_timeout": _milliseconds(options.lock_timeout_s),
                "idle_in_transaction_session_timeout": _milliseconds(options.idle_in_transaction_timeout_s),
            }
        driver = await asyncpg.connect(
            self._dsn,
            loop=PipeliningLoop(loop) if options.pipelining else loop,
            timeout=options.connect_timeout_s,
            command_timeout=options.command_timeout_s,
            statement_cache_size=0,
            server_settings=settings,
        )
        connection = PooledConnection(driver, options)
        self._connections.add(connection)
        self._unreachable_since = None
        # Both mark the connection, so that taking one need not check driver or clock.
        driver.add_termination_listener(lambda _: self._has_ended(connection))
        connection.expiry = loop.call_later(options.pool_recycle_s, self._expire, connection)
        return connection

    def take_idle(self) -> PooledConnection | None:
        """The connection that was put back last, for this caller alone; None if none is idle."""
        idle = self._free.idle
        while idle:
            connection = idle.pop()
            if connection.is_usable:
                return connection
            self.retire(connection)
        return None

    async def take(self) -> PooledConnection:
        """A connection for this caller alone."""
        while True:
            connection = self.take_idle()
            if connection is None:
                self._grow()
                if self._is_unreachable():
                    raise DatabaseUnavailable("PostgreSQL has not been reachable for a while")
                connection = await self._free.wait()
            if connection.is_usable:
                return connection
            self.retire(connection)

    def put_back(self, connection: PooledConnection) -> None:
        """Lend it to the next caller, or close it if it is unusable: another one is opened when it is needed."""
        if connection.is_usable and not self._is_closed:
            self._free.put_back(connection)
        else:
            self.retire(connection)

    def has(self, connection: PooledConnection) -> bool:
        """Whether the pool still has it: it is neither retired nor broken."""
        return connection in self._connections

    def retire(self, connection: PooledConnection) -> None:
        """Close a connection properly, in the background; it is terminated if the server does not respond within a second."""
        # Once: a second close would stop the first one before it has reached the server.
        if connection not in self._connections:
            return
        self._drop(connection)
        if not connection.driver.is_closed():
            task = asyncio.create_task(_close(connection.driver))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def discard_failed(self, connection: PooledConnection, error: BaseException, statement: CompiledStatement[Any]) -> BaseException:
        """What to raise instead, after the connection was put back or terminated."""
        failure = self.classify(connection, error, statement)
        self.put_back(connection)
        return failure

    def classify(self, connection: PooledConnection, error: BaseException, statement: CompiledStatement[Any]) -> BaseException:
        """What to raise instead. The connection is unusable from here on unless the server has responded."""
        if isinstance(error, TimeoutError) or not isinstance(error, Exception):
            # This process has given up, not the server. asyncpg cancels the statement on the server, which `terminate()` would prevent: the
            # statement would keep its locks until its timeout. So the connection is closed in the background, and no caller waits.
            self.retire(connection)
            return DatabaseUnavailable("PostgreSQL did not respond in time") if isinstance(error, TimeoutError) else error
        if isinstance(error, pg.InvalidCachedStatementError | pg.OutdatedSchemaCacheError):
            self._distrust_all()
            return PlanInvalidated()
        if is_loss(error, is_closed=connection.driver.is_closed()):
            self._lost += 1
            self._distrust_all()
            self._cut(connection)
            return ConnectionLost()
        if isinstance(error, pg.PostgresError):
            return self.writing.noted(translate(error, statement))
        # Misuse (two verbs of one transaction at once) or a fault of the driver: either way its state is unknown.
        self._cut(connection)
        return error

    def gauges(self) -> dict[str, int]:
        """How many connections are open, idle and busy, how many callers wait, and how many connections have been lost so far."""
        idle = len(self._free.idle)
        open_ = len(self._connections)
        return {"open": open_, "idle": idle, "busy": open_ - idle, "waiting": self._free.waiting, "lost": self._lost}

    def _grow(self) -> None:
        if self._growing is None and len(self._connections) < self._max_connections and not self._is_closed:
            self._growing = asyncio.create_task(self._open_while_needed())
            self._growing.add_done_callback(self._has_grown)

    def _has_grown(self, task: "asyncio.Task[None]") -> None:
        self._growing = None
        if not task.cancelled() and task.exception() is None and self._free.waiting:
            self._grow()

    async def _open_while_needed(self) -> None:
        # One at a time, so that a database that has just come back is not overloaded.
        shortest, longest = RECONNECT_PAUSE_S
        pause = shortest
        while (self._free.waiting or self._unreachable_since is not None) and len(self._connections) < self._max_connections:
            try:
                connection = await self._connect()
            except CONNECT_ERRORS:
                if self._unreachable_since is None:
                    self._unreachable_since = asyncio.get_running_loop().time()
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
                continue
            self.put_back(connection)
        if len(self._connections) > self._options.pool_size and self._shrinking is None:
            self._shrinking = asyncio.get_running_loop().call_later(OVERFLOW_KEPT_S, self._shrink)

    def _is_unreachable(self) -> bool:
        since = self._unreachable_since
        return since is not None and not self._connections and asyncio.get_running_loop().time() - since > self._options.pool_wait_s

    def _shrink(self) -> None:
        self._shrinking = None
        idle = self._free.idle
        while idle and len(self._connections) > self._options.pool_size:
            self.retire(idle.popleft())
        if len(self._connections) > self._options.pool_size:
            self._shrinking = asyncio.get_running_loop().call_later(OVERFLOW_KEPT_S, self._shrink)

    def _distrust_all(self) -> None:
        """Replace every existing connection before it is used again: after a loss, so that a restart of the server costs one error and
        not thirty; after a schema change, so that each statement is planned anew.
        """
        for connection in self._connections:
            connection.is_usable = False

    def _expire(self, connection: PooledConnection) -> None:
        connection.is_usable = False

    def _has_ended(self, connection: PooledConnection) -> None:
        """The connection has ended, whatever the reason."""
        self._drop(connection)
        if connection in self._free.idle:
            self._free.idle.remove(connection)

    def _cut(self, connection: PooledConnection) -> None:
        """End a connection in an unknown state. `close()` would wait for a server that may not respond."""
        self._drop(connection)
        connection.driver.terminate()

    def _drop(self, connection: PooledConnection) -> None:
        connection.is_usable = False
        connection.expiry.cancel()
        self._connections.discard(connection)
        if self._free.waiting:
            self._grow()


async def _close(driver: Driver) -> None:
    try:
        await driver.close(timeout=CLOSE_TIMEOUT_S)
    except CONNECT_ERRORS:
        driver.terminate()


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
