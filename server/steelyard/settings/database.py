"""Settings of the database."""

from typing import Annotated

from pydantic import AfterValidator, Field

from steelyard.settings.base import PlaceSettings, Seconds
from steelyard.settings.database_urls import canonical, is_sqlite


class DatabaseSettings(PlaceSettings):
    """The address of the database, its connections and timeouts."""

    database_url: Annotated[str, AfterValidator(canonical)] = Field(default="sqlite:///steelyard.db", max_length=2048, repr=False)
    """`postgresql://user:password@host:port/name`, if necessary with several hosts and `?sslmode=`; or `sqlite:///` and a path, which is
    absolute with a fourth slash."""
    pool_size: int = Field(default=20, ge=1, le=1000)
    """Connections to PostgreSQL that one process keeps."""
    pool_overflow: int = Field(default=10, ge=0, le=1000)
    """Connections that one process may open under load beyond STEELYARD_POOL_SIZE; it closes them when the load is over."""
    pool_waiting: int = Field(default=200, ge=0, le=10_000)
    """Requests of one process that may wait for a connection; the next one gets a 503 at once."""
    pool_acquire_timeout_s: Seconds = 2
    """Seconds that a request waits for a connection before it gets a 503."""
    pool_recycle_s: int = Field(default=3600, ge=60, le=86_400)
    """Seconds after which a connection is replaced."""
    database_connect_timeout_s: Seconds = 2
    """Seconds that opening a connection may take."""
    database_command_timeout_s: Seconds = 3
    """Seconds that the server waits for a statement."""
    database_statement_timeout_s: Seconds = 5
    """Seconds after which PostgreSQL itself stops a statement."""
    database_lock_timeout_s: Seconds = 2
    """Seconds that a statement waits for a lock."""
    database_idle_transaction_timeout_s: Seconds = 10
    """Seconds after which PostgreSQL ends a transaction that sends nothing."""
    database_shared_reads: bool = True
    """Whether simultaneous reads of the same items are one statement to PostgreSQL."""
    database_direct_calls: bool = True
    """Whether prepared statements run by asyncpg's protocol, which saves half of its calls, or by its public methods."""
    database_pipelining: bool = True
    """Whether BEGIN, COMMIT and changes without a result are sent to PostgreSQL in the messages of other statements, or by themselves."""
    database_group_commit: bool = True
    """Whether orders that wait at the same moment are placed by one transaction of PostgreSQL, or each by its own. It needs
    STEELYARD_DATABASE_PIPELINING."""
    database_prepared: bool = True
    """Whether statements are prepared by name. Switch it off behind a PgBouncer that does not keep prepared statements."""
    database_startup_parameters: bool = True
    """Whether timeouts are sent as start-up parameters of a connection. Switch it off behind a PgBouncer, which rejects them, and set
    them for the role (`ALTER ROLE ... SET statement_timeout`)."""
    sqlite_readers: int = Field(default=4, ge=1, le=64)
    """Reading connections to an SQLite file; there is always one writer."""
    sqlite_busy_timeout_s: Seconds = 5
    """Seconds that SQLite waits for the write of another process."""

    @property
    def is_embedded(self) -> bool:
        """Whether the database is an SQLite file, which a starting server migrates."""
        return is_sqlite(self.database_url)
