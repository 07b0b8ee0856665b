"""Jobs that send a mail."""

from collections.abc import Awaitable, Callable

import structlog

from steelyard.db.database import Database
from steelyard.jobs.tasks import Task
from steelyard.mail import queries
from steelyard.mail.mailers import Mailer, NotSent
from steelyard.mail.messages import Content, Mail, NotAddressable, Recipient, Sender, build_message, message_id
from steelyard.tables.jobs import JobRow

# Eight attempts within six hours, which outlasts an outage of a mail server.
_DELAYS_S = (10, 60, 300, 900, 2_700, 6_000, 10_800)
# Longer than any mailer takes: a job that is cancelled while the mail server confirms its mail would send the mail twice.
_TIMEOUT_S = 1000


class MailTasks:
    """Makes the task of a kind of job from the function that writes its mail."""

    def __init__(self, database: Database, mailer: Mailer, sender: Sender, render: Callable[[Mail], Content]) -> None:
        self._database = database
        self._mailer = mailer
        self._sender = sender
        self._render = render

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
                return
            try:
                await self._mailer.send(message)
            except NotSent as error:
                structlog.get_logger().warning(
                    "mail_not_sent", job_id=job.id, job_kind=job.kind, attempt=job.attempts, smtp_step=error.step, smtp_code=error.code
                )
                raise

        return Task(send, _DELAYS_S, _TIMEOUT_S)
