"""Jobs that send a mail."""

from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from steelyard.db.database import Database
from steelyard.jobs.tasks import PermanentFailure, Task
from steelyard.mail.mailers import ConsoleMailer, FileMailer, NotSent
from steelyard.mail.messages import Content, Mail, Recipient, Sender
from steelyard.mail.smtp import SmtpMailer
from steelyard.mail.tasks import MailTasks
from steelyard.settings.smtp_urls import smtp_server
from steelyard.tables.jobs import JobRow
from tests.kit.servers.mail_servers import mail_server
from tests.kit.world.accounts import Accounts
from tests.kit.world.clock import Clock

SENDER = Sender("Steelyard <mail@shop.example>")


def hello(recipient: Recipient) -> Mail:
    return Mail(recipient, "hello", {"name": recipient.name})


def rendered(mail: Mail) -> Content:
    return Content("Hello", f"Hello {mail.values['name']}!\n", f"<p>Hello {mail.values['name']}!</p>\n")


def job(payload: dict[str, object]) -> JobRow:
    return JobRow(12, "mail.hello", payload, None, Clock().now, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


def messages(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(each.read_bytes(), policy=default) for each in folder.glob("*")]


async def test_a_mail_to_a_user_goes_to_their_present_address(accounts: Accounts, database: Database, folder: Path) -> None:
    registered = await accounts.register("Alice Johnson", "alice@example.com")

    await MailTasks(database, FileMailer(folder), SENDER, rendered).to_user(hello).handler(job({"user_id": registered.user.id}))

    (message,) = messages(folder)
    assert (message["Subject"], message["From"], message["To"]) == ("Hello", SENDER.address, "Alice Johnson <alice@example.com>")


async def test_a_mail_that_is_sent_twice_is_the_same_mail(database: Database, folder: Path) -> None:
    task = MailTasks(database, FileMailer(folder), SENDER, rendered).to_address(hello)

    for _ in range(2):
        await task.handler(job({"email": "old@example.com"}))

    (message,) = messages(folder)
    assert message["Message-ID"] == "<mail.hello.12@shop.example>"


async def test_a_job_for_an_absent_user_sends_no_mail(database: Database, folder: Path) -> None:
    await MailTasks(database, FileMailer(folder), SENDER, rendered).to_user(hello).handler(job({"user_id": 8}))

    assert messages(folder) == []


async def test_mails_to_the_console_are_lines_of_the_log(database: Database) -> None:
    with capture_logs() as lines:
        await MailTasks(database, ConsoleMailer(), SENDER, rendered).to_address(hello).handler(job({"email": "old@example.com"}))

    assert [line["event"] for line in lines] == ["mail"]
    assert "old@example.com" in lines[0]["mail"]


async def test_an_address_that_no_mail_can_have_is_logged_and_is_no_failure(database: Database, folder: Path) -> None:
    """Users choose their address. A job that failed would alert the operators."""
    with capture_logs() as lines:
        await MailTasks(database, FileMailer(folder), SENDER, rendered).to_address(hello).handler(job({"email": "not an address"}))

    assert [(line["event"], line["job_id"], line["job_kind"]) for line in lines] == [("mail_not_addressable", 12, "mail.hello")]
    assert messages(folder) == []


async def test_a_mail_that_is_not_sent_is_logged_without_its_address(database: Database) -> None:
    async with mail_server() as server:
        server.respond("RCPT", "550 5.1.1 old@example.com is unknown")
        mailer = SmtpMailer(smtp_server(server.url), client_name="shop.example", at_once=1, timeout_s=5)
        with capture_logs() as lines, pytest.raises(PermanentFailure):
            await MailTasks(database, mailer, SENDER, rendered).to_address(hello).handler(job({"email": "old@example.com"}))

    (line,) = lines
    assert (line["event"], line["job_id"], line["smtp_step"], line["smtp_code"]) == ("mail_not_sent", 12, "RCPT", 550)
    assert "old@example.com" not in str(line)


async def test_eight_attempts_fit_into_six_hours(database: Database) -> None:
    task: Task = MailTasks(database, ConsoleMailer(), SENDER, rendered).to_user(hello)

    assert len(task.delays_s) + 1 == 8
    assert 5 * 3600 < sum(task.delays_s) <= 6 * 3600


@pytest.mark.parametrize(
    ("address", "response", "result"),
    [
        ("old@example.com", "250 2.1.5 fine", "sent"),
        ("old@example.com", "450 4.2.0 try again", "failed"),
        ("old@example.com", "550 5.1.1 unknown", "refused"),
        ("not an address", "250 2.1.5 fine", "not_addressable"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_each_attempt_is_counted_with_its_result(database: Database, address: str, response: str, result: str) -> None:
    counted = []
    async with mail_server() as server:
        server.respond("RCPT", response)
        mailer = SmtpMailer(smtp_server(server.url), client_name="shop.example", at_once=1, timeout_s=5)
        task = MailTasks(database, mailer, SENDER, rendered, lambda *counts: counted.append(counts)).to_address(hello)
        with suppress(NotSent):
            await task.handler(job({"email": address}))
        await mailer.close()

    assert counted == [("mail.hello", result)]
