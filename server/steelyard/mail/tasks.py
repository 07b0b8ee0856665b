"""Jobs that send a mail."""

from collections.abc import Awaitable, Callable
from typing import Literal

import structlog

from steelyard.db.database import Database
from steelyard.db.transaction import Transaction
from steelyard.jobs.tasks import Task
from steelyard.mail import queries
from steelyard.mail.mailers import Mailer, MailRejected, NotSent
from steelyard.mail.messages import Content, Mail, NotAddressable, Recipient, Sender, build_message, message_id
from steelyard.tables.jobs import JobRow

# Eight attempts within six hours, which outlasts an outage of a mail server.
_DELAYS_S = (10, 60, 300, 900, 2_700, 6_000, 10_800)
# Longer than any mailer takes: a job that is cancelled while the mail server confirms its mail would send the mail twice.
_TIMEOUT_S = 1000

# What became of an attempt to send a mail. `refused`: for good, by its mail server. `failed`: it is tried again.
MailResult = Literal["sent", "failed", "refused", "not_addressable"]
# Called with the kind of the job, and the result.
CountMail = Callable[[str, MailResult], object]


def not_counted(_kind: str, _result: MailResult) -> None:
    """For a process without metrics."""


class MailTasks:
    """Makes the task of a kind of job from the function that writes its mail."""

    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        sender: Sender,
        render: Callable[[Mail], Content],
        count: CountMail = not_counted,
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._sender = sender
        self._render = render
        self._count = count

    def to_user(self, write: Callable[[Recipient], Mail]) -> Task:
        """The task of jobs with the payload `{"user_id": 7}`. It reads the user when it runs, and sends nothing to a deleted account."""

        async def write_to_user(job: JobRow) -> Mail | None:
            recipient = await self._database.read().first(queries.get_recipient, user_id=job.payload["user_id"])
            return None if recipient is None else write(recipient)

        return self._task(write_to_user)

    def to_address(self, write: Callable[[Recipient], Mail]) -> Task:
        """The task of jobs with the payload `{"email": "old@example.com"}`."""

        async def write_to_address(job: JobRow) -> Mail:
            return write(Recipient("", job.payload["email"]))

        return self._task(write_to_address)

    def in_transaction(self, write: Callable[[Transaction, JobRow], Awaitable[Mail | None]]) -> Task:
        """The task of jobs whose mail needs a change of the database. Each attempt commits it before the mail is sent."""

        async def write_and_commit(job: JobRow) -> Mail | None:
            async with self._database.transaction() as tx:
                return await write(tx, job)

        return self._task(write_and_commit)

    def _task(self, write: Callable[[JobRow], Awaitable[Mail | None]]) -> Task:
        async def send(job: JobRow) -> None:
            mail = await write(job)
            if mail is None:
                return
            try:
                message = build_message(
                    mail.recipient, self._render(mail), sender=self._sender, message_id=message_id(job, self._sender), at=job.run_at
                )
            except NotAddressable:
                # Not a failure: users choose their address, and a dead job makes the server `degraded`.
                structlog.get_logger().warning("mail_not_addressable", job_id=job.id, job_kind=job.kind)
                self._count(job.kind, "not_addressable")
                return
            try:
                await self._mailer.send(message)
            except NotSent as error:
                structlog.get_logger().warning(
                    "mail_not_sent", job_id=job.id, job_kind=job.kind, attempt=job.attempts, smtp_step=error.step, smtp_code=error.code
                )
                self._count(job.kind, "refused" if isinstance(error, MailRejected) else "failed")
                raise
            self._count(job.kind, "sent")

        return Task(send, _DELAYS_S, _TIMEOUT_S, queue="mail")
