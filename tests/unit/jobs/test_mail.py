"""Mails: how they read, and where they go."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from steelyard.jobs.mail import WELCOME, ConsoleMailer, FileMailer, Recipient, welcome, welcoming
from steelyard.jobs.tables import JobRow
from steelyard.jobs.worker import Hopeless

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
SENDER = "Steelyard <no-reply@shop.example>"
ALICE = Recipient("Alice Johnson", "alice@example.com")


def job(user_id: int = 7) -> JobRow:
    return JobRow(12, WELCOME, {"user_id": user_id}, None, NOW, 1, 1)


async def people(user_id: int) -> Recipient | None:
    return ALICE if user_id == 7 else None


def sent(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.iterdir()]


async def test_a_new_user_is_welcomed_by_name(tmp_path: Path) -> None:
    await welcoming(FileMailer(tmp_path), people, sender=SENDER).handler(job())

    (mail,) = sent(tmp_path)
    message = message_from_bytes(mail, policy=default)
    assert (message["Subject"], message["To"], message["From"]) == ("Welcome!", "Alice Johnson <alice@example.com>", SENDER)
    body = message.get_body()
    assert body is not None
    assert body.get_content().startswith("Hi Alice Johnson")


async def test_a_mail_that_is_sent_twice_is_the_same_mail(tmp_path: Path) -> None:
    task = welcoming(FileMailer(tmp_path), people, sender=SENDER)
    await task.handler(job())
    (first,) = sent(tmp_path)

    await task.handler(job())

    assert sent(tmp_path) == [first]
    assert b"Message-ID: <mail.welcome.12@shop.example>" in first


async def test_nobody_is_welcomed_who_has_left(tmp_path: Path) -> None:
    await welcoming(FileMailer(tmp_path), people, sender=SENDER).handler(job(user_id=8))

    assert sent(tmp_path) == []


async def test_mails_to_the_console_are_lines_in_the_log() -> None:
    with capture_logs() as lines:
        await welcoming(ConsoleMailer(), people, sender=SENDER).handler(job())

    assert [line["event"] for line in lines] == ["mail"]
    assert "Hi Alice Johnson" in lines[0]["mail"]


@pytest.mark.parametrize("name", ["Ärger, Frau", 'Bob "the" Builder', "名前", "a@b <c@d>"])
async def test_any_name_stays_in_its_place(name: str) -> None:
    message = welcome(Recipient(name, "x@example.com"), sender=SENDER, message_id="<1@x>", at=NOW)

    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert [(each.display_name, each.addr_spec) for each in parsed["To"].addresses] == [(name, "x@example.com")]


async def test_an_address_that_no_mail_can_reach_is_hopeless() -> None:
    with pytest.raises(Hopeless):
        welcome(Recipient("X", "not an address"), sender=SENDER, message_id="<1@x>", at=NOW)


async def test_eight_attempts_fit_into_six_hours() -> None:
    delays = welcoming(ConsoleMailer(), people, sender=SENDER).delays_s

    assert len(delays) + 1 == 8
    assert 5 * 3600 < sum(delays) <= 6 * 3600
