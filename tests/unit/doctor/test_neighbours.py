"""Checks of a real mail server and a real Valkey."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from steelyard.doctor.checks import mails, valkey
from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result
from tests.kit.servers import valkeys
from tests.kit.servers.certificates import for_localhost
from tests.kit.servers.mail_servers import CUT, SILENCE, MailServer, mail_server
from tests.unit.doctor.conftest import levels, machine, messages


@pytest.fixture
async def sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailServer]:
    certificate = for_localhost(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with mail_server("starttls", certificate=certificate, login=("shop", "hunter2")) as running:
        yield running


async def of_mails(subject: Machine) -> Result:
    (only,) = [each async for each in mails.online(subject)]
    assert "hunter2" not in only.message
    return only


async def test_a_mail_server_is_logged_in_to_and_gets_no_mail(sink: MailServer) -> None:
    result = await of_mails(machine(smtp_url=SecretStr(sink.url)))

    assert (result.check, result.level) == ("mail_server", "ok")
    assert (sink.connections, sink.deliveries, sink.said_goodbye) == (1, [], 1)


async def test_a_rejected_login_is_a_warning(sink: MailServer) -> None:
    result = await of_mails(machine(smtp_url=SecretStr(sink.url.replace("hunter2", "hunter2x"))))

    assert result.level == "warn"
    assert "rejects AUTH with 535. Correct user and password in STEELYARD_SMTP_URL." in result.message


@pytest.mark.parametrize(("response", "words"), [("554 No", "rejects connection with 554"), (CUT, "(connection: "), (SILENCE, "too slow")])
async def test_a_mail_server_that_does_not_serve_is_a_warning(sink: MailServer, response: str, words: str) -> None:
    sink.respond("greeting", response)

    result = await of_mails(machine(smtp_url=SecretStr(sink.url), smtp_timeout_s=0.1))

    assert result.level == "warn"
    assert words in result.message or response == SILENCE


async def test_an_unreachable_mail_server_is_a_warning() -> None:
    result = await of_mails(machine(smtp_url=SecretStr("smtps://shop:hunter2@localhost:1")))

    assert result.level == "warn"
    assert "localhost, port 1, cannot be used (connection: " in result.message


async def test_a_certificate_of_an_unknown_authority_is_a_warning(sink: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    result = await of_mails(machine(smtp_url=SecretStr(sink.url)))

    assert result.level == "warn"
    assert "name the file of its authority in SSL_CERT_FILE" in result.message


async def test_mails_that_stay_here_need_no_server() -> None:
    assert [each async for each in mails.online(machine(mail="file"))] == []


# -- Valkey ---


@pytest.fixture(scope="module")
def server() -> Iterator[valkeys.Valkey]:
    with valkeys.valkey(maxmemory_policy="allkeys-lru") as server:
        yield server


async def of_valkey(url: str, **settings: Any) -> list[Result]:
    checked = [each async for each in valkey.online(machine(redis_url=SecretStr(url), **({"redis_timeout_s": 5} | settings)))]
    assert not [each for each in checked if valkeys.PASSWORD in each.message or "hunter2" in each.message]
    return checked


async def test_a_valkey_that_counts_and_drops_old_counts_is_fine(server: valkeys.Valkey) -> None:
    assert levels(await of_valkey(server.url)) == {"valkey": "ok", "valkey_eviction": "ok"}


async def test_a_valkey_without_eviction_is_a_warning(server: valkeys.Valkey) -> None:
    server.run("CONFIG", "SET", "maxmemory-policy", "noeviction")
    try:
        checked = await of_valkey(server.url)
    finally:
        server.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")

    assert levels(checked) == {"valkey": "ok", "valkey_eviction": "warn"}
    assert "Set maxmemory-policy allkeys-lru" in messages(checked)["valkey_eviction"]


async def test_a_policy_that_cannot_be_read_is_a_warning(server: valkeys.Valkey) -> None:
    rights = "+evalsha +eval +hgetall +hdel +hincrby +pexpire +time ~steelyard:limit:*"
    server.run("ACL", "SETUSER", "shop", "on", ">hunter2", *rights.split())

    checked = await of_valkey(server.url.replace(f":{valkeys.PASSWORD}", "shop:hunter2"))

    assert levels(checked) == {"valkey": "ok", "valkey_eviction": "warn"}
    assert "+info" in messages(checked)["valkey_eviction"]


@pytest.mark.parametrize(
    ("command", "back", "words"),
    [
        ("maxmemory 1", "maxmemory 0", "is full"),
        ("min-replicas-to-write 1", "min-replicas-to-write 0", "rejects the script"),
    ],
)
async def test_a_valkey_that_counts_nothing_is_a_warning(server: valkeys.Valkey, command: str, back: str, words: str) -> None:
    server.run("CONFIG", "SET", "maxmemory-policy", "noeviction")
    server.run("CONFIG", "SET", *command.split())
    try:
        checked = await of_valkey(server.url)
    finally:
        server.run("CONFIG", "SET", *back.split())
        server.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")

    assert levels(checked) == {"valkey": "warn"}
    assert words in messages(checked)["valkey"]


async def test_a_user_without_rights_is_a_warning(server: valkeys.Valkey) -> None:
    server.run("ACL", "SETUSER", "guest", "on", ">hunter2", "+ping")

    checked = await of_valkey(server.url.replace(f":{valkeys.PASSWORD}", "guest:hunter2"))

    assert levels(checked) == {"valkey": "warn"}
    assert "does not give this user the rights" in messages(checked)["valkey"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((valkeys.PASSWORD, "hunter2"), "rejects the user or the password"),
        (("redis://", "rediss://"), "also if it has no TLS"),
    ],
)
async def test_a_wrong_url_is_a_warning(server: valkeys.Valkey, change: tuple[str, str], words: str) -> None:
    checked = await of_valkey(server.url.replace(*change), redis_timeout_s=0.5)

    assert levels(checked) == {"valkey": "warn"}
    assert words in messages(checked)["valkey"]


async def test_a_certificate_of_an_unknown_authority_of_valkey_is_a_warning(server: valkeys.Valkey, tmp_path: Path) -> None:
    async with valkeys.with_tls(server.port, for_localhost(tmp_path)) as port:
        checked = await of_valkey(f"rediss://:{valkeys.PASSWORD}@localhost:{port}")

    assert levels(checked) == {"valkey": "warn"}
    assert "has a certificate that is not trusted. Name the file of its authority in SSL_CERT_FILE" in messages(checked)["valkey"]


async def test_an_unreachable_valkey_is_a_warning() -> None:
    checked = await of_valkey("redis://:hunter2@127.0.0.1:1")

    assert levels(checked) == {"valkey": "warn"}
    assert "The Valkey 127.0.0.1:1 cannot be reached" in messages(checked)["valkey"]


async def test_a_frozen_valkey_is_a_warning(server: valkeys.Valkey) -> None:
    with server.frozen():
        checked = [each async for each in valkey.online(machine(redis_url=SecretStr(server.url)))]

    assert levels(checked) == {"valkey": "warn"}
    assert "did not respond within STEELYARD_REDIS_TIMEOUT_S" in messages(checked)["valkey"]


async def test_without_limits_valkey_is_not_used() -> None:
    assert await of_valkey("redis://127.0.0.1:1", rate_limits=False) == []
