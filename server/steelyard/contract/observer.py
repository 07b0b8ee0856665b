"""The record of a request, and the observer of requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from steelyard.contract.response.validator import Mismatch
from steelyard.tracing import Span


class ContractViolation(Exception):
    """The server did something that the contract does not allow; the caller gets a 500."""


class RequestRecord:
    """The facts about one request. The operation fills in its part, the log gets all of it."""

    __slots__ = (
        "address",
        "at",
        "credential_id",
        "operation_id",
        "problem",
        "request_id",
        "span",
        "started_s",
        "status",
        "took_s",
        "user_id",
    )

    def __init__(self, request_id: str, address: str, at: datetime, started_s: float = 0.0) -> None:
        self.request_id = request_id
        self.address = address
        self.at = at
        self.started_s = started_s
        self.operation_id: str | None = None
        self.user_id: int | None = None
        self.credential_id: int | None = None
        self.problem: str | None = None
        self.status = 0
        self.took_s = 0.0
        # None unless the request is in a sampled trace.
        self.span: Span | None = None


class RequestObserver(Protocol):
    """Is notified of requests, errors and mismatches."""

    def request_finished(self, method: str, record: RequestRecord) -> None:
        """One line for a finished request."""

    def unhandled_error(self, error: BaseException, record: RequestRecord) -> None:
        """An unexpected exception, once."""

    def mismatches_found(self, mismatches: Sequence[Mismatch], record: RequestRecord) -> None:
        """A response that has been sent differs from the contract."""

    def rejected_origin(self, origin: bytes) -> None:
        """A request from a page of an origin that is not allowed: its browser does not let it read the response."""

    def deprecated_call(self, record: RequestRecord) -> None:
        """A call of a deprecated operation."""

    def replayed(self, operation_id: str) -> None:
        """A request with a known idempotency key: its response is the stored one."""


class RequestTracing(Protocol):
    """Makes the spans of requests."""

    def request_began(self, record: RequestRecord, traceparent: bytes | None) -> Span | None:
        """The span of the request, if it is sampled. `traceparent` is what a trusted proxy has sent."""

    def request_ended(self, span: Span, method: str, record: RequestRecord) -> None:
        """Complete the span."""
