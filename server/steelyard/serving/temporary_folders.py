"""Temporary folders. A start removes the folders that killed processes have left."""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# A file that another thread creates meanwhile lets a removal fail.
REMOVALS = 10

# With the process that created each: one that is forked later must not remove it.
_in_use: list[tuple[int, Path]] = []


@contextmanager
def folder(prefix: str, place: Path | None = None) -> Iterator[Path]:
    """A new folder, removed at the end, in `place` or where temporary files are. First it removes folders of ended processes.

    A lock says whether the process lives: it ends with the process, however that goes, and means the same in every container.
    """
    # A handler that raises or exits between two steps would leave a folder, or the file with which tempfile tries a place.
    with _signal_mask(signal.SIG_BLOCK, ENDING_SIGNALS) as usual:
        owner = os.getpid()
        place = place or Path(tempfile.gettempdir())
        _remove_leftovers(prefix, place)
        # Under this name no other process takes it for a leftover before it is locked.
        made = Path(tempfile.mkdtemp(prefix=f".{prefix}", dir=place))
        lock = os.open(made, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = made.rename(made.with_name(made.name.removeprefix(".")))
            _in_use.append((owner, made))
            with _signal_mask(signal.SIG_SETMASK, usual):
                yield made
        finally:
            # A forked process gets here, too, when it discards this generator.
            if os.getpid() == owner:
                shutil.rmtree(made, ignore_errors=True)
                _in_use.remove((owner, made))
            os.close(lock)


def remove_all() -> None:
    """Remove the folders of this process, although its other threads may still write into them."""
    for each in (folder for owner, folder in _in_use if owner == os.getpid()):
        for _ in range(REMOVALS):
            shutil.rmtree(each, ignore_errors=True)
            if not each.exists():
                break


@contextmanager
def _signal_mask(how: int, signals: Iterable[int | signal.Signals]) -> Iterator[set[int | signal.Signals]]:
    """Change this thread's mask. Yields the one before, which is restored at the end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        # It raises what the handlers of signals that waited raise.
        signal.pthread_sigmask(how, signals)
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _remove_leftovers(prefix: str, place: Path) -> None:
    for left in place.glob(f"{prefix}*"):
        with suppress(OSError):  # locked, of another user, or gone by now
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)
