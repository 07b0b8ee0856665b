"""What a worker reports: its state on request, and each job to its observer."""

from typing import Literal, NamedTuple, Protocol

from steelyard.tables.jobs import JobRow
from steelyard.tracing import Span

# How an attempt ended. `handed_back`: the worker stopped, and the attempt does not count. `taken_over`: the job belongs to another worker,
# or was discarded meanwhile, so this attempt has changed nothing. `refused`: dead for a reason that no operator can remove.
Result = Literal["done", "retried", "dead", "refused", "handed_back", "taken_over"]


class WorkerState(NamedTuple):
    """What a worker is doing now. Ages are in seconds."""

    # Since it last looked for due jobs, whether or not the database responded.
    last_turn_s: float
    running: int
    # How long the oldest running job has been running; 0 if none is.
    oldest_s: float


class JobObserver(Protocol):
    """Is notified of jobs and periodic tasks. It must not fail, and must not wait."""

    def job_started(self, kind: str, wait_s: float) -> None:
        """An attempt begins, so long after the job was due."""

    def job_finished(self, kind: str, result: Result, took_s: float) -> None:
        """An attempt has ended. Each one that has started does, unless its process is killed."""

    def periodic_task_finished(self, name: str, *, changed: int, failed: int, took_s: float, is_success: bool) -> None:
        """A run has changed and skipped so many rows. It is no success if the run itself failed."""


class JobTracing(Protocol):
    """Makes the spans of jobs."""

    def job_began(self, kind: str, traceparent: str | None) -> Span | None:
        """The span of an attempt, if it is sampled. `traceparent` is that of the request that caused the job."""

    def job_ended(self, span: Span, job: JobRow, result: Result) -> None:
        """Complete the span."""


class Unobserved:
    """Notes nothing."""

    def job_started(self, kind: str, wait_s: float) -> None:
        pass

    def job_finished(self, kind: str, result: Result, took_s: float) -> None:
        pass

    def periodic_task_finished(self, name: str, *, changed: int, failed: int, took_s: float, is_success: bool) -> None:
        pass
