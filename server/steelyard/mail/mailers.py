"""How mails are sent."""

import asyncio
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import structlog

from steelyard.jobs.tasks import PermanentFailure, Refused
from steelyard.mail.messages import readable
from steelyard.private_files import FOLDER_MODE, private

# Gets each step of SMTP, and the code and the first line of the response.
Observe = Callable[[str, int, str], object]


class NotSent(Exception):
    """The mail was not sent. Another attempt may succeed, except after MailRejected.

    Its text may have the response of a mail server, which repeats the address: logs get step and code only.
    """

    def __init__(self, step: str, code: int | None, detail: str) -> None:
        super().__init__(f"{step}: {detail}" if code is None else f"{step}: {code} {detail}")
        self.step = step
        self.code = code


class MailRejected(NotSent, PermanentFailure):
    """The mail server will not accept this mail later, either."""


class RecipientRefused(MailRejected, Refused):
    """The mail server refuses this recipient for good. Users choose their address, so no operator can help."""


class Mailer(Protocol):
    """Sends mails. The same mail may be sent twice; its Message-ID shows that."""

    async def send(self, message: EmailMessage) -> None:
        """Send the mail, or raise NotSent."""

    async def close(self) -> None:
        """End connections that wait for the next mail."""


class ConsoleMailer:
    """Logs the text of each mail as one line: for development."""

    async def send(self, message: EmailMessage) -> None:
        structlog.get_logger().info("mail", mail=readable(message))

    async def close(self) -> None:
        pass


class FileMailer:
    """Writes each mail to a file named by its Message-ID: a mail that is sent twice is still one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    async def close(self) -> None:
        pass

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").replace("/", "_")
        with open(self._folder / f"{name}.eml", "wb", opener=private) as file:
            file.write(message.as_bytes())
