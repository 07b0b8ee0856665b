"""What a command needs before it can work: a key, folders that can be written, a database that is there and has today's schema."""

import os
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from steelyard.private_files import FOLDER_MODE, private
from steelyard.settings import SECRET_BYTES, Settings
from steelyard.settings.database_urls import address, sqlite_path

T = TypeVar("T")

# The database layer is imported where it is needed: `steelyard openapi` must not wait for a driver.


class CommandError(Exception):
    """This command cannot be carried out; the text is all that its user needs to know."""


def with_own_key(settings: Settings) -> Settings:
    """The key that is kept beside an SQLite file, made at the first start, so that logins outlive a restart."""
    if not settings.is_embedded or "secret_keys" in settings.model_fields_set:
        return settings
    kept = Path(sqlite_path(settings.database_url)).with_name("steelyard.key")
    try:
        try:
            with open(kept, "x", opener=private) as file:
                file.write(settings.secret_keys[0].get_secret_value())
        except FileExistsError:
            pass
        key = kept.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandError(
            f"the key {kept} cannot be kept beside the database: {error.strerror}. Let this user write that folder, set "
            "STEELYARD_SECRET_KEYS, or name another file in STEELYARD_DATABASE_URL."
        ) from error
    except UnicodeDecodeError:
        key = ""
    if len(key.encode()) < SECRET_BYTES:
        raise CommandError(f"{kept} holds no key of {SECRET_BYTES} bytes. Delete it: a new one is made, and everybody logs in again.")
    return settings.model_copy(update={"secret_keys": (SecretStr(key),)})


def check_places_for_jobs(settings: Settings) -> None:
    """Have mail folder and audit log ready, so that the first mail does not find out that it has nowhere to go."""
    if settings.mail == "file":
        make_folder(settings.mail_folder, "STEELYARD_MAIL_FOLDER")
    if settings.audit_log is not None:
        try:
            with open(settings.audit_log, "ab", opener=private):
                pass
        except OSError as error:
            raise CommandError(f"{settings.audit_log} cannot be written: {error.strerror}. Correct STEELYARD_AUDIT_LOG.") from error


def make_folder(folder: Path, named_in: str) -> None:
    """A folder that this process can write to, for its owner alone if it has to be made."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        # Permissions, a read-only disk and a full one are known for certain only by writing.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CommandError(f"the folder {folder} cannot be written: {error.strerror}. Correct {named_in}.") from error


def check_rate_limits_file(settings: Settings) -> None:
    """Have the file of the rate limits ready, if one is named: workers would only die of it, one after the other."""
    from steelyard.rate_limits.counts import Counts, CountsFileError

    if settings.rate_limits and settings.rate_limits_file is not None:
        counts = Counts(os.urandom, settings.rate_limits_file)
        try:
            counts.open()
        except CountsFileError as error:
            raise CommandError(str(error)) from error
        counts.close()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Any]:
    """The database, while it is used."""
    from steelyard.db.database import Database

    database = Database.of(settings)
    await reached(database.open(), settings)
    try:
        yield database
    finally:
        await database.close()


async def check_connection(settings: Settings) -> None:
    """Connect as the server will: a pooler may refuse its start-up parameters, and workers would take that for a database that is away."""
    async with opened(settings):
        pass


async def check_schema(settings: Settings) -> None:
    """Serving on a schema that this version does not know would fail at the first request, or worse, later."""
    from steelyard.db.migrations import commands

    current = await reached(commands.current(settings.database_url), settings)
    if current == commands.head():
        return
    pending = await reached(commands.pending(settings.database_url), settings)
    if not pending:
        raise CommandError(
            f"the database is at revision {current}, which is newer than this version knows. Install the version that migrated it."
        )
    if settings.is_embedded:
        await reached(commands.migrate(settings.database_url), settings)
        return
    raise CommandError(f"the database is {len(pending)} revision(s) behind ({', '.join(pending)}). Run `steelyard migrate` first.")


async def reached(asking: Coroutine[Any, Any, T], settings: Settings) -> T:
    """What the database says; why it cannot be used, without a password, when it does not."""
    from steelyard.db.errors import DatabaseError, NotOpened
    from steelyard.db.opening import why_not_done
    from steelyard.db.postgres.backend import CONNECT_ERRORS

    place = address(settings.database_url)
    try:
        return await asking
    except NotOpened as error:
        raise CommandError(f"the database {place} {error}.") from error
    except DatabaseError as error:
        raise CommandError(f"the database {place} cannot be used now: {error}. Try again.") from error
    except CONNECT_ERRORS as error:
        raise CommandError(f"the database {place} {why_not_done(error)}.") from error
