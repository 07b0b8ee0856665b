"""Settings of the workers and of the table of their jobs."""

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import Field, SecretStr, field_validator

from steelyard.settings.base import PlaceSettings, Words
from steelyard.settings.database_urls import canonical, is_sqlite

Queue = Literal["default", "mail", "webhooks", "imports", "payments"]
QUEUES: tuple[str, ...] = get_args(Queue)
# In place of a URL: do not listen.
_OFF = "off"


def check_queues(names: Iterable[str]) -> None:
    """Raise ValueError if one of the names is no queue."""
    if unknown := [name for name in names if name not in QUEUES]:
        raise ValueError(f"{unknown[0]} is not one of the queues {', '.join(QUEUES)}")


class JobSettings(PlaceSettings):
    """The workers, and how long jobs are kept."""

    embedded_worker: bool | None = None
    """Whether `steelyard serve` also runs the jobs of the outbox. By default it does with SQLite, but not with PostgreSQL, where
    `steelyard worker` runs them."""
    worker_queues: Words = ()
    """Queues whose jobs this worker runs: some of `default`, `mail`, `webhooks`, `imports` and `payments`. By default all of them."""
    worker_at_once: int = Field(default=100, ge=1, le=10_000)
    """Jobs that one worker runs at the same time."""
    worker_pool: int = Field(default=8, ge=2, le=1000)
    """Connections to PostgreSQL that `steelyard worker` keeps; one more listens for new jobs."""
    jobs_listen_url: SecretStr | None = None
    """Where a worker listens for new jobs, if not at STEELYARD_DATABASE_URL: the address of PostgreSQL itself if that one is a PgBouncer's.
    With `off`, a worker only looks for jobs twice a second."""
    keep_done_h: int = Field(default=24, ge=1, le=8760)
    """Hours for which done jobs are kept."""
    keep_dead_d: int = Field(default=30, ge=1, le=3650)
    """Days for which dead jobs are kept. Until then they can be retried."""

    def listen_url(self, database_url: str) -> str | None:
        """Where a worker listens, or None if it does not. `database_url` is that of the database."""
        url = database_url if self.jobs_listen_url is None else self.jobs_listen_url.get_secret_value()
        return None if is_sqlite(database_url) or url == _OFF else canonical(url)

    @field_validator("worker_queues")
    @classmethod
    def _queues_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_queues(names)
        return names

    @field_validator("jobs_listen_url")
    @classmethod
    def _listens_to_postgresql(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and url.get_secret_value() != _OFF and is_sqlite(canonical(url.get_secret_value())):
            raise ValueError("SQLite sends no notifications. Write postgresql://user:password@host:port/name, or off")
        return url
