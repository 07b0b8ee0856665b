"""Mails while workers are killed, and secrets while they are sent."""

import secrets
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, update

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.jobs import outbox
from steelyard.tables.jobs import outbox as jobs
from tests.kit.servers.certificates import for_localhost
from tests.kit.servers.mail_servers import MailServer, mail_server
from tests.kit.servers.processes import steelyard
from tests.kit.servers.waiting import until

MAILS = 150
KILLS = 20
# Jobs that a worker runs at the same time: sent and not yet marked as done, or being sent.
IN_FLIGHT = 20
# Jobs that each worker finishes before it is killed.
STEP = 6
WITHIN_S = 120

is_open = jobs.c.done_at.is_(None) & jobs.c.dead_at.is_(None)
count_open = statement(select(func.count()).where(is_open), int)
count_dead = statement(select(func.count()).where(jobs.c.dead_at.is_not(None)), int)
# As if the minute had passed that a lease lasts.
expire_leases = statement(update(jobs).where(is_open, jobs.c.lease_until.is_not(None)).values(lease_until=bindparam("now")))


async def enqueue_mails(database: Database) -> None:
    async with database.transaction() as tx:
        for number in range(MAILS):
            await outbox.enqueue(tx, "mail.email_changed", {"email": f"user{number}@example.com"})


async def run_worker(folder: Path, url: str, server: MailServer, database: Database, *, until_open: int) -> list[str]:
    """Run a worker until so many jobs are left, and kill it unless none is; its output."""

    async def has_worked() -> bool:
        return await database.read().one(count_open) <= until_open

    settings: dict[str, Any] = {"mail": "smtp", "smtp_url": server.url, "mail_from": "mail@shop.example", "worker_at_once": IN_FLIGHT}
    async with steelyard("worker", folder=folder, database_url=url, log_level="debug", **settings) as worker:
        await until(has_worked, WITHIN_S)
        worker.signal(signal.SIGKILL if until_open else signal.SIGTERM)
        await worker.ended()
    return worker.printed


@pytest.mark.promise("R28")
async def test_every_mail_arrives_under_one_message_id_though_workers_are_killed(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    await database.open()
    printed: list[str] = []
    async with mail_server() as server:
        server.delay_confirmation(by_s=0.02)
        await enqueue_mails(database)
        for kill in range(1, KILLS + 1):
            printed += await run_worker(tmp_path, database_url, server, database, until_open=MAILS - kill * STEP)
            async with database.transaction() as tx:
                await tx.run(expire_leases, now=tx.now)
        printed += await run_worker(tmp_path, database_url, server, database, until_open=0)
        dead = await database.read().scalar(count_dead)
    await database.close()

    ids: dict[str, set[str]] = {}
    for delivery in server.deliveries:
        ids.setdefault(delivery.recipient, set()).add(str(delivery.message["Message-ID"]))

    assert ids.keys() == {f"user{number}@example.com" for number in range(MAILS)}
    assert all(len(each) == 1 for each in ids.values())
    assert len(set.union(*ids.values())) == MAILS
    assert dead == 0
    # Only what was in flight at a kill is sent again.
    assert len(server.deliveries) <= MAILS + KILLS * IN_FLIGHT
    assert [line for line in printed if "@example.com" in line] == []


@pytest.mark.promise("R18")
@pytest.mark.parametrize("password_is_right", [True, False])
async def test_neither_passwords_nor_addresses_are_printed(database_url: str, tmp_path: Path, *, password_is_right: bool) -> None:
    """The server runs its worker on another event loop than `steelyard worker` does."""
    certificate = for_localhost(tmp_path)
    password = f"Canary-{secrets.token_urlsafe(24)}"
    database = Database(database_url)
    await database.open()
    async with mail_server("starttls", certificate=certificate, login=("shop", password)) as server:
        for response in ("450 4.2.0 user0@example.com is greylisted", "550 5.1.1 user1@example.com is unknown"):
            server.respond("RCPT", response)
        await enqueue_mails(database)
        url = server.url if password_is_right else server.url.replace(password, f"{password}-old")
        settings: dict[str, Any] = {
            "mail": "smtp",
            "smtp_url": url,
            "mail_from": "mail@shop.example",
            "embedded_worker": "true",
            "debug": "true",
        }
        environment = {"SSL_CERT_FILE": str(certificate)}
        async with steelyard(
            "serve", "--port", "0", folder=tmp_path, environment=environment, database_url=database_url, **settings
        ) as serving:
            await serving.ready()
            await serving.line("mail_not_sent")
            if password_is_right:
                await until(lambda: len(server.deliveries) >= MAILS - 2, WITHIN_S)
            serving.signal(signal.SIGTERM)
            assert await serving.ended() == 0
    await database.close()

    assert all(delivery.is_encrypted and delivery.user == "shop" for delivery in server.deliveries)
    assert len(server.deliveries) == (MAILS - 2 if password_is_right else 0)
    assert [line for line in serving.printed if password in line or "@example.com" in line] == []
