"""Files that only their owner may read: they hold accounts, mails, keys and who did what."""

import os

FOLDER_MODE = 0o700


def private(path: str, flags: int) -> int:
    """An opener for `open`. A file that is there keeps the mode that its owner gave it."""
    return os.open(path, flags, 0o600)
