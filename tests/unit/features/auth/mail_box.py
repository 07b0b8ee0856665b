"""Does the jobs of mails with the tasks of the application, and keeps the mails."""

from dataclasses import dataclass, field
from email.message import EmailMessage

from steelyard.app.mails import create_renderer, sender
from steelyard.features.auth.tasks import tasks as auth_tasks
from steelyard.features.identities.tasks import tasks as identity_tasks
from steelyard.features.users.tasks import tasks as user_tasks
from steelyard.mail.mailers import NotSent
from steelyard.mail.messages import readable
from steelyard.mail.tasks import MailTasks
from steelyard.tables.jobs import JobRow
from tests.kit.servers.running import Running


@dataclass
class MailBox:
    """A mail server that accepts every mail, unless a test lets it fail after it has accepted some."""

    shop: Running
    sent: list[EmailMessage] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    loses: bool = False

    async def send(self, message: EmailMessage) -> None:
        self.sent.append(message)
        if self.loses:
            raise NotSent("DATA", None, "the confirmation was lost")

    async def close(self) -> None:
        """There is no connection."""

    async def work(self) -> list[EmailMessage]:
        """Do the open jobs, and return the new mails."""
        before = len(self.sent)
        mails = MailTasks(self.shop.world.database, self, sender(self.shop.settings), create_renderer(self.shop.settings))
        by_kind = user_tasks(mails) | auth_tasks(mails, self.shop.settings) | identity_tasks(mails, self.shop.settings)
        for row in await self.shop.world.market.jobs():
            if row.id not in self.done:
                job = JobRow(row.id, row.kind, row.payload, None, row.run_at, 1, 1)
                try:
                    await by_kind[row.kind].handler(job)
                except NotSent:
                    continue
                self.done.add(row.id)
        return self.sent[before:]

    async def token(self) -> str:
        """The token in the only new mail."""
        (mail,) = await self.work()
        return token_in(mail)


def token_in(mail: EmailMessage) -> str:
    text = readable(mail)
    start = text.index("sym_")
    return text[start : start + 47]
