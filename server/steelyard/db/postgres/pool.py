"""PostgreSQL: our own pool of asyncpg connections, each with its own prepared statements.

A read takes the connection that was used last and gives it back with the rows: one round trip, no BEGIN, no ping, no
reset. Nothing is ever reset, therefore nothing may be set: session-level SET, LISTEN, temporary tables and advisory
session locks are banned on these connections.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from typing import Any, TypeVar

import asyncpg
import structlog
from asyncpg import exceptions as pg

from steelyard.db.compiled import CompiledStatement, TableChange, combine
from steelyard.db.errors import (
    ConstraintKind,
    ConstraintViolated,
    DatabaseUnavailable,
    LockTimeout,
    NotOpened,
    NotWritable,
    StatementFailed,
    TransactionConflict,
    ValueOutOfRange,
)
from steelyard.db.fair_pool import FairPool
from steelyard.db.opening import no_connection, wrong_encoding
from steelyard.db.options import DatabaseOptions
from steelyard.db.postgres.connection import Driver, PooledConnection
from steelyard.db.postgres.pipelining import PipeliningLoop
from steelyard.db.single_flight import Batch, SingleFlight
from steelyard.db.writing import Writing

T = TypeVar("T")

log = structlog.get_logger()

OVERFLOW_KEPT_S = 30
CLOSE_TIMEOUT_S = 1
RECONNECT_PAUSE_S = (0.05, 1.0)
CONNECT_ERRORS = (OSError, TimeoutError, pg.PostgresError, pg.InterfaceError, pg.InternalClientError)


class ConnectionLost(Exception):
    """The connection broke while a statement ran; inside this module only."""


class PlanInvalidated(Exception):
    """The schema changed under a prepared statement; inside this module only."""


class PostgresBackend:
    """The pool; also the lane of reads."""

    dialect = "postgresql"

    def __init__(self, dsn: str, limits: DatabaseOptions, application_name: str = "steelyard") -> None:
        self._dsn = dsn
        self._limits = limits
        self._application_name = application_name
        self._turns: FairPool[PooledConnection] = FairPool(queue=limits.pool_queue, wait_s=limits.pool_wait_s, what="a database connection")
        self._links: set[PooledConnection] = set()
        self._most = limits.pool_size + limits.pool_overflow
        self._growing: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._unreachable_since: float | None = None
        self._shrinking: asyncio.TimerHandle | None = None
        self._closed = True
        self._gathered: dict[CompiledStatement[Any], Batch[object, Sequence[Any]]] = {}
        self._alike: SingleFlight[tuple[CompiledStatement[Any], tuple[object, ...]], Sequence[Sequence[Any]]] = SingleFlight()
        self.lost = 0
        self.writing = Writing()

    async def open(self, *, patient: bool = False) -> None:
        """Connect, so that a wrong address or password stops the start instead of the first request; patient, it is tried again."""
        self._closed = False
        self._turns.open()
        for _ in range(self._limits.pool_at_start):
            try:
                link = await self._connect()
            except CONNECT_ERRORS as error:
                failure = NotOpened(no_connection(error, self._dsn))
                if patient:
                    log.warning("starting without the database, which is away", exc_info=error)
                    self._unreachable_since = asyncio.get_running_loop().time()
                    self._grow()
                    return
            else:
                self._turns.put_back(link)
                encoding = link.driver.get_settings().server_encoding
                if encoding == "UTF8":
                    continue
                failure = NotOpened(wrong_encoding(encoding))
            await self.close()
            raise failure

    async def close(self) -> None:
        """Close every connection; what is still running is cancelled."""
        self._closed = True
        if self._growing is not None:
            self._growing.cancel()
            await asyncio.wait([self._growing])
        if self._shrinking is not None:
            self._shrinking.cancel()
        self._turns.close("the database is closed")
        for link in list(self._links):
            self.retire(link)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _connect(self) -> PooledConnection:
        limits = self._limits
        told = {
            "application_name": self._application_name,
            "statement_timeout": _milliseconds(limits.statement_timeout_s),
            "lock_timeout": _milliseconds(limits.lock_timeout_s),
            "idle_in_transaction_session_timeout": _milliseconds(limits.idle_in_transaction_timeout_s),
        }
        driver = await asyncpg.connect(
            self._dsn,
            loop=PipeliningLoop(asyncio.get_running_loop()),
            timeout=limits.connect_timeout_s,
            command_timeout=limits.command_timeout_s,
            statement_cache_size=0,
            server_settings=told if limits.server_settings else {"application_name": self._application_name},
        )
        link = PooledConnection(driver, prepared=limits.prepared)
        self._links.add(link)
        self._unreachable_since = None
        # Both tell the link itself, so that taking one costs no question.
        driver.add_termination_listener(lambda _: self._ended(link))
        link.expiry = asyncio.get_running_loop().call_later(limits.pool_recycle_s, self._expire, link)
        return link

    async def take(self) -> PooledConnection:
        """A connection for this caller alone."""
        turns = self._turns
        while True:
            link = turns.take_idle()
            if link is None:
                self._grow()
                if self._hopeless():
                    raise DatabaseUnavailable("PostgreSQL has not been reachable for a while")
                link = await turns.wait()
            if link.usable:
                return link
            self.retire(link)

    def give(self, link: PooledConnection) -> None:
        """Back to the others; an unusable one is replaced when somebody needs it."""
        if link.usable and not self._closed:
            self._turns.put_back(link)
        else:
            self.retire(link)

    def distrust(self) -> None:
        """Every connection of today's is replaced before it is used again: after a loss, so that a restart
        costs one error and not thirty; after a schema change, so that each statement is planned anew.
        """
        for link in self._links:
            link.usable = False

    def _grow(self) -> None:
        if self._growing is None and len(self._links) < self._most and not self._closed:
            self._growing = asyncio.create_task(self._open_while_wanted())
            self._growing.add_done_callback(self._grown)

    def _grown(self, task: "asyncio.Task[None]") -> None:
        self._growing = None
        if not task.cancelled() and task.exception() is None and self._turns.waiting:
            self._grow()

    async def _open_while_wanted(self) -> None:
        # One at a time: a database that has just come back is not stormed.
        shortest, longest = RECONNECT_PAUSE_S
        pause = shortest
        while (self._turns.waiting or self._unreachable_since is not None) and len(self._links) < self._most:
            try:
                link = await self._connect()
            except CONNECT_ERRORS:
                if self._unreachable_since is None:
                    self._unreachable_since = asyncio.get_running_loop().time()
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
                continue
            self.give(link)
        if len(self._links) > self._limits.pool_size and self._shrinking is None:
            self._shrinking = asyncio.get_running_loop().call_later(OVERFLOW_KEPT_S, self._shrink)

    def _hopeless(self) -> bool:
        since = self._unreachable_since
        return since is not None and not self._links and asyncio.get_running_loop().time() - since > self._limits.pool_wait_s

    def _shrink(self) -> None:
        self._shrinking = None
        idle = self._turns.idle
        while idle and len(self._links) > self._limits.pool_size:
            self.retire(idle.popleft())
        if len(self._links) > self._limits.pool_size:
            self._shrinking = asyncio.get_running_loop().call_later(OVERFLOW_KEPT_S, self._shrink)

    def _expire(self, link: PooledConnection) -> None:
        link.usable = False

    def _ended(self, link: PooledConnection) -> None:
        """The connection is gone, by our hand or another."""
        self._forget(link)
        if link in self._turns.idle:
            self._turns.idle.remove(link)

    def retire(self, link: PooledConnection) -> None:
        """Close a connection in good order, in the background; one that does not answer within a second is cut."""
        # Once: a second close would stop the first from telling the server.
        if link not in self._links:
            return
        self._forget(link)
        if not link.driver.is_closed():
            task = asyncio.create_task(_close(link.driver))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def has(self, link: PooledConnection) -> bool:
        """Whether it is one of the pool's, neither retired nor broken."""
        return link in self._links

    def _destroy(self, link: PooledConnection) -> None:
        """Cut a connection in an unknown state. `close()` would wait for a server that may not answer."""
        self._forget(link)
        link.driver.terminate()

    def _forget(self, link: PooledConnection) -> None:
        link.usable = False
        link.expiry.cancel()
        self._links.discard(link)
        if self._turns.waiting:
            self._grow()

    # Plain functions that hand out the coroutine: one frame less to enter and to resume.
    def row(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, Sequence[Any] | None]:
        if form.batch is None or not self._limits.shared_reads:
            return self._read(PooledConnection.row, form, arguments)
        gathered = self._gathered.get(form)
        if gathered is None:
            gathered = self._gathered[form] = self._gather(form, form.batch)
        return gathered.row(arguments[0])

    def rows(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, Sequence[Sequence[Any]]]:
        if not form.coalesces or not self._limits.shared_reads:
            return self._read(PooledConnection.rows, form, arguments)
        return self._alike.read((form, tuple(arguments)), lambda: self._read(PooledConnection.rows, form, arguments))

    def _gather(self, form: CompiledStatement[Any], several: CompiledStatement[Any]) -> Batch[object, Sequence[Any]]:
        (parameter,) = several.parameters

        async def fetch(keys: Collection[object]) -> dict[object, Sequence[Any]]:
            rows = await self._read(PooledConnection.rows, several, several.arguments({parameter: list(keys)}))
            return {row[form.key_place]: row for row in rows}

        return Batch(lambda key: self._read(PooledConnection.row, form, (key,)), fetch)

    async def _read(
        self,
        verb: Callable[[PooledConnection, CompiledStatement[Any], Sequence[object]], Awaitable[T]],
        form: CompiledStatement[Any],
        arguments: Sequence[object],
    ) -> T:
        if form.writes:
            raise TypeError(f"{form.name} changes something and needs a Transaction")
        link = self._turns.take_idle()
        if link is None or not link.usable:
            link = await self._instead_of(link)
        try:
            found = await verb(link, form, arguments)
        except BaseException as error:  # noqa: BLE001
            failure = self.failed(link, error, form)
        else:
            self.give(link)
            return found
        if not isinstance(failure, ConnectionLost | PlanInvalidated):
            raise failure
        link = await self.take()
        try:
            found = await verb(link, form, arguments)
        except BaseException as error:  # noqa: BLE001
            failure = self.failed(link, error, form)
        else:
            self.give(link)
            return found
        raise DatabaseUnavailable("the connection broke twice") if isinstance(failure, ConnectionLost | PlanInvalidated) else failure

    async def _instead_of(self, link: PooledConnection | None) -> PooledConnection:
        if link is not None:
            self.retire(link)
        return await self.take()

    def failed(self, link: PooledConnection, error: BaseException, form: CompiledStatement[Any]) -> BaseException:
        """What to raise instead, after the connection was given back or cut."""
        failure = self.judge(link, error, form)
        self.give(link)
        return failure

    def judge(self, link: PooledConnection, error: BaseException, form: CompiledStatement[Any]) -> BaseException:
        """What to raise instead. The link is unusable afterwards unless the server has answered."""
        if isinstance(error, TimeoutError) or not isinstance(error, Exception):
            # Given up by us, not by the server. asyncpg asks it to stop, which `terminate()` would prevent: the statement would keep
            # its locks until the server's own timeout. So the connection is closed in the background, and nobody waits for that.
            self.retire(link)
            return DatabaseUnavailable("PostgreSQL did not answer in time") if isinstance(error, TimeoutError) else error
        if isinstance(error, pg.InvalidCachedStatementError | pg.OutdatedSchemaCacheError):
            self.distrust()
            return PlanInvalidated()
        if _is_loss(link, error):
            self.lost += 1
            self.distrust()
            self._destroy(link)
            return ConnectionLost()
        if isinstance(error, pg.PostgresError):
            return self.writing.noted(translate(error, form))
        # Misuse (two verbs of one transaction at once) or a fault of the driver: either way its state is not known.
        self._destroy(link)
        return error

    def transaction(self) -> "PostgresTransaction":
        return PostgresTransaction(self)

    async def define(self, ddl: Sequence[str]) -> None:
        """Run definitions (tables, indexes) in one transaction, for `schema.py`."""
        link = await self.take()
        try:
            await link.driver.execute(";\n".join(ddl))
        except BaseException as error:  # noqa: BLE001
            failure = self.failed(link, error, DEFINE)
        else:
            self.give(link)
            return
        raise failure

    def gauges(self) -> dict[str, int]:
        """What the pool is doing at the moment, and how many connections it has lost so far."""
        idle = len(self._turns.idle)
        return {"open": len(self._links), "idle": idle, "busy": len(self._links) - idle, "waiting": self._turns.waiting, "lost": self.lost}


