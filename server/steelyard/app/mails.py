"""How a process writes and sends mails. Most processes do neither, so they do not import what only this needs."""

from collections.abc import Callable

from steelyard.app.discovery import sample_mails
from steelyard.db.database import Database
from steelyard.mail.mailers import ConsoleMailer, FileMailer, Mailer, Observe
from steelyard.mail.messages import Content, Mail, Sender, domain
from steelyard.mail.tasks import CountMail, MailTasks, not_counted
from steelyard.settings import Settings


def create_mailer(settings: Settings, observe: Observe | None = None) -> Mailer:
    """The mailer that the settings choose. `observe` gets the steps of SMTP."""
    if settings.mail == "console":
        return ConsoleMailer()
    if settings.mail == "file" or settings.smtp_server is None:
        return FileMailer(settings.mail_folder)
    from steelyard.mail.smtp import SmtpMailer  # noqa: PLC0415

    return SmtpMailer(
        settings.smtp_server,
        # Some relays only serve their customers' domains, and the name of a container says nothing.
        client_name=domain(sender(settings)),
        at_once=settings.mail_at_once,
        timeout_s=settings.smtp_timeout_s,
        observe=observe,
    )


def create_mail_tasks(settings: Settings, database: Database, mailer: Mailer, count: CountMail = not_counted) -> MailTasks:
    """What turns jobs into mails."""
    return MailTasks(database, mailer, sender(settings), create_renderer(settings), count)


def create_renderer(settings: Settings) -> Callable[[Mail], Content]:
    """Writes mails with the operator's templates. Raises UnusableTemplates."""
    from steelyard.mail.rendering import Templates  # noqa: PLC0415

    templates = Templates(settings.mail_templates)
    templates.check(sample_mails())
    return templates.render


def sender(settings: Settings) -> Sender:
    return Sender(settings.mail_from, settings.mail_reply_to)
