"""A real mail server on a loopback port, which a test can make slow, strict or rude."""

import asyncio
import logging
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from steelyard.settings.smtp_urls import Encryption

# Instead of a response: the connection ends, or nothing comes.
CUT = "cut"
SILENCE = "silence"

Step = Literal["greeting", "EHLO", "MAIL", "RCPT", "DATA", "after DATA"]


@dataclass(frozen=True)
class Delivery:
    """A mail that the server has accepted, and what it learned before."""

    sender: str
    recipient: str
    content: bytes
    client_name: str
    is_encrypted: bool
    user: str | None
    connection: int

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)


@dataclass
class MailServer:
    """Accepts every mail, except where a step has a script: each entry of it is one response."""

    encryption: Encryption = "none"
    login: tuple[str, str] | None = None
    port: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    connections: int = 0
    most_open: int = 0
    said_goodbye: int = 0
    is_silent: bool = False
    _confirmation_delay_s: float = 0
    _scripts: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _transports: set[asyncio.BaseTransport] = field(default_factory=set)

    def respond(self, step: Step, *responses: str) -> None:
        self._scripts[step] += responses

    def delay_confirmation(self, *, by_s: float) -> None:
        self._confirmation_delay_s = by_s

    async def confirm(self, session: "_Session") -> str:
        """The response to a mail that has arrived."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), self._confirmation_delay_s)
        return await self.next_response("after DATA", session) or "250 2.0.0 Queued"

    async def next_response(self, step: str, session: "_Session") -> str | None:
        """The response that the script has for this step, or None. Does not return from a silence before the server stops."""
        if not self._scripts[step]:
            return None
        response = self._scripts[step].popleft()
        if response == SILENCE:
            self.is_silent = True
            await self._released.wait()
        if response in {CUT, SILENCE}:
            session.abort()
            return "421 not read"
        return response

    @property
    def open_connections(self) -> int:
        return len(self._transports)

    @property
    def url(self) -> str:
        scheme = {"tls": "smtps", "starttls": "smtp+starttls", "none": "smtp"}[self.encryption]
        login = "" if self.login is None else f"{self.login[0]}:{self.login[1]}@"
        return f"{scheme}://{login}localhost:{self.port}"

    def hang_up(self) -> None:
        """End every connection."""
        for transport in list(self._transports):
            transport.close()

    def stop(self) -> None:
        self._released.set()
        for transport in list(self._transports):
            transport.abort() if isinstance(transport, asyncio.WriteTransport) else transport.close()


class _Session(SMTP):
    """One connection."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None) -> None:
        self._server = server
        self._greeted = False
        self._socket: asyncio.BaseTransport | None = None
        super().__init__(
            self,
            hostname="mail.example.com",
            tls_context=tls if server.encryption == "starttls" else None,
            auth_require_tls=server.encryption == "starttls",
            authenticator=self._authenticate,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._socket is None:
            self._socket = transport
            self._server.connections += 1
            self.number = self._server.connections
            self._server._transports.add(transport)
            self._server.most_open = max(self._server.most_open, len(self._server._transports))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._socket is not None:
            self._server._transports.discard(self._socket)
        super().connection_lost(error)

    def eof_received(self) -> bool:
        super().eof_received()
        return False

    def abort(self) -> None:
        assert isinstance(self._socket, asyncio.WriteTransport)
        self._socket.abort()

    def _authenticate(self, *arguments: Any) -> AuthResult:
        data = arguments[-1]
        assert isinstance(data, LoginPassword)
        success = self._server.login == (data.login.decode(), data.password.decode())
        return AuthResult(success=success, handled=False, auth_data=data.login.decode())

    async def handle_exception(self, error: Exception) -> str:
        raise error

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            status = await self._server.next_response("greeting", self) or status
        await super().push(status)

    async def handle_EHLO(self, _server: SMTP, session: Any, _envelope: Any, name: str, responses: Sequence[str]) -> Sequence[str]:  # noqa: N802
        session.host_name = name
        response = await self._server.next_response("EHLO", self)
        return responses if response is None else [response]

    async def handle_MAIL(self, _server: SMTP, session: Any, envelope: Any, address: str, _options: Sequence[str]) -> str:  # noqa: N802
        if self._server.login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return await self._server.next_response("MAIL", self) or "250 2.1.0 OK"

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Sequence[str]) -> str:  # noqa: N802
        response = await self._server.next_response("RCPT", self)
        if response is None or response.startswith("2"):
            envelope.rcpt_tos.append(address)
        return response or "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if response := await self._server.next_response("DATA", self):
            return response
        transport = self.transport
        is_encrypted = transport is not None and transport.get_extra_info("sslcontext") is not None
        (recipient,) = envelope.rcpt_tos
        self._server.deliveries.append(
            Delivery(
                envelope.mail_from,
                recipient,
                envelope.original_content,
                session.host_name,
                is_encrypted,
                session.auth_data if session.authenticated else None,
                self.number,
            )
        )
        return await self._server.confirm(self)

    async def handle_QUIT(self, *_: Any) -> str:  # noqa: N802
        self._server.said_goodbye += 1
        return "221 2.0.0 Bye"


@asynccontextmanager
async def mail_server(
    encryption: Encryption = "none",
    *,
    certificate: Path | None = None,
    login: tuple[str, str] | None = None,
) -> AsyncIterator[MailServer]:
    """A running mail server."""
    # A command of the same process would print its warnings.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    server = MailServer(encryption, login)
    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: _Session(server, tls), "127.0.0.1", 0, ssl=tls if encryption == "tls" else None)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        server.stop()
        await listener.wait_closed()
