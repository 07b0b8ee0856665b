"""Where a session is kept between renewals: in memory, or in a file that several processes share."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final, Protocol, cast

from .forks import renew_after_fork
from .model import Record


class Tokens(Record):
    """A session. `expires_at` is wall-clock time, because another process may read it."""

    __slots__ = ("access", "expires_at", "refresh")
    HIDDEN = frozenset({"access", "refresh"})

    def __init__(self, access: str | None = None, refresh: str | None = None, expires_at: float = 0.0) -> None:
        self.access: Final = access
        self.refresh: Final = refresh
        self.expires_at: Final = expires_at


class TokenStore(Protocol):
    """Keeps the tokens of one session. A refresh token is good once: the holder of the lock sends it and stores its successor."""

    def load(self) -> Tokens:
        """What is stored; empty tokens when there is nothing."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Replace what is stored, in one step."""
        ...

    def try_lock(self) -> bool:
        """Acquire the lock if it is free; never waits."""
        ...

    def unlock(self) -> None: ...


class MemoryTokens:
    """In memory, for one client."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens or Tokens()

    def load(self) -> Tokens:
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def try_lock(self) -> bool:
        # The client's own lock is enough.
        return True

    def unlock(self) -> None:
        pass


class FileTokens:
    """For programs that run often or side by side: one session in a file that only its owner can read."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).expanduser()
        self._stamp: tuple[int, int, int] | None = None
        self._tokens = Tokens()
        self._held: int | None = None
        renew_after_fork(self)

    def _after_fork(self) -> None:
        if self._held is not None:
            # A copy of the parent's descriptor, which would keep the lock.
            os.close(self._held)
            self._held = None

    def __repr__(self) -> str:
        return f"FileTokens({str(self._path)!r})"

    def load(self) -> Tokens:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._tokens = None, Tokens()
            return self._tokens
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
        if stamp != self._stamp:
            self._tokens = _read(self._path)
            self._stamp = stamp
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        from tempfile import mkstemp  # noqa: PLC0415  # only for sessions in files

        # mkstemp makes the file 0600; the rename shows either all of it or none.
        handle, name = mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"access": tokens.access, "refresh": tokens.refresh, "expires_at": tokens.expires_at}, file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self._stamp = None

    def try_lock(self) -> bool:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        if not _claim(handle):
            os.close(handle)
            return False
        self._held = handle
        return True

    def unlock(self) -> None:
        if self._held is not None:
            # Closing alone leaves the lock to a process that was forked meanwhile and has not run yet.
            _release(self._held)
            os.close(self._held)
            self._held = None


def _read(path: Path) -> Tokens:
    try:
        content: Any = json.loads(path.read_bytes())
        held = cast("dict[str, Any]", content)
        return Tokens(held["access"], held["refresh"], float(held["expires_at"]))
    except (OSError, ValueError, TypeError, KeyError):
        # A damaged file counts as empty, and the next login replaces it.
        return Tokens()


if sys.platform == "win32":  # pragma: no cover  # the tests run where fcntl is

    def _claim(handle: int) -> bool:
        import msvcrt  # noqa: PLC0415  # only for sessions in files

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(handle: int) -> None:
        """Closing it is enough."""

else:

    def _claim(handle: int) -> bool:
        import fcntl  # noqa: PLC0415  # only for sessions in files

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _release(handle: int) -> None:
        import fcntl  # noqa: PLC0415  # only for sessions in files

        fcntl.flock(handle, fcntl.LOCK_UN)
