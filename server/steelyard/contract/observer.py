"""What is recorded of each request, and who is notified of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from steelyard.contract.response.validator import Mismatch


class ContractViolation(Exception):
    """Our own code did what the contract does not allow; callers get 500."""


class RequestRecord:
    """What is known of one exchange; operations fill in their part, the log gets all of it."""

    __slots__ = ("address", "at", "credential_id", "operation_id", "problem", "request_id", "started_s", "status", "took_s", "user_id")

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


class RequestObserver(Protocol):
    """Where exchanges and faults are written down."""

    def request_finished(self, method: str, record: RequestRecord) -> None:
        """One line for a finished request."""

    def unhandled_error(self, error: BaseException, record: RequestRecord) -> None:
        """An exception that nobody expected, once."""

    def mismatches_found(self, mismatches: Sequence[Mismatch], record: RequestRecord) -> None:
        """An answer that has been sent is not what the contract promises."""

    def rejected_origin(self, origin: bytes) -> None:
        """A page of an origin that is not allowed has sent a request, and its browser does not let it read the response."""

    def deprecated_call(self, record: RequestRecord) -> None:
        """Somebody still calls an operation that will go."""
