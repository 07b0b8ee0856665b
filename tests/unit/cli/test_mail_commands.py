"""`steelyard mail`: previews, and a try of the mail server."""

import asyncio
import gc
import re
import webbrowser
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.kit.project import ROOT
from tests.kit.servers.certificates import for_localhost
from tests.kit.servers.mail_servers import MailServer, mail_server
from tests.unit.cli.conftest import Run

NAMES = sorted(path.stem for path in (ROOT / "server" / "steelyard" / "mail" / "templates").glob("*.txt"))


def test_every_mail_is_shown_as_text(run: Run) -> None:
    status, out, err = run("mail", "preview", mail_from="My shop <shop@shop.example>")

    assert (status, err) == (0, "")
    assert out.startswith("From: My shop <shop@shop.example>\nTo: Ada Lovelace <ada@example.com>\nSubject: Confirm your e-mail")
    assert "Subject: Your e-mail address was changed" in out


def test_one_mail_is_shown(run: Run) -> None:
    _, out, _ = run("mail", "preview", "email_changed")

    assert out.count("Subject: ") == 1
    assert "no longer logs in" in out


def test_a_mail_that_does_not_exist_is_an_error_that_names_those_that_do(run: Run) -> None:
    status, _, err = run("mail", "preview", "wellcome")

    assert status == 1
    listed = err.removeprefix("steelyard: there is no mail wellcome. The mails are ").removesuffix(".\n")
    assert sorted(listed.split(", ")) == NAMES


def test_a_preview_can_be_files_that_a_browser_opens(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    status, out, _ = run("mail", "preview", "welcome", "--to", "mails", "--open")

    assert status == 0
    assert out == f"{Path('mails/welcome.html')}\n"
    assert opened == [(tmp_path / "mails" / "welcome.html").as_uri()]
    assert "Hi Ada Lovelace," in (tmp_path / "mails" / "welcome.html").read_text()
    assert b"\r\nContent-Type: text/html" in (tmp_path / "mails" / "welcome.eml").read_bytes()


def test_a_browser_needs_files(run: Run) -> None:
    assert run("mail", "preview", "--open") == (1, "", "steelyard: --open shows files. Name a folder for them with --to.\n")


@pytest.mark.parametrize("command", [("mail", "preview"), ("worker",), ("serve", "--port", "0")])
def test_templates_that_cannot_be_used_end_every_command_that_needs_them(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "wellcome.txt").write_text("Hi\n\nx")

    status, _, err = run(*command, mail_templates="mails")

    assert status == 1
    assert "mails/wellcome.txt is the template of no mail" in err
    assert err.endswith("Correct it, or leave out STEELYARD_MAIL_TEMPLATES.\n")


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailServer]:
    certificate = for_localhost(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with mail_server("starttls", certificate=certificate, login=("shop", "hunter2")) as running:
        yield running


async def in_a_thread(run: Run, url: str, to: str = "ada@example.com") -> tuple[int, str, str]:
    """The command has its own event loop."""
    return await asyncio.to_thread(partial(run, "mail", "test", "--to", to, mail="smtp", smtp_url=url, mail_from="a@shop.example"))


async def test_a_test_mail_shows_each_response_and_no_password(run: Run, server: MailServer) -> None:
    status, out, err = await in_a_thread(run, server.url)

    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [
        *("connection", "EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "Sent")
    ]
    assert "hunter2" not in out
    (delivery,) = server.deliveries
    assert (delivery.recipient, delivery.message["Subject"]) == ("ada@example.com", "Test of Steelyard")


async def test_a_test_mail_that_fails_says_where_and_what_to_correct(run: Run, server: MailServer) -> None:
    status, out, err = await in_a_thread(run, server.url.replace("hunter2", "wrong-one"))

    assert status == 1
    assert err.startswith("steelyard: the mail was not sent. AUTH: 535 ")
    assert err.endswith(". Correct user and password in STEELYARD_SMTP_URL.\n")
    assert "wrong-one" not in out + err


@pytest.mark.parametrize("password", ["hunter2", "wrong-one"])
async def test_a_test_mail_leaves_no_connection_to_the_garbage_collector(run: Run, server: MailServer, password: str) -> None:
    await in_a_thread(run, server.url.replace("hunter2", password))

    # A transport that is still open warns, which is an error in tests.
    gc.collect()


def test_nothing_is_sent_to_the_console(run: Run) -> None:
    status, _, err = run("mail", "test", "--to", "ada@example.com")

    assert (status, err) == (1, "steelyard: STEELYARD_MAIL is console, which sends nothing. Set it to smtp or file.\n")


def test_a_test_mail_can_be_a_file(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("mail", "test", "--to", "ada@example.com", mail="file")

    assert (status, out.startswith("Written to mail as <mail.test.")) == (0, True)
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_an_address_that_no_mail_can_have_is_an_error(run: Run) -> None:
    assert run("mail", "test", "--to", "ada", mail="file") == (1, "", "steelyard: ada is not an address that a mail can have.\n")


def test_the_settings_of_the_guide_are_accepted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "guide" / "mail.md").read_text()
    exports = dict(re.findall(r"^export (STEELYARD_\w+)='?([^'\n]+)'?$", page, re.MULTILINE))
    for name, value in exports.items():
        monkeypatch.setenv(name, value)

    status, out, err = run(
        "mail", "preview", "welcome", environment="production", secret_keys="k3Yv9-Zq7Lm2Xc8Rt4Wb6Nf1HaQ0" * 2, trusted_hosts="x"
    )

    assert exports.keys() == {"STEELYARD_MAIL", "STEELYARD_MAIL_FROM", "STEELYARD_SMTP_URL"}
    assert (status, err) == (0, "")
    assert out.startswith(f"From: {exports['STEELYARD_MAIL_FROM']}\n")
