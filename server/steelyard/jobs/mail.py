"""Mails: how they read, and where they go."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog

from steelyard.jobs.tables import JobRow
from steelyard.jobs.worker import Hopeless, Task
from steelyard.private_files import FOLDER_MODE, private

# The kind of the job that sends the mail; its payload is {"user_id": 7}, because a name may change and a person may leave.
WELCOME = "mail.welcome"

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


def welcome(recipient: Recipient, *, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The mail that greets a new user."""
    return _message(
        recipient,
        sender=sender,
        message_id=message_id,
        at=at,
        subject="Welcome!",
        text=f"Hi {recipient.name},\n\nyour Steelyard account is ready. Happy trading!\n",
    )


def welcoming(mailer: Mailer, recipient: Callable[[int], Awaitable[Recipient | None]], *, sender: str) -> Task:
    """How WELCOME is done: to whoever `recipient` says the user is by now; to nobody when the account is gone."""

    async def send(job: JobRow) -> None:
        found = await recipient(job.payload["user_id"])
        if found is not None:
            await mailer.send(welcome(found, sender=sender, message_id=message_id_of(job, sender), at=job.run_at))

    return Task(send, _DELAYS_S)


def message_id_of(job: JobRow, sender: str) -> str:
    """The same for every attempt, so that a mail program shows a mail once that was sent twice."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{job.kind}.{job.id}@{domain}>"


def _message(recipient: Recipient, *, sender: str, message_id: str, at: datetime, subject: str, text: str) -> EmailMessage:
    # Names travel encoded, which every mail server takes; an address cannot, and some servers refuse it.
    message = EmailMessage(policy=SMTP if recipient.email.isascii() else SMTPUTF8)
    try:
        message["To"] = Address(display_name=recipient.name, addr_spec=recipient.email)
    except ValueError as error:
        raise Hopeless from error  # an address that no mail server would take
    message["From"] = sender
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message.set_content(text)
    return message
