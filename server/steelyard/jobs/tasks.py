"""The tasks of a worker: for jobs of one kind, and periodic ones."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.settings.jobs import Queue
from steelyard.tables.jobs import JobRow

# Writes the outcome of a job in the transaction that marks it as done.
Effect = Callable[[Transaction], Awaitable[object]]
# Does the work outside of the database, in no transaction.
JobHandler = Callable[[JobRow], Awaitable[Effect | None]]

# Rows stay for a day or longer, so five minutes more make no difference.
DELETE_INTERVAL_S = 300


class PermanentFailure(Exception):
    """Another attempt would fail, too: the job is marked dead at once."""


class Refused(PermanentFailure):
    """The same, and no operator can help: the job counts as discarded. A mailbox that does not exist refuses every mail."""


@dataclass(frozen=True, slots=True)
class Task:
    """How jobs of one kind are done, and the delay after each failure. The failure after the last delay marks the job dead.

    Of several due kinds, those of the higher priority start first. `at_once` is how many jobs of this kind run at the same time, in all
    workers together.
    """

    handler: JobHandler
    delays_s: Sequence[float] = (5, 30, 120, 600, 1800, 3600, 10_800)
    timeout_s: float = 30
    queue: Queue = "default"
    priority: int = 0
    at_once: int | None = None


class Run:
    """One run of a periodic task: whether it has to end, and how many rows it has changed and skipped so far."""

    def __init__(self, is_over: Callable[[], bool] = lambda: False) -> None:
        self._is_over = is_over
        self.changed = 0
        self.failed = 0

    @property
    def is_over(self) -> bool:
        """Whether its time is spent or the worker stops. What is left is done by the next run."""
        return self._is_over()


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Work that is repeated at an interval, at even times of the clock: by one of all workers, or by each of them.

    A run ends within its budget, or soon after; if it does not, it is cancelled.
    """

    name: str
    interval_s: float
    run: Callable[[Database, Run], Awaitable[object]]
    budget_s: float = 10
    in_every_worker: bool = False


def in_batches(change: Callable[[Database], Awaitable[int]], size: int) -> Callable[[Database, Run], Awaitable[None]]:
    """A run that repeats the change, which returns how many rows it has changed, until there are fewer than a batch."""

    async def run(database: Database, run: Run) -> None:
        changed = size
        while changed >= size and not run.is_over:
            changed = await change(database)
            run.changed += changed

    return run
