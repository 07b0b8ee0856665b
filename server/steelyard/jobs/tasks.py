"""The tasks of a worker: for jobs of one kind, and periodic ones."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.tables.jobs import JobRow

# Writes the outcome of a job in the transaction that marks it as done.
Effect = Callable[[Transaction], Awaitable[object]]
# Does the work outside of the database, in no transaction.
JobHandler = Callable[[JobRow], Awaitable[Effect | None]]

# Rows stay for a day or longer, so five minutes more make no difference.
DELETE_INTERVAL_S = 300


class PermanentFailure(Exception):
    """Another attempt would fail, too: the job is marked dead at once."""


@dataclass(frozen=True, slots=True)
class Task:
    """How jobs of one kind are done, and the delay after each failure. The failure after the last delay marks the job dead."""

    handler: JobHandler
    delays_s: Sequence[float] = (5, 30, 120, 600, 1800, 3600, 10_800)
    timeout_s: float = 30


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Work that every worker repeats at an interval; `run` returns how many rows it changed.

    A run that changes `batch` rows is followed by the next one at once, for ten seconds at most.
    """

    name: str
    interval_s: float
    run: Callable[[Database], Awaitable[int]]
    batch: int | None = None
