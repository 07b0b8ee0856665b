"""Files of the server are readable by their owner alone, whatever the umask is. Existing files keep their mode."""

import os
import stat
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from steelyard.cli.files import with_own_key
from steelyard.db.database import Database
from steelyard.db.migrations import commands
from steelyard.events import feed, queries
from steelyard.events.log import Actor, Event, Subject, record_event
from steelyard.mail.mailers import FileMailer
from steelyard.private_files import private
from steelyard.settings import Settings

FILES = ("market.db", "market.db-wal", "market.db-shm")


@pytest.fixture(autouse=True)
def _generous() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_database_file_and_its_logs(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'market.db'}"
    await commands.migrate(url)
    database = Database(url)
    await database.open()
    try:
        async with database.transaction() as tx:
            await tx.run(queries.add_feed, name="relay")
        modes = {name: mode(tmp_path / name) for name in FILES}
    finally:
        await database.close()

    assert modes == dict.fromkeys(FILES, 0o600)


async def test_mails_and_their_folder(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Message-ID"] = "<mail.welcome.1@shop.example>"

    await FileMailer(tmp_path / "mail").send(message)

    (mail,) = (tmp_path / "mail").iterdir()
    assert (mode(tmp_path / "mail"), mode(mail)) == (0o700, 0o600)


async def test_the_audit_log(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as tx:
        await record_event(tx, Event("user.created", Actor.user(7), Subject("user", 7), {}, {7}))
    await feed.number_events(database)
    path = tmp_path / "audit.log"

    assert await feed.append_audit_log(database, path)
    assert mode(path) == 0o600


def test_the_key(tmp_path: Path) -> None:
    with_own_key(Settings(database_url=f"sqlite:///{tmp_path / 'market.db'}"))

    assert mode(tmp_path / "steelyard.key") == 0o600


def test_a_file_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    path.touch(mode=0o640)

    with open(path, "a", opener=private) as file:
        file.write("7: order_created\n")

    assert mode(path) == 0o640
