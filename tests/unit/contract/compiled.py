"""One operation of the contract, compiled with a handler of the test, and everything else as in the application."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from starlette.types import Message, Scope

from steelyard.contract.access.caller import Caller
from steelyard.contract.access.rate_limits import RateLimits
from steelyard.contract.document import Document
from steelyard.contract.execution.deadlines import Deadlines
from steelyard.contract.execution.runner import ProblemsByConstraint
from steelyard.contract.observer import RequestRecord
from steelyard.contract.open_streams import OpenStreams
from steelyard.contract.operation import CompiledOperation, Runtime
from steelyard.contract.response.validator import Mismatch, ResponseValidator, ValidationMode
from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly
from steelyard.rate_limits.counts import Counts
from steelyard.rate_limits.memory import MemoryLimiter, Quota
from steelyard.security.scopes import effective_scopes
from steelyard.security.sealing import Sealing
from steelyard.sources import Sources
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.policy import ALL_SCOPES
from steelyard_contract.problems import InvalidToken

DOCUMENT = Document.load()
REQUEST_ID = "0190a2b4-0000-7000-8000-000000000001"
TOKEN = (b"authorization", b"Bearer good")
JSON = (b"content-type", b"application/json")


class Response(NamedTuple):
    status: int
    headers: dict[bytes, bytes]
    body: Any


class Token(NamedTuple):
    credential_id: int
    user_id: int = 1


@dataclass
class Authenticator:
    """One good token, whose caller may change."""

    user_id: int = 1
    loads: int = 0
    schemes = frozenset({"oauth2"})

    def verify(self, token: bytes) -> Token:
        if token != b"good":
            raise InvalidToken
        return Token(7)

    def invalidate(self, claims: Token) -> None:
        """Nothing is cached."""

    async def load_caller(self, claims: Token, read: ReadOnly) -> Caller:  # noqa: ARG002  # the protocol
        self.loads += 1
        scopes = effective_scopes("user", ALL_SCOPES)
        return Caller(self.user_id, "user", scopes, claims.credential_id, "session", datetime(2026, 1, 2, tzinfo=UTC))


@dataclass
class Observer:
    """Keeps errors and mismatches."""

    errors: list[BaseException] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)

    def request_finished(self, method: str, record: RequestRecord) -> None:
        """The edge's."""

    def unhandled_error(self, error: BaseException, record: RequestRecord) -> None:  # noqa: ARG002  # the protocol
        self.errors.append(error)

    def mismatches_found(self, mismatches: Sequence[Mismatch], record: RequestRecord) -> None:  # noqa: ARG002  # the protocol
        self.mismatches.extend(mismatches)

    def rejected_origin(self, origin: bytes) -> None:
        """The edge's."""

    def deprecated_call(self, record: RequestRecord) -> None:
        """The wrapper's."""

    def replayed(self, operation_id: str) -> None:
        """The runner's."""


@dataclass
class Compiled:
    """The compiled operation and the parts that a test looks at."""

    operation_id: str
    handler: Callable[..., Any]
    database: Database | None = None
    mode: ValidationMode = "off"
    quota: int | None = None
    budget_s: float = 5
    max_streams: int = 1
    problems_by_constraint: ProblemsByConstraint = field(default_factory=dict)
    authenticator: Authenticator = field(default_factory=Authenticator)
    observer: Observer = field(default_factory=Observer)
    changes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sources = Sources()
        limiter = MemoryLimiter({"default": Quota(self.quota or 1, 60)}, Counts(sources.random_bytes))
        runtime = Runtime(
            document=DOCUMENT,
            shared={Database: self.database},
            authenticator=self.authenticator,
            rate_limits=RateLimits(limiter, sources.stopwatch, are_on=self.quota is not None),
            validator=ResponseValidator(DOCUMENT, self.mode, 1),
            problems_by_constraint=self.problems_by_constraint,
            sealing=Sealing(["a key for tests that is long enough"], sources.random_bytes),
            sources=sources,
            observer=self.observer,
            deadlines=Deadlines(self.budget_s),
            open_streams=OpenStreams(self.max_streams),
        )
        self.app = CompiledOperation(replace(OPERATIONS[self.operation_id], **self.changes), self.handler, runtime)

    async def send(self, *headers: tuple[bytes, bytes], body: bytes = b"", **path: str) -> Response:
        """The response to one request."""
        record = RequestRecord(REQUEST_ID, "192.0.2.1", datetime(2026, 1, 2, tzinfo=UTC))
        length = [(b"content-length", b"%d" % len(body))] if body else []
        scope: Scope = {
            "type": "http",
            "method": self.app.operation.method,
            "path": self.app.operation.path,
            "headers": [*headers, *length],
            "query_string": b"",
            "path_params": path,
            "record": record,
        }
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start, end = messages
        return Response(start["status"], dict(start["headers"]), json.loads(end["body"]) if end["body"] else None)
