"""Mails: how they read, and where they go."""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog

from steelyard.jobs.tasks import Task
from steelyard.private_files import FOLDER_MODE, private
from steelyard.tables.jobs import JobRow

# The kind of the job that sends the mail; its payload is {"user_id": 7}, because a name may change and a person may leave.
WELCOME = "mail.welcome"
# Its payload is {"email": "old@example.com"}: the address that the account no longer has is nowhere else.
EMAIL_CHANGED = "mail.email_changed"

# Eight attempts within six hours, as long as a mail server may reasonably be away.
_DELAYS_S = (10, 60, 300, 900, 2_700, 6_000, 10_800)


class Recipient(NamedTuple):
    """A person, as a mail addresses one."""

    name: str
    email: str


class Mailer(Protocol):
    """Where mails go. The same mail may be sent twice; its Message-ID tells."""

    async def send(self, message: EmailMessage) -> None: ...


class ConsoleMailer:
    """Each mail is a line in the log: for development."""

    async def send(self, message: EmailMessage) -> None:
        structlog.get_logger().info("mail", mail=message.as_string())


class FileMailer:
    """Each mail is a file in a folder, named by its Message-ID: sent twice, it is still one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").replace("/", "_")
        with open(self._folder / f"{name}.eml", "wb", opener=private) as file:
            file.write(message.as_bytes())


def welcome_mail(recipient: Recipient, *, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The mail that greets a new user. A stranger can register any address under any name: a name that could advertise is left out."""
    name = f" {recipient.name}" if is_plain(recipient.name) else ""
    return _message(
        recipient,
        sender=sender,
        message_id=message_id,
        at=at,
        subject="Welcome!",
        text=f"Hi{name},\n\nyour Steelyard account is ready. Happy trading!\n",
    )


class NotAddressable(Exception):
    """There is no mail to this address. Its user chose it, so no operator can help."""


def send_welcome(mailer: Mailer, recipient: Callable[[int], Awaitable[Recipient | None]], *, sender: str) -> Task:
    """How WELCOME is done: to whoever `recipient` says the user is by now; to nobody when the account is gone."""

    async def write(job: JobRow) -> EmailMessage | None:
        found = await recipient(job.payload["user_id"])
        return None if found is None else welcome_mail(found, sender=sender, message_id=message_id(job, sender), at=job.run_at)

    return _sending(mailer, write)


def email_changed(email: str, *, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The mail that goes to the address that an account had before. It names neither the user nor the new address."""
    return _message(
        Recipient("", email),
        sender=sender,
        message_id=message_id,
        at=at,
        subject="Your e-mail address was changed",
        text="The e-mail address of your Steelyard account was changed, and this address no longer logs in.\n\n"
        "If that was not you, another person uses your account: report it to the marketplace at once.\n",
    )


def warning_the_old_address(mailer: Mailer, *, sender: str) -> Task:
    """How EMAIL_CHANGED is done."""

    async def write(job: JobRow) -> EmailMessage | None:
        return email_changed(job.payload["email"], sender=sender, message_id=message_id(job, sender), at=job.run_at)

    return _sending(mailer, write)


def _sending(mailer: Mailer, write: Callable[[JobRow], Awaitable[EmailMessage | None]]) -> Task:
    """A task that sends the mail that `write` makes of a job."""

    async def send(job: JobRow) -> None:
        try:
            message = await write(job)
        except NotAddressable:
            # Not a failure: strangers choose their address, and a dead job makes the server `degraded`.
            structlog.get_logger().warning("mail_not_addressable", job_id=job.id, job_kind=job.kind)
            return
        if message is not None:
            await mailer.send(message)

    return Task(send, _DELAYS_S)


def message_id(job: JobRow, sender: str) -> str:
    """The same for every attempt, so that a mail program shows a mail once that was sent twice."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{job.kind}.{job.id}@{domain}>"


# Links in all their spellings (`//`, `www`, `example.com`, also with wide or ideographic dots), addresses, telephone numbers, prices,
# encoded words of RFC 2047, and anything that ends or hides a line.
_TELLING = re.compile(r"[/\\@:<>|=*!?%$€£#]|www|\w[.。]\w{2,}|\d[\d ()-]{3,}\d|[^\S ]")
_MAX_NAME = 60
_MAX_WORDS = 6


def is_plain(name: str) -> bool:
    """Whether a name is no more than a name, so that it may stand in a mail."""
    normal = unicodedata.normalize("NFKC", name)
    visible = all(unicodedata.category(each)[0] != "C" for each in normal) and any(each.isalnum() for each in normal)
    return visible and len(normal) <= _MAX_NAME and len(normal.split()) <= _MAX_WORDS and not _TELLING.search(normal.casefold())


def _message(recipient: Recipient, *, sender: str, message_id: str, at: datetime, subject: str, text: str) -> EmailMessage:
    """The finished mail, which says exactly this to exactly this recipient when it is read back; or NotAddressable."""
    names = [recipient.name, ""] if is_plain(recipient.name) else [""]
    for name in names:
        # Names travel encoded, which every mail server takes; an address cannot, and some servers refuse it.
        message = EmailMessage(policy=SMTP if recipient.email.isascii() else SMTPUTF8)
        try:
            to = Address(display_name=name, addr_spec=recipient.email)
            message["To"] = to
            message["From"] = sender
            message["Subject"] = subject
            message["Date"] = format_datetime(at)
            message["Message-ID"] = message_id
            message.set_content(text)
            read_back = message_from_bytes(message.as_bytes(), policy=message.policy)
        except ValueError as error:
            raise NotAddressable from error
        # The library leaves out quotes that the address does not need; it is the same mailbox (RFC 5321, section 4.1.2).
        if _says(read_back, name, to.addr_spec, text):
            return message
    raise NotAddressable


_HEADERS = ["to", "from", "subject", "date", "message-id", "content-type", "content-transfer-encoding", "mime-version"]


def _says(read_back: EmailMessage, name: str, email: str, text: str) -> bool:
    """The standard library decodes, folds and splits what it is given; whatever that made of a name shows here."""
    to = [(each.display_name, each.addr_spec) for each in read_back["To"].addresses]
    is_clean = all(unicodedata.category(each) != "Cc" for value in read_back.values() for each in str(value))
    is_whole = sorted(each.lower() for each in read_back) == sorted(_HEADERS)
    return to == [(name, email)] and is_whole and is_clean and read_back.get_content().splitlines() == text.splitlines()