class PostgresTransaction:
    """The lane of a transaction: takes its connection and sends BEGIN with the first verb."""

    __slots__ = ("_later", "_link", "_pool", "_spent", "wrote")

    def __init__(self, pool: PostgresBackend) -> None:
        self.wrote: set[TableChange] = set()
        self._pool = pool
        self._later: list[tuple[CompiledStatement[Any], Sequence[object]]] = []
        self._link: PooledConnection | None = None
        self._spent: PooledConnection | None = None

    def row(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, Sequence[Any] | None]:
        return self._run(PooledConnection.row, form, arguments)

    def rows(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, Sequence[Sequence[Any]]]:
        return self._run(PooledConnection.rows, form, arguments)

    def count(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> Coroutine[Any, Any, int]:
        return self._run(PooledConnection.count, form, arguments)

    async def later(self, form: CompiledStatement[Any], arguments: Sequence[object]) -> None:
        self._later.append((form, arguments))

    async def _run(
        self,
        verb: Callable[[PooledConnection, CompiledStatement[Any], Sequence[object]], Awaitable[T]],
        form: CompiledStatement[Any],
        arguments: Sequence[object],
    ) -> T:
        if self._later:
            form, arguments = await self._with_later(form, arguments)
        if form.writes:
            self.wrote |= form.changes
        link, began_along = self._link, False
        if link is None:
            link, began_along = await self._begin(form)
        try:
            return await verb(link, form, arguments)
        except BaseException as error:  # noqa: BLE001
            failure = self._pool.judge(link, error, form)
        if isinstance(failure, ConnectionLost):
            if verb in {PooledConnection.last, PooledConnection.commit}:
                # Only the caller's retry, by its idempotency key, can find out what became of it.
                failure = DatabaseUnavailable("the connection broke during the commit: its outcome is unknown")
            elif began_along:
                # Nothing has been done yet, and a connection that is new sends its BEGIN alone: this is not repeated a second time.
                self._link = None
                return await self._run(verb, form, arguments)
            else:
                failure = TransactionConflict(f"the connection broke before the commit, at {form.name}")
        elif isinstance(failure, PlanInvalidated):
            failure = TransactionConflict(f"the schema changed under {form.name}")
        self._link, self._spent = None, link
        raise failure

    async def _with_later(
        self, form: CompiledStatement[Any], arguments: Sequence[object]
    ) -> tuple[CompiledStatement[Any], Sequence[object]]:
        """What was to be done later is done with this statement; what shares a table with something behind it is done before it."""
        later, self._later = self._later, []
        together: list[tuple[CompiledStatement[Any], Sequence[object]]] = []
        touched: set[str] = set()
        for each in (*later, (form, arguments)):
            if not touched.isdisjoint(each[0].tables):
                await self.count(*_together(together))
                together, touched = [], set()
            together.append(each)
            touched |= each[0].tables
        return _together(together)

    async def _begin(self, form: CompiledStatement[Any]) -> tuple[PooledConnection, bool]:
        """A connection, and whether its BEGIN has no answer of its own."""
        if self._spent is not None:
            raise RuntimeError("a statement of this transaction failed: nothing can follow but a rollback")
        for _ in range(2):
            link = await self._pool.take()
            if link.pipelines_begin(form):
                self._link = link
                return link, True
            try:
                await link.driver.execute("BEGIN")
            except BaseException as error:  # noqa: BLE001
                failure = self._pool.failed(link, error, BEGIN)
            else:
                self._link = link
                return link, False
            if not isinstance(failure, ConnectionLost):
                raise failure
        raise DatabaseUnavailable("the connection broke twice")

    async def commit(self) -> None:
        if self._spent is not None:
            await self.rollback()
            raise RuntimeError("a statement of this transaction failed before: it was rolled back, not committed")
        try:
            if self._later:
                tag = await self._run(PooledConnection.last, *self._later.pop())
            elif self._link is not None:
                tag = await self._run(PooledConnection.commit, COMMIT, ())
            else:
                return
        except BaseException:
            await self.rollback()
            raise
        link, self._link = self._link, None
        assert link is not None
        self._pool.give(link)
        if tag != "COMMIT":
            raise RuntimeError("PostgreSQL answered COMMIT with a rollback")

    async def rollback(self) -> None:
        link = self._leave()
        # One that was retired is being closed, by which the server rolls back: waiting for it again could take as long again.
        if link is None or not self._pool.has(link):
            return
        try:
            await link.driver.execute("ROLLBACK")
        except BaseException as error:  # noqa: BLE001
            failure = self._pool.failed(link, error, ROLLBACK)
        else:
            self._pool.give(link)
            return
        # The server rolls back by itself whatever it can no longer be told.
        if not isinstance(failure, Exception):
            raise failure

    def abandon(self) -> None:
        """Rolled back by closing the connection, in the background."""
        link = self._leave()
        if link is not None:
            self._pool.retire(link)

    def _leave(self) -> PooledConnection | None:
        self._later.clear()
        link = self._link or self._spent
        self._link = self._spent = None
        return link


def _together(statements: Sequence[tuple[CompiledStatement[Any], Sequence[object]]]) -> tuple[CompiledStatement[Any], Sequence[object]]:
    """One statement for all of them, whose result is the last one's."""
    *first, (main, arguments) = statements
    if not first:
        return main, arguments
    together = [*arguments]
    for _, given in first:
        together += given
    return combine(tuple([form for form, _ in first]), main), together


def _plain(text: str) -> CompiledStatement[Any]:
    return CompiledStatement(
        text, (), (), tuple, list, name=lambda: text, writes=False, returns_rows=False, plans_per_call=True, table=None
    )


BEGIN, COMMIT, ROLLBACK, DEFINE = _plain("BEGIN"), _plain("COMMIT"), _plain("ROLLBACK"), _plain("a definition")


async def _close(driver: Driver) -> None:
    try:
        await driver.close(timeout=CLOSE_TIMEOUT_S)
    except CONNECT_ERRORS:
        driver.terminate()


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


def _is_loss(link: PooledConnection, error: Exception) -> bool:
    code = getattr(error, "sqlstate", None) or ""
    if code[:2] == "08" or code in {"57P01", "57P02", "57P03", "57P05", "25P03"} or isinstance(error, OSError):
        return True
    # The server's last words, that the connection is being ended, were not asked for; until it has ended nothing else can be done with it.
    if isinstance(error, pg.InternalClientError):
        return True
    # An idle connection that was killed says so without a code; with an open one, InterfaceError is misuse by us.
    return isinstance(error, pg.InterfaceError) and bool(link.driver.is_closed())


_KINDS: dict[str, ConstraintKind] = {"23505": "unique", "23503": "foreign_key", "23514": "check", "23502": "not_null"}

# Read-only, as a standby is after a fail-over; disk full; disk broken.
_NOT_WRITABLE = {"25006", "53100", "58030"}


def translate(error: Any, form: CompiledStatement[Any]) -> Exception:
    """The error in our words: never the driver's, which quote values."""
    code: str = error.sqlstate or ""
    if code in {"40001", "40P01"}:
        return TransactionConflict(f"{form.name} lost against another transaction ({code})")
    if code in _KINDS:
        return ConstraintViolated(error.constraint_name or f"{error.table_name}_{error.column_name}_not_null", _KINDS[code])
    if code == "55P03":
        return LockTimeout(f"{form.name} waited too long for a lock")
    if code in {"57014", "25006", "53100", "53200", "53300"} or code[:2] == "58":
        kind = NotWritable if code in _NOT_WRITABLE else DatabaseUnavailable
        return kind(f"{form.name} was not done ({code})")
    if code[:2] == "22":
        place = re.search(r"\$(\d+)", str(error))
        return ValueOutOfRange(form.name, form.parameters[int(place[1]) - 1] if place else None)
    # Class 42 is about the statement itself and quotes identifiers only.
    return StatementFailed(form.name, code, str(error) if code[:2] == "42" else "")
