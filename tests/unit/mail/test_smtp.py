"""Mails by SMTP, to a real mail server on a real port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from steelyard.jobs.tasks import PermanentFailure, Refused
from steelyard.mail.mailers import MailRejected, NotSent
from steelyard.mail.messages import Content, Recipient, Sender, build_message
from steelyard.mail.smtp import SmtpMailer
from steelyard.settings.smtp_urls import Encryption, smtp_server
from tests.kit.servers.certificates import for_localhost
from tests.kit.servers.mail_servers import CUT, SILENCE, Step, mail_server
from tests.kit.servers.waiting import until

LOGIN = ("shop", "pw")
SENDER = Sender("Steelyard <mail@shop.example>")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return for_localhost(tmp_path)


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate, which this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


@asynccontextmanager
async def mailer(url: str, *, at_once: int = 4, timeout_s: float = 5) -> AsyncIterator[SmtpMailer]:
    opened = SmtpMailer(smtp_server(url), client_name="shop.example", at_once=at_once, timeout_s=timeout_s)
    try:
        yield opened
    finally:
        await opened.close()


def message(number: int = 1, to: str = "alice@example.com") -> EmailMessage:
    content = Content("Welcome!", f"Number {number}.\n", f"<p>Number {number}.</p>\n")
    at = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
    return build_message(Recipient("", to), content, sender=SENDER, message_id=f"<{number}@shop.example>", at=at)


async def test_a_mail_arrives_byte_for_byte() -> None:
    written = message()

    async with mail_server() as server, mailer(server.url) as sending:
        await sending.send(written)

    (delivery,) = server.deliveries
    assert (delivery.sender, delivery.recipient, delivery.client_name) == ("mail@shop.example", "alice@example.com", "shop.example")
    assert delivery.content == written.as_bytes()


async def test_the_login_is_sent_only_after_starttls(trusted: Path) -> None:
    async with mail_server("starttls", certificate=trusted, login=LOGIN) as server, mailer(server.url) as sending:
        await sending.send(message())

    (delivery,) = server.deliveries
    assert (delivery.is_encrypted, delivery.user) == (True, "shop")


async def test_with_smtps_everything_is_encrypted(trusted: Path) -> None:
    async with mail_server("tls", certificate=trusted, login=LOGIN) as server, mailer(server.url) as sending:
        await sending.send(message())

    (delivery,) = server.deliveries
    assert (delivery.is_encrypted, delivery.user) == (True, "shop")


@pytest.mark.parametrize("encryption", ["tls", "starttls"])
async def test_a_certificate_that_no_authority_signed_gets_no_login_and_no_mail(encryption: Encryption, certificate: Path) -> None:
    async with mail_server(encryption, certificate=certificate, login=LOGIN) as server, mailer(server.url) as sending:
        with pytest.raises(NotSent, match="certificate verify failed"):
            await sending.send(message())

    assert server.deliveries == []


async def test_the_certificate_of_another_host_gets_no_mail(trusted: Path) -> None:
    async with mail_server("starttls", certificate=trusted) as server, mailer(server.url.replace("localhost", "127.0.0.1")) as sending:
        with pytest.raises(NotSent, match="IP address mismatch"):
            await sending.send(message())

    assert server.deliveries == []


async def test_a_server_without_starttls_gets_no_login_and_no_mail() -> None:
    """A stranger in between can remove the offer of STARTTLS."""
    async with mail_server() as server, mailer(server.url.replace("smtp://", "smtp+starttls://shop:pw@")) as sending:
        with pytest.raises(NotSent, match="STARTTLS"):
            await sending.send(message())

        await until(lambda: server.open_connections == 0)

    assert server.deliveries == []


async def test_a_rejected_login_is_not_the_fault_of_the_mail(trusted: Path) -> None:
    async with (
        mail_server("starttls", certificate=trusted, login=LOGIN) as server,
        mailer(server.url.replace(":pw@", ":other@")) as sending,
    ):
        with pytest.raises(NotSent) as caught:
            await sending.send(message())

    assert (caught.value.step, caught.value.code) == ("AUTH", 535)
    assert not isinstance(caught.value, PermanentFailure)


@pytest.mark.parametrize(
    ("step", "response"),
    [
        ("greeting", "421 4.3.2 Going down"),
        ("greeting", "554 5.7.1 Your address is on a list"),
        ("EHLO", "550 5.7.1 Unknown host"),
        ("MAIL", "451 4.3.0 Try again"),
        ("MAIL", "530 5.7.0 Log in first"),
        ("MAIL", "550 5.7.1 This sender is not yours"),
        ("RCPT", "450 4.2.0 Greylisted"),
        ("RCPT", "530 5.7.0 Log in first"),
        ("RCPT", "nonsense"),
        ("DATA", "452 4.3.1 Disk full"),
        ("DATA", "421 4.3.2 Going down"),
    ],
)
async def test_another_attempt_may_succeed_if_the_mail_is_not_to_blame(step: Step, response: str) -> None:
    async with mail_server() as server, mailer(server.url) as sending:
        server.respond(step, response)
        with pytest.raises(NotSent) as caught:
            await sending.send(message())
        await until(lambda: server.open_connections == 0)
        await sending.send(message())

    assert not isinstance(caught.value, PermanentFailure)
    assert caught.value.step == {"greeting": "connection"}.get(step, step)
    assert caught.value.code == (int(response[:3]) if response[:3].isdigit() else -1)
    assert len(server.deliveries) == 1


@pytest.mark.parametrize(
    ("step", "response", "needs_operator"),
    [
        ("RCPT", "550 5.1.1 No such user", False),
        ("RCPT", "552 5.2.2 Mailbox full", False),
        ("RCPT", "550 Unrouteable address", False),
        ("RCPT", "554 5.7.1 Relay access denied", True),
        ("DATA", "554 5.7.1 Looks like spam", True),
    ],
)
async def test_a_rejected_recipient_or_text_is_final(step: Step, response: str, *, needs_operator: bool) -> None:
    """A mailbox that does not exist was chosen by its user: no operator can help."""
    async with mail_server() as server, mailer(server.url) as sending:
        server.respond(step, response)
        with pytest.raises(MailRejected) as caught:
            await sending.send(message())

    assert isinstance(caught.value, PermanentFailure)
    assert isinstance(caught.value, Refused) is not needs_operator
    assert (caught.value.step, caught.value.code) == (step, int(response[:3]))
    assert server.deliveries == []


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "after DATA"])
@pytest.mark.parametrize(("what", "timeout_s"), [(CUT, 5), (SILENCE, 0.05)])
async def test_a_server_that_hangs_up_or_goes_silent_delays_the_mail(step: Step, what: str, timeout_s: float) -> None:
    """The connection is not used again: a late response would be taken for the response to another command."""
    async with mail_server() as server, mailer(server.url, timeout_s=timeout_s) as sending:
        server.respond(step, what)

        with pytest.raises(NotSent) as caught:
            await sending.send(message())

        assert caught.value.code is None
        await until(lambda: server.open_connections == 0)


async def test_a_server_that_is_not_there_delays_the_mail() -> None:
    async with mail_server() as server:
        url = server.url
    async with mailer(url) as sending:
        with pytest.raises(NotSent) as caught:
            await sending.send(message())

    assert (caught.value.step, caught.value.code) == ("connection", None)


@pytest.mark.slow
async def test_a_slow_confirmation_is_waited_for() -> None:
    """The server has the mail already: without patience it would be sent twice."""
    async with mail_server() as server, mailer(server.url, timeout_s=1) as sending:
        server.delay_confirmation(by_s=1.2)
        await sending.send(message())

    assert len(server.deliveries) == 1


async def test_one_connection_carries_many_mails() -> None:
    async with mail_server() as server, mailer(server.url) as sending:
        for number in range(5):
            await sending.send(message(number))

    assert (len(server.deliveries), server.connections) == (5, 1)


@pytest.mark.parametrize("ending", ["hang_up", "say_421"])
async def test_a_connection_that_ended_while_it_waited_costs_no_attempt(ending: str) -> None:
    async with mail_server() as server, mailer(server.url) as sending:
        await sending.send(message(1))
        server.hang_up() if ending == "hang_up" else server.respond("MAIL", "421 4.4.2 Idle for too long")
        await sending.send(message(2))

    assert [delivery.connection for delivery in server.deliveries] == [1, 2]


async def test_a_rejected_recipient_is_not_tried_again_on_a_new_connection() -> None:
    async with mail_server() as server, mailer(server.url) as sending:
        await sending.send(message(1))
        server.respond("RCPT", "550 5.1.1 No such user")
        with pytest.raises(MailRejected):
            await sending.send(message(2))

    assert (len(server.deliveries), server.connections) == (1, 1)


async def test_mails_are_sent_at_once_up_to_the_limit() -> None:
    async with mail_server() as server, mailer(server.url, at_once=3) as sending:
        await asyncio.gather(*(sending.send(message(number)) for number in range(20)))

    assert {delivery.message["Message-ID"] for delivery in server.deliveries} == {f"<{number}@shop.example>" for number in range(20)}
    assert server.most_open == 3
    assert server.connections == 3


async def test_idle_connections_end_when_the_mailer_closes() -> None:
    async with mail_server() as server:
        async with mailer(server.url) as sending:
            await asyncio.gather(*(sending.send(message(number)) for number in range(3)))

        assert server.said_goodbye == 3
        await until(lambda: server.open_connections == 0)


async def test_an_idle_connection_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.mail.smtp._IDLE_S", 0)
    async with mail_server() as server, mailer(server.url) as sending:
        await sending.send(message())

        await until(lambda: server.open_connections == 0)
        assert server.said_goodbye == 1


async def test_a_cancelled_mail_closes_its_connection_and_frees_its_place() -> None:
    async with mail_server() as server, mailer(server.url, at_once=1) as sending:
        server.respond("RCPT", SILENCE)
        stuck = asyncio.create_task(sending.send(message(1)))
        await until(lambda: server.is_silent)
        stuck.cancel()
        await asyncio.wait([stuck])
        await until(lambda: server.open_connections == 0)
        await sending.send(message(2))

    assert [delivery.connection for delivery in server.deliveries] == [2]


@pytest.mark.parametrize("address", ['"a b"@example.com', "o'neil+tag@example.com"])
async def test_unusual_addresses_arrive(address: str) -> None:
    async with mail_server() as server, mailer(server.url) as sending:
        await sending.send(message(to=address))

    assert [delivery.recipient for delivery in server.deliveries] == [address]
