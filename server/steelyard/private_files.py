"""Files that only their owner may read, because they contain accounts, mails, keys or the audit log."""

import os
from pathlib import Path

FOLDER_MODE = 0o700


def private(path: str, flags: int) -> int:
    """An opener for `open`. An existing file keeps its mode."""
    return os.open(path, flags, 0o600)


def may_write(path: Path) -> bool:
    """Whether this process may write the file, or create it in its folder."""
    return path.is_file() and _has_access(path) if path.exists() else may_write_in(path.parent)


def may_write_in(folder: Path) -> bool:
    """Whether the folder exists, and this process may create files in it."""
    return folder.is_dir() and _has_access(folder)


def _has_access(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
