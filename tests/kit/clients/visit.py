"""A visit to a server that is already running, whoever made it: what is sent and answered there, judged and remembered, and who is who.

Nothing is known of the server but its address, the contract, and an admin who can log in.
"""

import math
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.kit.clients.api import CheckedTransport, encoded
from tests.kit.clients.raw import Peer, is_protocol_error
from tests.kit.contract.checker import CONTRACT, Exchange, Operation


class UnsupportedSetup(Exception):
    """Something that no caller of the API can make, such as a session that is an hour old."""


class SetupFailed(Exception):
    """A request that the contract calls good, and that should have made something for a test, was refused."""

    def __init__(self, operation: Operation, exchange: Exchange) -> None:
        super().__init__(f"it was answered {exchange.status}: {exchange.body[:300].decode('utf-8', 'replace')}")
        self.operation = operation


class VisitAborted(Exception):
    """The visit cannot go on: what happened, why, what now."""


@dataclass(frozen=True)
class Sent:
    """The bytes of a request, and what came of it."""

    raw: bytes
    exchange: Exchange


@dataclass(frozen=True)
class Login:
    """Whose a token is, and how to get one like it."""

    email: str
    scopes: tuple[str, ...] | None
    is_admin: bool = False


@dataclass
class Visit:
    """One server, for as long as it is examined."""

    url: str
    admin: Login
    admin_password: str = field(repr=False)
    password: str = field(repr=False)
    tag: str
    log: list[Sent] = field(default_factory=list)
    mismatches: list[tuple[str, Sent]] = field(default_factory=list)
    logins: dict[str, Login] = field(default_factory=dict, repr=False)
    # The ids of those who were given a role here.
    staff: list[int] = field(default_factory=list)
    unsupported: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    worlds: int = 0
    _admin_token: str = field(default="", repr=False)
    _admin_since: float = -math.inf

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        is_safe = parts.scheme == "https"
        address = (parts.hostname or "localhost", parts.port or (443 if is_safe else 80))
        self.peer = Peer(address, parts.netloc.rpartition("@")[2].encode(), self._hear, ssl.create_default_context() if is_safe else None)

    def _hear(self, raw: bytes, exchange: Exchange) -> None:
        """Judge an answer, and go on whatever comes of it: all that is wrong shall be told, not the first thing."""
        # Further answers to a pipeline belong to the same bytes.
        sent = Sent(raw or (self.log[-1].raw if self.log else b""), exchange)
        self.log.append(sent)
        self.seen += 1
        if exchange.status == 429:
            raise VisitAborted(
                f"{exchange.method} {exchange.path} was answered 429: the server limits the rate of requests, and an examination sends "
                "thousands. Start it without limits, like `steelyard demo --no-limits`, or with STEELYARD_RATE_LIMITS=false."
            )
        if not is_protocol_error(exchange):
            self.mismatches += [(one, sent) for one in CONTRACT.mismatches(exchange)]

    def call(self, operation_id: str, body: Any = None, *, token: str | None = None, key: str | None = None, **ids: int) -> Any:
        """What a success of the operation answers; anything else ends the preparation of whoever asked for it."""
        operation = CONTRACT.operations[operation_id]
        fields = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
        fields += [] if key is None else [(b"idempotency-key", key.encode())]
        described, raw = CONTRACT.body(operation), None
        if described is not None and body is not None:
            fields.append((b"content-type", described[0].encode()))
            raw = encoded(described[0], body)
        answer = self.peer.request(operation.method, operation.path.format(**ids).encode(), fields, raw)
        if not 200 <= answer.status < 300:
            raise SetupFailed(operation, answer)
        return answer.json() if answer.body else None

    def log_in(self, email: str, password: str, scopes: Iterable[str] | None = None, *, is_admin: bool = False) -> tuple[int, str]:
        """A new session: its id and its token."""
        asked = None if scopes is None else tuple(scopes)
        form = {"username": email, "password": password}
        # A scope that no role has gets a session without any; an empty one would ask for all.
        told = self.call("issueToken", form if asked is None else {**form, "scope": " ".join(asked) or "nothing"})
        self.logins[told["access_token"]] = Login(email, asked, is_admin)
        return told["session_id"], told["access_token"]

    def as_admin(self) -> str:
        """A token of the admin's, of the last ten minutes."""
        if time.monotonic() - self._admin_since > 600:
            self._admin_token = self.log_in(self.admin.email, self.admin_password, is_admin=True)[1]
            self._admin_since = time.monotonic()
        return self._admin_token

    def demote_staff(self) -> None:
        """Make ordinary people of all who were given a role here."""
        token = self.as_admin()
        for user_id in self.staff:
            self.call("setUserAccess", {"role": "user", "is_active": True}, token=token, user_id=user_id)
        self.staff.clear()


class VisitTransport(CheckedTransport):
    """Carries an `Api`'s requests to the visited server."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(nowhere, CONTRACT)
        self.visit = visit

    async def carry(
        self,
        method: str,
        target: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        body: AsyncIterable[bytes] | bytes,
        scheme: str = "http",  # noqa: ARG002  # the signature of `Wire`
    ) -> Exchange:
        content = body if isinstance(body, bytes) else b"".join([part async for part in body])
        fields = [(name, value) for name, value in headers if name.lower() not in {b"host", b"connection"}]
        return self.visit.peer.request(method, target, fields, content or None)


async def nowhere(*_: Any) -> None:
    """The application that a visit does not have."""
    raise AssertionError("there is no application in this process")
