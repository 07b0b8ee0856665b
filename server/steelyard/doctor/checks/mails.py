"""Whether mails leave this machine, with a sender that arrives."""

from collections.abc import AsyncIterator, Iterator

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, refuse, warn
from steelyard.settings.smtp_urls import SmtpServer

_EXAMPLES = ("example.com", "example.org", "example.net")
_BEFORE_THE_LOGIN = {"connection", "STARTTLS"}
_REMEDIES = {
    "connection": "Correct host and port in STEELYARD_SMTP_URL; if it is its certificate, name the file of its authority in SSL_CERT_FILE",
    "STARTTLS": "If it is its certificate, name the file of its authority in SSL_CERT_FILE",
    "AUTH": "Correct user and password in STEELYARD_SMTP_URL",
}


def offline(machine: Machine) -> Iterator[Result]:
    from steelyard.app.mails import create_renderer, sender
    from steelyard.mail.messages import domain
    from steelyard.mail.rendering import UnusableTemplates

    settings = machine.settings
    if settings.mail == "smtp":
        yield ok("mail", "Mails go to the mail server of STEELYARD_SMTP_URL.")
    elif settings.require_verified_email:
        reason = f"No user can verify an address, as STEELYARD_REQUIRE_VERIFIED_EMAIL demands, because STEELYARD_MAIL is {settings.mail}"
        yield machine.unsafe("mail", f"{reason}. Set it to smtp.")
    else:
        yield warn("mail", f"No user gets a mail, because STEELYARD_MAIL is {settings.mail}. Set it to smtp.")
    own = domain(sender(settings))
    if own.endswith(_EXAMPLES):
        yield warn("mail_from", f"Mails from {own} do not arrive. Set STEELYARD_MAIL_FROM to an address of yours.")
    else:
        yield ok("mail_from", f"Mails come from {own}, which needs SPF, DKIM and DMARC.")
    if settings.mail_templates is None:
        return
    try:
        create_renderer(settings)
    except UnusableTemplates as error:
        yield refuse("mail_templates", f"{error}. Correct it, or leave out STEELYARD_MAIL_TEMPLATES.")
    else:
        yield ok("mail_templates", "The templates of STEELYARD_MAIL_TEMPLATES can be used.")


async def online(machine: Machine) -> AsyncIterator[Result]:
    settings = machine.settings
    if settings.mail == "smtp" and settings.smtp_server is not None:
        yield await _server(machine, settings.smtp_server)


async def _server(machine: Machine, server: SmtpServer) -> Result:
    from steelyard.app.mails import sender
    from steelyard.mail.mailers import NotSent
    from steelyard.mail.messages import domain
    from steelyard.mail.smtp import SmtpMailer

    settings = machine.settings
    mailer = SmtpMailer(server, client_name=domain(sender(settings)), at_once=1, timeout_s=settings.smtp_timeout_s)
    try:
        await mailer.try_connection()
    except NotSent as error:
        # Once it has the login, its words are left out, because a server may repeat it.
        reason = str(error) if error.step in _BEFORE_THE_LOGIN and error.code is None else error.step
        failed = f"cannot be used ({reason})" if error.code is None else f"rejects {error.step} with {error.code}"
        remedy = _REMEDIES.get(error.step, "Its log may have more")
        return warn("mail_server", f"The mail server {server.host}, port {server.port}, {failed}. {remedy}.")
    return ok("mail_server", f"The mail server {server.host} accepts a connection and the login.")
