"""The mailer of a process."""

from steelyard.mail.mailers import ConsoleMailer, FileMailer, Mailer
from steelyard.mail.messages import domain
from steelyard.settings import Settings


def create_mailer(settings: Settings) -> Mailer:
    """The mailer that the settings choose."""
    if settings.mail == "console":
        return ConsoleMailer()
    if settings.mail == "file" or settings.smtp_server is None:
        return FileMailer(settings.mail_folder)
    # Most processes send no mail.
    from steelyard.mail.smtp import SmtpMailer  # noqa: PLC0415

    return SmtpMailer(
        settings.smtp_server,
        # Some relays only serve their customers' domains, and the name of a container says nothing.
        client_name=domain(settings.mail_from),
        at_once=settings.mail_at_once,
        timeout_s=settings.smtp_timeout_s,
    )
