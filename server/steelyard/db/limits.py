"""How many connections there are and how long anything may take; the settings of the same names say why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
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
    # Off where a pooler refuses start-up parameters; the role carries them then (ALTER ROLE ... SET).
    server_settings: bool = True
    # Reads that many ask for at the same time are one statement.
    shared_reads: bool = True
    sqlite_readers: int = 4
    sqlite_busy_timeout_s: float = 5
    # NORMAL loses acknowledged commits in a power cut, though never the file.
    sqlite_synchronous: str = "FULL"
