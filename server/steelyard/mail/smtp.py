"""Sends mails by SMTP."""

import asyncio
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPResponseException

from steelyard.mail.mailers import MailRejected, NotSent, Observe, RecipientRefused
from steelyard.settings.smtp_urls import SmtpServer
from steelyard.tracing import call_of

# Long enough for the mails of a busy minute, and shorter than mail servers wait for the next command (RFC 5321, 4.5.3.2.7).
_IDLE_S = 30
_QUIT_S = 2
# How many responses may be late before a mail counts as not sent. Nothing was sent by then.
_LATE_RESPONSES = 3
# A server that has read a mail may take its time to confirm it. Impatience sends it twice (RFC 5321, 4.5.3.2.6).
_CONFIRMATION = 6
# The steps whose 5xx is about this mail. In every other step it is about the sender, the login or the server, which an operator corrects.
_ABOUT_THE_MAIL = {"RCPT", "DATA"}
# A login is missing, too weak, wrong, or needs TLS: not about the mail, whatever the step (RFC 4954, section 6).
_ABOUT_THE_LOGIN = {530, 534, 535, 538}
# A rejection of a recipient that is not about the mailbox but about what this server may send, or about the mail server: an operator can
# act. Other enhanced status codes are about the mailbox, and many servers send none (RFC 3463, section 3).
_ABOUT_US = re.compile(r"5\.[3567]\.")
_CLOSING = 421


class SmtpMailer:
    """Sends several mails at the same time, each over a connection that then waits half a minute for the next mail."""

    def __init__(self, server: SmtpServer, *, client_name: str, at_once: int, timeout_s: float, observe: Observe | None = None) -> None:
        self._server = server
        self._client_name = client_name
        self._timeout_s = timeout_s
        self._observe = observe
        self._places = asyncio.Semaphore(at_once)
        self._tls = None if server.encryption == "none" else ssl.create_default_context()
        self._idle: dict[_Connection, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def send(self, message: EmailMessage) -> None:
        async with self._places:
            with call_of("SMTP"):
                await self._send(message)

    async def _send(self, message: EmailMessage) -> None:
        try:
            async with asyncio.timeout(_LATE_RESPONSES * self._timeout_s):
                connection = await self._prepare(message)
        except TimeoutError as error:
            raise NotSent("connection", None, "the mail server is too slow") from error
        await connection.transfer(message)
        self._idle[connection] = asyncio.get_running_loop().call_later(_IDLE_S, self._end_idle, connection)

    async def try_connection(self) -> None:
        """Connect, encrypt and log in as for a mail, and end the connection. Raises NotSent."""
        try:
            async with asyncio.timeout(_LATE_RESPONSES * self._timeout_s):
                connection = self._new_connection()
                await connection.open()
        except TimeoutError as error:
            raise NotSent("connection", None, "the mail server is too slow") from error
        await connection.end()

    async def close(self) -> None:
        for connection in list(self._idle):
            self._end_idle(connection)
        await asyncio.gather(*self._ending)

    async def _prepare(self, message: EmailMessage) -> "_Connection":
        """A connection whose server has accepted the sender and the recipient."""
        if (idle := self._take_idle()) is not None:
            try:
                await idle.announce(message)
            except NotSent as error:
                # The server may have ended the connection while it waited. Nothing was sent, so this costs no attempt.
                if isinstance(error, MailRejected) or error.code not in {None, _CLOSING}:
                    raise
            else:
                return idle
        connection = self._new_connection()
        await connection.open()
        await connection.announce(message)
        return connection

    def _new_connection(self) -> "_Connection":
        client = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            local_hostname=self._client_name,
            timeout=self._timeout_s,
            use_tls=self._server.encryption == "tls",
            # Its own upgrade is skipped if the server offers none; `open` insists on it.
            start_tls=False,
            tls_context=self._tls,
        )
        return _Connection(client, self._server, self._timeout_s, self._observe)

    def _take_idle(self) -> "_Connection | None":
        if not self._idle:
            return None
        connection, timer = self._idle.popitem()
        timer.cancel()
        return connection

    def _end_idle(self, connection: "_Connection") -> None:
        self._idle.pop(connection).cancel()
        ending = asyncio.create_task(connection.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


class _Connection:
    """A connection to the mail server. A step that fails closes it and raises NotSent."""

    def __init__(self, client: SMTP, server: SmtpServer, timeout_s: float, observe: Observe | None) -> None:
        self._client = client
        self._server = server
        self._timeout_s = timeout_s
        self._observe = observe

    async def open(self) -> None:
        """Connect, encrypt, log in."""
        client = self._client
        with self._step("connection"):
            self._report("connection", await client.connect())
        with self._step("EHLO"):
            self._report("EHLO", await client.ehlo())
        if self._server.encryption == "starttls":
            with self._step("STARTTLS"):
                self._report("STARTTLS", await client.starttls())
            with self._step("EHLO"):
                self._report("EHLO", await client.ehlo())
        if self._server.username is not None and self._server.password is not None:
            with self._step("AUTH"):
                self._report("AUTH", await client.login(self._server.username, self._server.password.get_secret_value()))

    async def announce(self, message: EmailMessage) -> None:
        """Name the sender and the recipient."""
        (sender,) = message["From"].addresses
        (recipient,) = message["To"].addresses
        with self._step("MAIL"):
            self._report("MAIL", await self._client.mail(sender.addr_spec))
        with self._step("RCPT"):
            self._report("RCPT", await self._client.rcpt(recipient.addr_spec))

    async def transfer(self, message: EmailMessage) -> None:
        """Send the mail itself."""
        with self._step("DATA"):
            self._report("DATA", await self._client.data(message.as_bytes(), timeout=_CONFIRMATION * self._timeout_s))

    async def end(self) -> None:
        """Take leave of the server, which may be gone already."""
        transport = self._client.transport
        with suppress(SMTPException, OSError):
            await self._client.quit(timeout=_QUIT_S)
        self._close(transport)

    def _report(self, step: str, response: SMTPResponse) -> None:
        if self._observe is not None:
            self._observe(step, response.code, response.message.partition("\n")[0])

    def _close(self, transport: asyncio.BaseTransport | None) -> None:
        self._client.close()
        # Closing TLS waits for the server, and the event loop of a command would end before the socket is closed.
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    @contextmanager
    def _step(self, step: str) -> Iterator[None]:
        try:
            yield
        except SMTPResponseException as error:
            self._close(self._client.transport)
            raise _kind_of_failure(step, error.code, error.message)(step, error.code, error.message) from error
        except (SMTPException, OSError) as error:
            self._close(self._client.transport)
            raise NotSent(step, None, str(error) or type(error).__name__) from error
        except BaseException:
            # Also if the step is cancelled: the response to it could be taken for the response to the next one.
            self._close(self._client.transport)
            raise


def _kind_of_failure(step: str, code: int, message: str) -> type[NotSent]:
    if step not in _ABOUT_THE_MAIL or not 500 <= code < 600 or code in _ABOUT_THE_LOGIN:
        return NotSent
    return RecipientRefused if step == "RCPT" and not _ABOUT_US.match(message) else MailRejected
