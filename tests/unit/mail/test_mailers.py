"""Mails: how they read, and where they go."""

from base64 import b64encode
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import compat32, default
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from steelyard.mail.mailers import (
    EMAIL_CHANGED,
    WELCOME,
    ConsoleMailer,
    FileMailer,
    Recipient,
    send_welcome,
    warning_the_old_address,
    welcome_mail,
)
from steelyard.tables.jobs import JobRow

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
SENDER = "Steelyard <no-reply@shop.example>"
ALICE = Recipient("Alice Johnson", "alice@example.com")


def job(user_id: int = 7) -> JobRow:
    return JobRow(12, WELCOME, {"user_id": user_id}, None, NOW, 1, 1)


async def people(user_id: int) -> Recipient | None:
    return ALICE if user_id == 7 else None


def sent(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.iterdir()]


async def test_a_new_user_is_welcomed_by_name(tmp_path: Path) -> None:
    await send_welcome(FileMailer(tmp_path), people, sender=SENDER).handler(job())

    (mail,) = sent(tmp_path)
    message = message_from_bytes(mail, policy=default)
    assert (message["Subject"], message["To"], message["From"]) == ("Welcome!", "Alice Johnson <alice@example.com>", SENDER)
    body = message.get_body()
    assert body is not None
    assert body.get_content().startswith("Hi Alice Johnson")


async def test_a_mail_that_is_sent_twice_is_the_same_mail(tmp_path: Path) -> None:
    task = send_welcome(FileMailer(tmp_path), people, sender=SENDER)
    await task.handler(job())
    (first,) = sent(tmp_path)

    await task.handler(job())

    assert sent(tmp_path) == [first]
    assert b"Message-ID: <mail.welcome.12@shop.example>" in first


async def test_nobody_is_welcomed_who_has_left(tmp_path: Path) -> None:
    await send_welcome(FileMailer(tmp_path), people, sender=SENDER).handler(job(user_id=8))

    assert sent(tmp_path) == []


async def test_mails_to_the_console_are_lines_in_the_log() -> None:
    with capture_logs() as lines:
        await send_welcome(ConsoleMailer(), people, sender=SENDER).handler(job())

    assert [line["event"] for line in lines] == ["mail"]
    assert "Hi Alice Johnson" in lines[0]["mail"]


@pytest.mark.parametrize("name", ["Ärger, Frau", 'Bob "the" Builder', "名前", "J. R. O'Neil-Smith", "李 小龍"])
async def test_any_name_stays_in_its_place(name: str) -> None:
    message = welcome_mail(Recipient(name, "x@example.com"), sender=SENDER, message_id="<1@x>", at=NOW)

    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert [(each.display_name, each.addr_spec) for each in parsed["To"].addresses] == [(name, "x@example.com")]


def encoded(text: str, kind: str = "b") -> str:
    """The text as an encoded word of RFC 2047, which the standard library decodes where it stands."""
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?=" if kind == "b" else f"=?utf-8?q?{quote(text).replace('%', '=')}?="


@pytest.mark.parametrize(
    "name",
    [
        encoded("x\r\nBcc: victim@example.com\r\n"),
        encoded("x\r\nBcc: victim@example.com\r\n", "q"),
        f"Alice {encoded('x' + chr(13) + chr(10) + chr(13) + chr(10) + 'Another body')}",
        encoded("x <evil@example.com>, y"),
        f'"{encoded("a, b@example.com")}"',
        "=?utf-8?b?!!!?=",
        "a@b <c@d>",
        "a, b@example.com",
        "x\u2028Bcc: victim@example.com",
        "Alice\u202eyrros",
    ],
)
async def test_no_name_adds_a_recipient_a_header_or_a_line(name: str) -> None:
    message = welcome_mail(Recipient(name, "x@example.com"), sender=SENDER, message_id="<1@x>", at=NOW)

    for policy in (default, compat32):
        parsed = message_from_bytes(message.as_bytes(), policy=policy)
        assert getaddresses([str(value) for head in ("to", "cc", "bcc") for value in parsed.get_all(head, [])]) == [("", "x@example.com")]
        assert sorted(each.lower() for each in parsed) == [
            *("content-transfer-encoding", "content-type", "date", "from", "message-id", "mime-version", "subject", "to")
        ]
    assert message.get_content() == "Hi,\n\nyour Steelyard account is ready. Happy trading!\n"


