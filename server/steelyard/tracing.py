"""The span of the work at hand. Code that waits for something notes it there; without a sampled trace there is no span.

`telemetry.tracing` decides what is sampled and sends what is finished.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, TypeVar

T = TypeVar("T")

# SERVER: a request. CONSUMER: a job. CLIENT: a call of another service.
Kind = Literal["SERVER", "CONSUMER", "CLIENT"]
Value = str | int | float | bool
# As the limit of OpenTelemetry. A job may run any number of statements.
MAX_STEPS = 128


class Named(Protocol):
    """Something whose name takes time to find out: only the sender of spans reads it."""

    @property
    def name(self) -> str: ...


class Step(NamedTuple):
    """A statement that was waited for, by the stopwatch of its span. `error` is the class of the exception that ended it."""

    what: Named | str
    began_s: float
    ended_s: float
    error: str | None


class Moment(NamedTuple):
    """The same moment by the clock and by the stopwatch."""

    at: datetime
    s: float


class Continuation(NamedTuple):
    """The place in a trace where other work continues: 16 and 8 bytes, neither of them only zeros."""

    trace_id: bytes
    span_id: bytes


class Recorder(Protocol):
    """What spans need of the tracing that made them."""

    @property
    def stopwatch(self) -> Callable[[], float]: ...
    @property
    def random_bytes(self) -> Callable[[int], bytes]: ...
    def finished(self, span: "Span") -> None:
        """The span is complete. Must not fail or wait."""


class Span:
    """A piece of work in a sampled trace. It holds names, numbers and times, never a value that a caller sent."""

    __slots__ = (
        "attributes",
        "began_s",
        "dropped",
        "ended_s",
        "is_failed",
        "kind",
        "link",
        "moment",
        "name",
        "parent_id",
        "recorder",
        "span_id",
        "steps",
        "trace_id",
    )

    def __init__(
        self,
        recorder: Recorder,
        kind: Kind,
        name: str,
        moment: Moment,
        *,
        began_s: float | None = None,
        trace_id: bytes | None = None,
        parent_id: bytes | None = None,
        link: Continuation | None = None,
    ) -> None:
        self.recorder = recorder
        self.kind = kind
        self.name = name
        # All times are by the stopwatch, from this moment.
        self.moment = moment
        self.began_s = self.ended_s = moment.s if began_s is None else began_s
        self.trace_id = trace_id or recorder.random_bytes(16)
        self.span_id = recorder.random_bytes(8)
        self.parent_id = parent_id
        self.link = link
        self.attributes: Mapping[str, Value] = {}
        self.is_failed = False
        self.steps: list[Step] = []
        self.dropped = 0

    @property
    def traceparent(self) -> str:
        """Where other work continues this trace, as W3C Trace Context writes it."""
        return f"00-{self.trace_id.hex()}-{self.span_id.hex()}-01"

    async def wait_for(self, what: Named | str, waiting: Awaitable[T]) -> T:
        """The result of the awaitable. Note how long it took, and whether it failed."""
        began_s = self.recorder.stopwatch()
        try:
            result = await waiting
        except BaseException as error:
            self.note(what, began_s, type(error).__qualname__)
            raise
        self.note(what, began_s)
        return result

    def note(self, what: Named | str, began_s: float, error: str | None = None) -> None:
        """Note a step that ends now."""
        if len(self.steps) < MAX_STEPS:
            self.steps.append(Step(what, began_s, self.recorder.stopwatch(), error))
        else:
            self.dropped += 1

    def finish(self, attributes: Mapping[str, Value], *, is_failed: bool = False) -> None:
        """The work has ended."""
        self.ended_s = self.recorder.stopwatch()
        self.attributes = attributes
        self.is_failed = is_failed
        self.recorder.finished(self)


# Tasks that a request or a job creates belong to it, too.
current_span: ContextVar[Span | None] = ContextVar("current_span", default=None)


@contextmanager
def call_of(service: str) -> Iterator[None]:
    """A call of another service, such as `SMTP`, as a span below the current one, if there is one."""
    parent = current_span.get()
    if parent is None:
        yield
        return
    recorder = parent.recorder
    span = Span(
        recorder,
        "CLIENT",
        service,
        parent.moment,
        began_s=recorder.stopwatch(),
        trace_id=parent.trace_id,
        parent_id=parent.span_id,
    )
    try:
        yield
    except BaseException as error:
        span.finish({"error.type": type(error).__qualname__}, is_failed=True)
        raise
    span.finish({})
