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

from steelyard.mail.messages import Mail, NotAddressable, Recipient, build_message, is_plain


def message(name: str, email: str = "x@example.com") -> EmailMessage:
    mail = Mail(Recipient(name, email), "Welcome!", "Hi,\n\nyour account is ready.\n")
    return build_message(
        mail, sender="Steelyard <mail@shop.example>", message_id="<1@shop.example>", at=datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
    )


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
            *("content-transfer-encoding", "content-type", "date", "from", "message-id", "mime-version", "subject", "to")
        ]
    assert written.get_content() == "Hi,\n\nyour account is ready.\n"


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
    "email", ['""@example.com', '"=?utf-8?q?a?="@example.com', "=?utf-8?q?a?=@example.com", "not an address", "jörg@example.com"]
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
