"""The mailer that the settings choose."""

from email.message import EmailMessage
from pathlib import Path

from pydantic import SecretStr

from steelyard.app.mails import create_mailer
from steelyard.mail.mailers import ConsoleMailer, FileMailer
from steelyard.settings import Settings
from tests.kit.servers.mail_servers import mail_server


def test_mails_are_logged_or_written_to_a_folder() -> None:
    assert isinstance(create_mailer(Settings()), ConsoleMailer)
    assert isinstance(create_mailer(Settings(mail="file", mail_folder=Path("mail"))), FileMailer)


async def test_mails_are_sent_by_smtp_in_the_name_of_the_senders_domain() -> None:
    message = EmailMessage()
    message["From"] = "Shop <shop@shop.example>"
    message["To"] = "alice@example.com"

    async with mail_server() as server:
        settings = Settings(mail="smtp", smtp_url=SecretStr(server.url), mail_from="Shop <shop@shop.example>")
        mailer = create_mailer(settings)
        await mailer.send(message)
        await mailer.close()

    assert [delivery.client_name for delivery in server.deliveries] == ["shop.example"]
