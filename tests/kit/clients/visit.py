"""A visit to a running server of any make: it sends requests, checks and records each exchange, and keeps the logins.

It only needs the address of the server, the contract, and the password of an admin.
"""

import math
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.kit.clients.api import CheckedTransport
from tests.kit.clients.raw import Peer, is_protocol_error
from tests.kit.contract.bodies import sent_as
from tests.kit.contract.checker import CONTRACT, Exchange, Operation
from tests.kit.contract.laws import Memory


class UnsupportedSetup(Exception):
    """A setup that no request can create, such as a session that is an hour old."""


class SetupFailed(Exception):
    """A valid request that sets up a test did not succeed."""

    def __init__(self, operation: Operation, exchange: Exchange) -> None:
        super().__init__(f"the response was {exchange.status}: {exchange.body[:300].decode('utf-8', 'replace')}")
        self.operation = operation


class VisitAborted(Exception):
    """The visit cannot continue. The message states what happened, why, and what to do."""


@dataclass(frozen=True)
class Sent:
    """The bytes of a request, and its exchange."""

    raw: bytes
    exchange: Exchange


@dataclass(frozen=True)
class Login:
    """The user and scopes of a token."""

    email: str
    scopes: tuple[str, ...] | None
    is_admin: bool = False


@dataclass
class Visit:
    """One server, while it is under test."""

    url: str
    admin: Login
    admin_password: str = field(repr=False)
    password: str = field(repr=False)
    tag: str
    log: list[Sent] = field(default_factory=list)
    mismatches: list[tuple[str, Sent]] = field(default_factory=list)
    logins: dict[str, Login] = field(default_factory=dict, repr=False)
    # The ids of users who were given a role during the visit.
    staff: list[int] = field(default_factory=list)
    unsupported: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    worlds: int = 0
    memory: Memory = field(default_factory=Memory)
    _admin_token: str = field(default="", repr=False)
    _admin_since: float = -math.inf

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        is_safe = parts.scheme == "https"
        address = (parts.hostname or "localhost", parts.port or (443 if is_safe else 80))
        self.peer = Peer(address, parts.netloc.rpartition("@")[2].encode(), self._record, ssl.create_default_context() if is_safe else None)

    def _record(self, raw: bytes, exchange: Exchange) -> None:
        """Check a response and record its mismatches. The visit continues, so that the report has all of them."""
        # All responses to pipelined requests belong to the same bytes.
        sent = Sent(raw or (self.log[-1].raw if self.log else b""), exchange)
        self.log.append(sent)
        self.seen += 1
        if not is_protocol_error(exchange):
            mismatches = CONTRACT.mismatches(exchange)
            self.mismatches += [(mismatch, sent) for mismatch in mismatches or CONTRACT.contradictions(self.memory, exchange)]
        if exchange.status == 429:
            raise VisitAborted(
                f"{exchange.method} {exchange.path} got a 429: the server limits the rate of requests, and the test sends "
                "thousands. Start it without limits, like `steelyard demo --no-limits`, or with STEELYARD_RATE_LIMITS=false."
            )

    def call(self, operation_id: str, body: Any = None, *, token: str | None = None, key: str | None = None, **ids: int) -> Any:
        """The body of the response. Raises SetupFailed unless the operation succeeds."""
        operation = CONTRACT.operations[operation_id]
        fields = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
        fields += [] if key is None else [(b"idempotency-key", key.encode())]
        described, raw = CONTRACT.body(operation), None
        if described is not None and body is not None:
            fields.append((b"content-type", sent_as(described[0]).encode()))
            raw = CONTRACT.encoded(operation, body)
        exchange = self.peer.request(operation.method, operation.path.format(**ids).encode(), fields, raw)
        if not 200 <= exchange.status < 300:
            raise SetupFailed(operation, exchange)
        return exchange.json() if exchange.body else None

    def log_in(self, email: str, password: str, scopes: Iterable[str] | None = None, *, is_admin: bool = False) -> tuple[int, str]:
        """A new session: its id and its token."""
        requested = None if scopes is None else tuple(scopes)
        form = {"username": email, "password": password}
        # An unknown scope gets a session without scopes. An empty one would request all of them.
        issued = self.call("issueToken", form if requested is None else {**form, "scope": " ".join(requested) or "nothing"})
        self.logins[issued["access_token"]] = Login(email, requested, is_admin)
        return issued["session_id"], issued["access_token"]

    def as_admin(self) -> str:
        """A token of the admin, issued in the last ten minutes."""
        if time.monotonic() - self._admin_since > 600:
            self._admin_token = self.log_in(self.admin.email, self.admin_password, is_admin=True)[1]
            self._admin_since = time.monotonic()
        return self._admin_token

    def demote_staff(self) -> None:
        """Take the role from all users who were given one during the visit."""
        token = self.as_admin()
        for user_id in self.staff:
            self.call("setUserAccess", {"role": "user", "is_active": True}, token=token, user_id=user_id)
        self.staff.clear()


class VisitTransport(CheckedTransport):
    """Sends the requests of an `Api` to the visited server."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(nowhere, CONTRACT)
        self.visit = visit

    async def send_exactly(
        self,
        method: str,
        target: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        body: AsyncIterable[bytes] | bytes,
        scheme: str = "http",  # noqa: ARG002  # the signature of `CheckedTransport`
    ) -> Exchange:
        content = body if isinstance(body, bytes) else b"".join([part async for part in body])
        fields = [(name, value) for name, value in headers if name.lower() not in {b"host", b"connection"}]
        return self.visit.peer.request(method, target, fields, content or None)


async def nowhere(*_: Any) -> None:
    """In place of an application, which a visit does not have."""
    raise AssertionError("there is no application in this process")
