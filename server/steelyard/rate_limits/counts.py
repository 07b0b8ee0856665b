"""Counts of recent calls by key, in memory of a fixed size that the processes of one machine can share.

The memory is a table of sets, each with room for a few keys. The hash of a key chooses the set; a new key replaces the one of its set
that was seen longest ago. The hash is keyed with random bytes of the table, so no client can choose keys that share a set, and no
address is stored. A key has one count for each slice of its window, newest first.
"""

import fcntl
import mmap
import os
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

SLICES = 100
SETS = 4096
KEYS_PER_SET = 8

_MAGIC = b"steelyard counts 1\n".ljust(32)
_SECRET_BYTES = 32
_KEY_BYTES = 16
_SEEN = struct.Struct(f"<{KEYS_PER_SET}Q")
_MOMENT = struct.Struct("<Q")
# One slice more than the window has: a call counts until all of its slice is a window old.
_COUNTS = struct.Struct(f"<{SLICES + 1}I")
_ZERO = (0,)
_HEAD_BYTES = len(_MAGIC) + _SECRET_BYTES
_KEYS_BYTES = KEYS_PER_SET * _KEY_BYTES
_SET_BYTES = _KEYS_BYTES + _SEEN.size + KEYS_PER_SET * _COUNTS.size
SIZE = _HEAD_BYTES + SETS * _SET_BYTES

# Another process has a set for microseconds, or until it gets its turn again. If it is stopped meanwhile, the others count without
# waiting any longer: a call too few may be counted then. A process that ends has nothing locked.
_TRIES = 1000
_PAUSE_S = 0.0001


class CountsFileError(Exception):
    """The file of the counts cannot be used; the text says why and what to do."""


class Counts:
    """A table of this process, or the one in a file that several processes name."""

    def __init__(self, random_bytes: Callable[[int], bytes], path: Path | None = None) -> None:
        self._random_bytes = random_bytes
        self._path = path
        self._file: int | None = None
        # Memory costs nothing before it is written to.
        self._memory = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._secret = b"" if path else random_bytes(_SECRET_BYTES)

    def open(self) -> None:
        """The file, made by the first process that opens it; CountsFileError for a file of another kind."""
        if self._path is None:
            return
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CountsFileError(f"{self._path} cannot be written: {error.strerror}. Correct STEELYARD_RATE_LIMITS_FILE.") from error
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            if os.fstat(file).st_size == 0:
                # Memory that is not there would be noticed by a signal that ends the process.
                if sys.platform == "linux":
                    os.posix_fallocate(file, 0, SIZE)
                else:
                    os.ftruncate(file, SIZE)
                os.pwrite(file, _MAGIC + self._random_bytes(_SECRET_BYTES), 0)
            head = os.pread(file, _HEAD_BYTES, 0)
            if os.fstat(file).st_size != SIZE or not head.startswith(_MAGIC):
                raise CountsFileError(
                    f"{self._path} is no file of rate limits of this version. Delete it, or name another in STEELYARD_RATE_LIMITS_FILE."
                )
            self._memory = mmap.mmap(file, SIZE)
        except BaseException:
            os.close(file)
            raise
        fcntl.flock(file, fcntl.LOCK_UN)
        self._file, self._secret = file, head[len(_MAGIC) :]

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._memory.close()
            os.close(self._file)
            self._file = None

    def take(self, name: str, most: int, slice_ns: int, now_ns: int) -> tuple[int, int, int]:
        """Count a call of a key unless `most` are counted already.

        The calls that are left, -1 if this one was not counted; and the numbers of the newest and the oldest slice that hold a call.
        """
        memory, file = self._memory, self._file
        key = blake2b(name.encode(), digest_size=_KEY_BYTES, key=self._secret).digest()
        number = int.from_bytes(key[:4], "little") % SETS
        keys = _HEAD_BYTES + number * _SET_BYTES
        seen = keys + _KEYS_BYTES
        is_locked = file is not None and _lock(file, number)
        try:
            position = memory.find(key, keys, seen)
            if position < 0:
                moments = _SEEN.unpack_from(memory, seen)
                place = moments.index(min(moments))
                last, counts = 0, (0,) * (SLICES + 1)
                memory[keys + place * _KEY_BYTES : keys + (place + 1) * _KEY_BYTES] = key
            else:
                place = (position - keys) // _KEY_BYTES
                (last,) = _MOMENT.unpack_from(memory, seen + place * _MOMENT.size)
                counts = _COUNTS.unpack_from(memory, seen + _SEEN.size + place * _COUNTS.size)

            newest, passed = now_ns // slice_ns, now_ns // slice_ns - last // slice_ns
            if -SLICES <= passed < 0:
                # Another process has looked at the time later and come first.
                newest, passed, now_ns = newest - passed, 0, last
            if not 0 <= passed <= SLICES:
                # All of it is over, or from before the machine was started again.
                passed = SLICES + 1
            counts = _ZERO * passed + counts[: SLICES + 1 - passed]
            left = most - sum(counts) - 1
            _COUNTS.pack_into(memory, seen + _SEEN.size + place * _COUNTS.size, counts[0] + (left >= 0), *counts[1:])
            _MOMENT.pack_into(memory, seen + place * _MOMENT.size, now_ns)
        finally:
            if is_locked:
                assert file is not None
                fcntl.lockf(file, fcntl.LOCK_UN, 1, number)
        if left >= 0:
            return left, newest, newest
        ages = [age for age, count in enumerate(counts) if count]
        return -1, newest - ages[0], newest - ages[-1]


def _lock(file: int, number: int) -> bool:
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            return True
        time.sleep(_PAUSE_S)
    return False
