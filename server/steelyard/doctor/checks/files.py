"""Whether the files of the settings can be used. Nothing is created: the owner would be the user of this command."""

from collections.abc import Iterator
from pathlib import Path

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, refuse, warn
from steelyard.private_files import may_write, may_write_in


def offline(machine: Machine) -> Iterator[Result]:
    settings = machine.settings
    by_workers, by_server = [], []
    if settings.audit_log is not None and not may_write(settings.audit_log):
        by_workers.append(f"{settings.audit_log} of STEELYARD_AUDIT_LOG")
    if settings.mail == "file" and not _may_make(settings.mail_folder):
        by_workers.append(f"{settings.mail_folder} of STEELYARD_MAIL_FOLDER")
    if settings.rate_limits_file is not None and not may_write(settings.rate_limits_file):
        by_server.append(f"{settings.rate_limits_file} of STEELYARD_RATE_LIMITS_FILE")
    if unusable := by_server + by_workers:
        level = refuse if by_server or settings.runs_worker else warn
        yield level("files", f"This user cannot write {', '.join(unusable)}. Correct the setting, or let this user write there.")
    else:
        yield ok("files", "This user can write every file that the settings name.")


def _may_make(folder: Path) -> bool:
    """Whether the folder can be used, or made with those above it."""
    return may_write_in(folder) if folder.exists() or folder.parent == folder else _may_make(folder.parent)
