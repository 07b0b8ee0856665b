"""The number of connections and the time limits; the settings of the same names give the reasons."""

from dataclasses import dataclass
from typing import Self

from steelyard.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOptions:
    # As pg_stat_activity lists the connections.
    application_name: str = "steelyard"
    pool_size: int = 20
    pool_overflow: int = 10
    pool_at_start: int = 2
    pool_recycle_s: float = 3600
    pool_queue: int = 200
    pool_wait_s: float = 2
    connect_timeout_s: float = 2
    command_timeout_s: float = 3
    statement_timeout_s: float = 5
    # Fires before the client's own timeout, so that the connection survives it.
    lock_timeout_s: float = 2
    idle_in_transaction_timeout_s: float = 10
    # Off behind a PgBouncer that pools transactions without keeping prepared statements: one round trip more.
    prepared: bool = True
    # Off behind a pooler that rejects start-up parameters; then the role has the timeouts (ALTER ROLE ... SET).
    server_settings: bool = True
    # Equal and similar reads at the same time are one statement (decision 0008).
    shared_reads: bool = True
    # Prepared statements run by asyncpg's protocol instead of its public methods (decision 0007).
    direct_calls: bool = True
    # BEGIN, COMMIT and deferred changes are sent with other statements (decision 0012).
    pipelining: bool = True
    # Orders that wait at the same moment are placed by one transaction (decision 0032).
    group_commit: bool = True
    sqlite_readers: int = 4
    sqlite_busy_timeout_s: float = 5
    # NORMAL can lose acknowledged commits in a power cut, but never damages the file.
    sqlite_synchronous: str = "FULL"

    @classmethod
    def of(cls, settings: Settings, *, application_name: str = "steelyard") -> Self:
        return cls(
            application_name=application_name,
            pool_size=settings.pool_size,
            pool_overflow=settings.pool_overflow,
            pool_recycle_s=settings.pool_recycle_s,
            pool_queue=settings.pool_waiting,
            pool_wait_s=settings.pool_acquire_timeout_s,
            connect_timeout_s=settings.database_connect_timeout_s,
            command_timeout_s=settings.database_command_timeout_s,
            statement_timeout_s=settings.database_statement_timeout_s,
            lock_timeout_s=settings.database_lock_timeout_s,
            idle_in_transaction_timeout_s=settings.database_idle_transaction_timeout_s,
            prepared=settings.database_prepared,
            server_settings=settings.database_startup_parameters,
            shared_reads=settings.database_shared_reads,
            direct_calls=settings.database_direct_calls,
            pipelining=settings.database_pipelining,
            group_commit=settings.database_group_commit,
            sqlite_readers=settings.sqlite_readers,
            sqlite_busy_timeout_s=settings.sqlite_busy_timeout_s,
        )