async def test_a_name_that_the_encoder_would_break_is_in_the_text_alone() -> None:
    message = welcome_mail(Recipient("Ó" * 60, "x@example.com"), sender=SENDER, message_id="<1@x>", at=NOW)

    assert message["To"].addresses[0].addr_spec == "x@example.com"
    assert message["To"].addresses[0].display_name in {"", "Ó" * 60}
    assert message.get_content().startswith(f"Hi {'Ó' * 60},")


@pytest.mark.parametrize(
    "name",
    [
        "Win at https://evil.example",
        "www evil example",
        "evil.com",
        "evil\uff0ecom",
        "evil。com",
        "t.co/x1",
        "Call 0900 123456 now",
        "You have won 1000 $",
        "Your account is locked, log in again today",
        "x" * 61,
        "\u3000",
        "\u2800",
        "...",
    ],
)
async def test_a_name_that_advertises_is_not_in_the_mail(name: str) -> None:
    message = welcome_mail(Recipient(name, "x@example.com"), sender=SENDER, message_id="<1@x>", at=NOW)

    assert message["To"] == "x@example.com"
    assert message.get_content().startswith("Hi,\n")


@pytest.mark.parametrize("email", ['""@example.com', '"=?utf-8?q?a?="@example.com', "=?utf-8?q?a?=@example.com", "not an address"])
async def test_an_address_that_no_mail_can_have_is_logged_and_no_failure(email: str, tmp_path: Path) -> None:
    """Strangers choose their address: a job that failed would tell operators that something needs their attention."""

    async def people(_: int) -> Recipient:
        return Recipient("Alice", email)

    changed = JobRow(13, EMAIL_CHANGED, {"email": email}, None, NOW, 1, 1)
    with capture_logs() as lines:
        await send_welcome(FileMailer(tmp_path), people, sender=SENDER).handler(job())
        await warning_the_old_address(FileMailer(tmp_path), sender=SENDER).handler(changed)

    assert [(line["event"], line["job_id"], line["job_kind"]) for line in lines] == [
        ("mail_not_addressable", 12, WELCOME),
        ("mail_not_addressable", 13, EMAIL_CHANGED),
    ]
    assert sent(tmp_path) == []


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [('"a"@example.com', "a@example.com"), ('"a.b"@example.com', "a.b@example.com"), ('"a b"@example.com', '"a b"@example.com')],
)
async def test_an_address_with_quotes_that_it_does_not_need_is_reached(email: str, mailbox: str) -> None:
    message = welcome_mail(Recipient("Alice", email), sender=SENDER, message_id="<1@x>", at=NOW)

    assert [each.addr_spec for each in message_from_bytes(message.as_bytes(), policy=default)["To"].addresses] == [mailbox]


async def test_eight_attempts_fit_into_six_hours() -> None:
    delays = send_welcome(ConsoleMailer(), people, sender=SENDER).delays_s

    assert len(delays) + 1 == 8
    assert 5 * 3600 < sum(delays) <= 6 * 3600


async def test_the_old_address_is_told_that_an_account_has_another_one(tmp_path: Path) -> None:
    changed = JobRow(13, EMAIL_CHANGED, {"email": "old@example.com"}, None, NOW, 1, 1)

    await warning_the_old_address(FileMailer(tmp_path), sender=SENDER).handler(changed)

    message = message_from_bytes(sent(tmp_path)[0], policy=default)
    assert (message["To"], message["Subject"]) == ("old@example.com", "Your e-mail address was changed")
