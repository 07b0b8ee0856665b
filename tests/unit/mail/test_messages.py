"""Messages: names and addresses that users choose stay in their place."""

from base64 import b64encode
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import BaseHeader
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses
from urllib.parse import quote

import pytest

from steelyard.mail.messages import Content, NotAddressable, Recipient, Sender, build_message, is_plain, readable

CONTENT = Content("Welcome!", "Hi,\n\nyour account is ready.\n", "<p>Hi,</p>\n<p>your account is ready.</p>\n")
SENDER = Sender("Steelyard <mail@shop.example>", "help@shop.example")


def message(name: str, email: str = "x@example.com", content: Content = CONTENT, sender: Sender = SENDER) -> EmailMessage:
    at = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
    return build_message(Recipient(name, email), content, sender=sender, message_id="<1@shop.example>", at=at)


@pytest.mark.parametrize("name", ["Ärger, Frau", 'Bob "the" Builder', "名前", "J. R. O'Neil-Smith", "李 小龍"])
def test_a_plain_name_is_part_of_the_address(name: str) -> None:
    parsed = message_from_bytes(message(name).as_bytes(), policy=default)

    assert [(each.display_name, each.addr_spec) for each in parsed["To"].addresses] == [(name, "x@example.com")]


def encoded(text: str, kind: str = "b") -> str:
    """The text as an encoded word of RFC 2047, which the standard library decodes wherever it finds one."""
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
def test_no_name_adds_a_recipient_a_header_or_a_line(name: str) -> None:
    written = message(name)

    for policy in (default, compat32):
        parsed = message_from_bytes(written.as_bytes(), policy=policy)
        assert getaddresses([str(value) for head in ("to", "cc", "bcc") for value in parsed.get_all(head, [])]) == [("", "x@example.com")]
        assert sorted(each.lower() for each in parsed) == [
            *("auto-submitted", "content-type", "date", "from", "message-id", "mime-version"),
            *("reply-to", "subject", "to", "x-auto-response-suppress"),
        ]
    assert [part.get_content() for part in written.iter_parts()] == [CONTENT.text, CONTENT.html]


def test_a_name_that_the_encoder_would_break_is_left_out_of_the_address() -> None:
    (address,) = message("Ó" * 60)["To"].addresses

    assert address.addr_spec == "x@example.com"
    assert address.display_name in {"", "Ó" * 60}


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
def test_a_name_that_advertises_is_not_plain(name: str) -> None:
    assert not is_plain(name)
    assert message(name)["To"] == "x@example.com"


@pytest.mark.parametrize(
    "email", ['""@example.com', '"=?utf-8?q?a?="@example.com', "=?utf-8?q?a?=@example.com", "not an address", "alice@jörg.example"]
)
def test_an_address_that_no_mail_can_have_is_not_addressable(email: str) -> None:
    with pytest.raises(NotAddressable):
        message("Alice", email)


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [('"a"@example.com', "a@example.com"), ('"a.b"@example.com', "a.b@example.com"), ('"a b"@example.com', '"a b"@example.com')],
)
def test_an_address_with_quotes_that_it_does_not_need_is_the_same_mailbox(email: str, mailbox: str) -> None:
    parsed = message_from_bytes(message("Alice", email).as_bytes(), policy=default)

    assert [each.addr_spec for each in parsed["To"].addresses] == [mailbox]


def test_messages_leave_no_classes_to_the_garbage_collector() -> None:
    message("Alice").as_bytes()
    before = len(BaseHeader.__subclasses__())

    for _ in range(10):
        message("Alice").as_bytes()

    assert len(BaseHeader.__subclasses__()) == before


def test_a_mail_has_a_text_and_its_html() -> None:
    parsed = message_from_bytes(message("Alice").as_bytes(), policy=default)

    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().splitlines() for part in parsed.iter_parts()] == [CONTENT.text.splitlines(), CONTENT.html.splitlines()]


@pytest.mark.parametrize("times", [1, 40])
def test_a_mail_travels_as_ascii_in_short_lines(times: int) -> None:
    long = "Ärger und 名前 " * times
    written = message("Ärger", content=Content("Schöne Grüße", f"{long}\n", f"<p>{long}</p>\n")).as_bytes()

    assert written.isascii()
    assert max(len(line) for line in written.splitlines()) <= 78
    assert written.count(b"\n") == written.count(b"\r\n")
    assert readable(message_from_bytes(written, policy=default)).splitlines()[-1] == long


def test_a_mail_suppresses_automatic_responses() -> None:
    written = message("Alice")

    assert (written["Auto-Submitted"], written["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert written["Reply-To"] == "help@shop.example"


def test_without_an_address_for_responses_there_is_no_such_header() -> None:
    assert "Reply-To" not in message("Alice", sender=Sender("mail@shop.example"))


def test_a_mail_is_shown_with_its_text_only() -> None:
    assert readable(message("Alice")).splitlines() == [
        "From: Steelyard <mail@shop.example>",
        "To: Alice <x@example.com>",
        "Reply-To: help@shop.example",
        "Subject: Welcome!",
        "",
        *CONTENT.text.splitlines(),
    ]
