"""What commands keep in files: the signing key, folders and files of settings, temporary folders."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import SecretStr

from steelyard.cli.errors import CommandError
from steelyard.private_files import FOLDER_MODE, private
from steelyard.serving import temporary_folders
from steelyard.settings import SECRET_BYTES, Settings
from steelyard.settings.database_urls import sqlite_path


def with_own_key(settings: Settings) -> Settings:
    """The settings with the key beside the SQLite file, which the first start creates, so that logins survive a restart."""
    if not settings.is_embedded or "secret_keys" in settings.model_fields_set:
        return settings
    path = Path(sqlite_path(settings.database_url)).with_name("steelyard.key")
    try:
        try:
            with open(path, "x", opener=private) as file:
                file.write(settings.secret_keys[0].get_secret_value())
        except FileExistsError:
            pass
        key = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandError(
            f"the key {path} cannot be stored beside the database: {error.strerror}. Give this user write access to the folder, set "
            "STEELYARD_SECRET_KEYS, or name another file in STEELYARD_DATABASE_URL."
        ) from error
    except UnicodeDecodeError:
        key = ""
    if len(key.encode()) < SECRET_BYTES:
        raise CommandError(
            f"{path} holds no key of {SECRET_BYTES} bytes. Delete it: the next start creates a new one, and users have to log in again."
        )
    return settings.model_copy(update={"secret_keys": (SecretStr(key),)})


def check_job_files(settings: Settings) -> None:
    """Raise CommandError if jobs could not read the templates of mails, or write the mail folder or the audit log."""
    if settings.mail_templates is not None:
        check_mail_templates(settings)
    if settings.mail == "file":
        make_folder(settings.mail_folder, "STEELYARD_MAIL_FOLDER")
    if settings.audit_log is not None:
        try:
            with open(settings.audit_log, "ab", opener=private):
                pass
        except OSError as error:
            raise CommandError(f"{settings.audit_log} cannot be written: {error.strerror}. Correct STEELYARD_AUDIT_LOG.") from error


def check_mail_templates(settings: Settings) -> None:
    """Raise CommandError if the operator's templates of mails cannot be used."""
    from steelyard.app.mails import create_renderer
    from steelyard.mail.rendering import UnusableTemplates

    try:
        create_renderer(settings)
    except UnusableTemplates as error:
        raise CommandError(f"{error}. Correct it, or leave out STEELYARD_MAIL_TEMPLATES.") from error


def make_folder(folder: Path, named_in: str) -> None:
    """Create the folder for its owner alone, if it is missing. Raise CommandError if this process cannot write to it."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        # Only a write proves that permissions, disk space and mount options allow it.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CommandError(f"the folder {folder} cannot be written: {error.strerror}. Correct {named_in}.") from error


def check_rate_limits_file(settings: Settings) -> None:
    """Raise CommandError if the file of the rate limits cannot be used; otherwise every worker would die of it."""
    from steelyard.rate_limits.counts import Counts, CountsFileError

    if settings.rate_limits and settings.rate_limits_file is not None:
        counts = Counts(os.urandom, settings.rate_limits_file)
        try:
            counts.open()
        except CountsFileError as error:
            raise CommandError(str(error)) from error
        counts.close()


@contextmanager
def temporary_folder(use: str, instead: str, parent: Path | None = None) -> Iterator[Path]:
    """A new folder for this use, deleted at the end. If none can be created, the message suggests `instead`."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(temporary_folders.folder(f"steelyard-{use}-", parent))
        except OSError as error:
            raise CommandError(
                f"there is no temporary folder for {use}: {error.strerror}. Set TMPDIR to a folder with write access, or {instead}."
            ) from error
        yield folder
