"""Mails as messages of RFC 5322. Users choose their names and addresses, so both are checked before a mail holds them."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal, NamedTuple

from steelyard.tables.jobs import JobRow

# Links in all their spellings (`//`, `www`, `example.com`, also with wide or ideographic dots), addresses, telephone numbers, prices,
# encoded words of RFC 2047, and anything that ends or hides a line.
_ADVERTISING = re.compile(r"[/\\@:<>|=*!?%$€£#]|www|\w[.。]\w{2,}|\d[\d ()-]{3,}\d|[^\S ]")
_MAX_NAME = 60
_MAX_WORDS = 6


class _Headers(HeaderRegistry):
    """The standard library's, with one class for each kind of header. Its own makes a new class for each header that it reads, and a mail
    would leave 80 KiB of classes to the garbage collector.
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[type, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        kind = self.registry.get(name.lower(), self.default_class)
        if kind not in self._classes:
            self._classes[kind] = super().__getitem__(name)
        return self._classes[kind]


# 7 bit, because some relays reject lines that are not ASCII.
_POLICY = SMTP.clone(header_factory=_Headers(), cte_type="7bit")


class Recipient(NamedTuple):
    """The name and the address of a user."""

    name: str
    email: str


class Sender(NamedTuple):
    """From whom all mails are, and where responses to them go."""

    address: str
    reply_to: str | None = None


class Mail(NamedTuple):
    """A mail as a feature describes it: the name of its templates, and the values in them."""

    recipient: Recipient
    template: str
    values: Mapping[str, object]


class Content(NamedTuple):
    """What a mail says, in two forms."""

    subject: str
    text: str
    html: str


class NotAddressable(Exception):
    """No mail can have this address. Its user chose it, so no operator can help."""


def is_plain(name: str) -> bool:
    """Whether the name is only a name, so that a mail may contain it."""
    normal = unicodedata.normalize("NFKC", name)
    is_visible = all(unicodedata.category(each)[0] != "C" for each in normal) and any(each.isalnum() for each in normal)
    return is_visible and len(normal) <= _MAX_NAME and len(normal.split()) <= _MAX_WORDS and not _ADVERTISING.search(normal.casefold())


def domain(sender: Sender) -> str:
    """The domain of the sender's address."""
    return parseaddr(sender.address)[1].rpartition("@")[2] or "localhost"


def message_id(job: JobRow, sender: Sender) -> str:
    """The same for every attempt, so that a mail program shows a mail once that was sent twice."""
    return f"<{job.kind}.{job.id}@{domain(sender)}>"


def build_message(recipient: Recipient, content: Content, *, sender: Sender, message_id: str, at: datetime) -> EmailMessage:
    """The message, which has exactly this content and this recipient when it is parsed again. Raises NotAddressable."""
    if not recipient.email.isascii():
        raise NotAddressable  # the contract allows no such address, and many mail servers do not, either
    names = [recipient.name, ""] if is_plain(recipient.name) else [""]
    for name in names:
        message = EmailMessage(policy=_POLICY)
        try:
            to = Address(display_name=name, addr_spec=recipient.email)
            message["To"] = to
            message["From"] = sender.address
            if sender.reply_to is not None:
                message["Reply-To"] = sender.reply_to
            message["Subject"] = content.subject
            message["Date"] = format_datetime(at)
            message["Message-ID"] = message_id
            # No automatic response, such as a note of absence (RFC 3834; the second is for Exchange).
            message["Auto-Submitted"] = "auto-generated"
            message["X-Auto-Response-Suppress"] = "All"
            message.set_content(content.text)
            message.add_alternative(content.html, subtype="html")
            parsed = message_from_bytes(message.as_bytes(), policy=message.policy)
        except ValueError as error:
            raise NotAddressable from error
        # The library drops quotes that the address does not need; it is the same mailbox (RFC 5321, section 4.1.2).
        if _is_intact(parsed, name, to.addr_spec, content) and sorted(parsed.keys()) == sorted(message.keys()):
            return message
    raise NotAddressable


def readable(message: EmailMessage) -> str:
    """The message as a terminal shows it: its text, and the headers that a mail program shows."""
    shown = [f"{name}: {message[name]}" for name in ("From", "To", "Reply-To", "Subject") if name in message]
    return "\n".join([*shown, "", _part(message, "plain")])


def _is_intact(parsed: EmailMessage, name: str, email: str, content: Content) -> bool:
    """The standard library decodes, folds and splits its input. Parsing the message again reveals what that made of a name."""
    to = [(each.display_name, each.addr_spec) for each in parsed["To"].addresses]
    has_no_controls = all(unicodedata.category(each) != "Cc" for value in parsed.values() for each in str(value))
    parts = [_part(parsed, "plain").splitlines(), _part(parsed, "html").splitlines()]
    return to == [(name, email)] and has_no_controls and parts == [content.text.splitlines(), content.html.splitlines()]


def _part(message: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
