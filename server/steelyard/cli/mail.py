"""`steelyard mail`: shows the mails before they are sent, and tries the mail server."""

import asyncio
import webbrowser
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated

import typer

from steelyard.cli.errors import CommandError
from steelyard.cli.files import check_mail_templates, make_folder
from steelyard.private_files import private
from steelyard.settings import Settings, load_settings

_CORRECT = {
    "connection": "Correct host and port in STEELYARD_SMTP_URL",
    "STARTTLS": "If it is its certificate, name the file of its authority in SSL_CERT_FILE",
    "AUTH": "Correct user and password in STEELYARD_SMTP_URL",
    "MAIL": "Correct STEELYARD_MAIL_FROM",
}


def preview(
    *,
    kind: Annotated[str | None, typer.Argument(help="The mail, such as welcome; without it, all of them.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder for a file .html and a file .eml of each mail.")] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the HTML in a browser; needs --to.")] = False,
) -> None:
    """Show the mails with sample data, as STEELYARD_MAIL_TEMPLATES makes them."""
    if show and to is None:
        raise CommandError("--open shows files. Name a folder for them with --to.")
    messages = _samples(load_settings())
    if kind is not None and kind not in messages:
        raise CommandError(f"there is no mail {kind}. The mails are {', '.join(messages)}.")
    chosen = messages if kind is None else {kind: messages[kind]}
    if to is None:
        from steelyard.mail.messages import readable

        typer.echo("\n".join(readable(message) for message in chosen.values()), nl=False)
        return
    make_folder(to, "--to")
    for name, message in chosen.items():
        path = _write(to, name, message)
        typer.echo(path)
        if show:
            webbrowser.open(path.resolve().as_uri())


def send_test(*, to: Annotated[str, typer.Option(help="The address that gets the mail.")]) -> None:
    """Send a mail with the settings of this process, and show how the mail server responds."""
    from steelyard.app.mails import sender
    from steelyard.mail.messages import Content, NotAddressable, Recipient, build_message, domain
    from steelyard.sources import Sources

    settings = load_settings()
    if settings.mail == "console":
        raise CommandError("STEELYARD_MAIL is console, which sends nothing. Set it to smtp or file.")
    text = "This mail shows that Steelyard can send mails."
    at = Sources().clock()
    message_id = f"<mail.test.{at:%Y%m%d%H%M%S%f}@{domain(sender(settings))}>"
    try:
        content = Content("Test of Steelyard", f"{text}\n", f"<p>{text}</p>\n")
        message = build_message(Recipient("", to), content, sender=sender(settings), message_id=message_id, at=at)
    except NotAddressable as error:
        raise CommandError(f"{to} is not an address that a mail can have.") from error
    asyncio.run(_send(settings, message))
    typer.echo(f"Sent to {to} as {message_id}." if settings.mail == "smtp" else f"Written to {settings.mail_folder} as {message_id}.")


def _samples(settings: Settings) -> dict[str, EmailMessage]:
    from steelyard.app.discovery import sample_mails
    from steelyard.app.mails import create_renderer, sender
    from steelyard.mail.messages import build_message, domain
    from steelyard.sources import Sources

    check_mail_templates(settings)
    render, own, at = create_renderer(settings), sender(settings), Sources().clock()
    return {
        mail.template: build_message(mail.recipient, render(mail), sender=own, message_id=f"<mail.{mail.template}@{domain(own)}>", at=at)
        for mail in sample_mails()
    }


def _write(folder: Path, name: str, message: EmailMessage) -> Path:
    """Write the whole mail, and its HTML; the file of the HTML."""
    html = message.get_body(("html",))
    assert html is not None
    for suffix, data in (("eml", message.as_bytes()), ("html", html.get_content().encode())):
        with open(folder / f"{name}.{suffix}", "wb", opener=private) as file:
            file.write(data)
    return folder / f"{name}.html"


async def _send(settings: Settings, message: EmailMessage) -> None:
    from steelyard.app.mails import create_mailer
    from steelyard.mail.mailers import NotSent

    mailer = create_mailer(settings, lambda step, code, text: typer.echo(f"{step:10} {code} {text}"))
    try:
        await mailer.send(message)
    except NotSent as error:
        raise CommandError(
            f"the mail was not sent. {error}. {_CORRECT.get(error.step, 'The log of the mail server may have more')}."
        ) from error
    finally:
        await mailer.close()
