"""How jobs of one kind are done, and work that a worker repeats."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.tables.jobs import JobRow

# What a handler leaves to be written when its job is marked as done.
Effect = Callable[[Transaction], Awaitable[object]]
# Does what has to be done outside of the database, in no transaction.
JobHandler = Callable[[JobRow], Awaitable[Effect | None]]

# Rows are kept for a day and more: deleting them five minutes late makes no difference.
DELETE_INTERVAL_S = 300


class PermanentFailure(Exception):
    """Trying again will not help: the job is given up at once."""


@dataclass(frozen=True, slots=True)
class Task:
    """How jobs of one kind are done, and how long to wait after each failure; after the last one the job is given up."""

    handler: JobHandler
    delays_s: Sequence[float] = (5, 30, 120, 600, 1800, 3600, 10_800)
    timeout_s: float = 30


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Something to look after every so often; `run` returns how many rows it dealt with. Several workers may do so at once.

    With `at_once`, a run that deals with so many is followed by another at once, because there may be more; for ten seconds at most.
    """

    name: str
    every_s: float
    run: Callable[[Database], Awaitable[int]]
    at_once: int | None = None
