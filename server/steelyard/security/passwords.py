"""Hashing and checking passwords, off the event loop; the only importer of passlib (the distribution is libpass).

The one thread hop on a request path: Argon2 is 20 ms of C code that releases the interpreter, so two threads keep two cores
busy and the loop free. A request that would wait too long gets a 503 at once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import NamedTuple, TypeVar

import structlog
from passlib.context import CryptContext
from passlib.exc import UnknownHashError

from steelyard_contract.problems import Unavailable

# OWASP's first choice for Argon2id: 20 ms of one core. The library's own default costs ten times as much.
ARGON2_MEMORY_KIB = 19_456
ARGON2_PASSES = 2
ARGON2_PARALLELISM = 1

# One check takes 20 ms, so the last of 32 waits 0.3 s with two threads.
THREADS = 2
WAITING = 32

log = structlog.get_logger()
T = TypeVar("T")


class PasswordCheck(NamedTuple):
    """Whether a password was right, and the hash that should replace an outdated one."""

    is_right: bool
    better_hash: str | None


WRONG = PasswordCheck(is_right=False, better_hash=None)

# Salt and checksum of a hash that no password has. A login with an unknown address is checked against it, at the price of a genuine one.
_DUMMY = "c3RlZWx5YXJkIGR1bW15IQ$bm8gcGFzc3dvcmQgaGFzaGVzIHRvIHRoaXMgdGV4dCE"


class PasswordHasher:
    """Makes and checks hashes; both raise Unavailable if the queue is full."""

    def __init__(
        self, *, memory_kib: int = ARGON2_MEMORY_KIB, passes: int = ARGON2_PASSES, threads: int = THREADS, waiting: int = WAITING
    ) -> None:
        self._context = CryptContext(
            schemes=["argon2", "bcrypt"],
            # bcrypt hashes come from elsewhere: they are verified, and replaced at the owner's next login.
            deprecated=["bcrypt"],
            argon2__type="ID",
            argon2__memory_cost=memory_kib,
            argon2__time_cost=passes,
            argon2__parallelism=ARGON2_PARALLELISM,
        )
        self._dummy = f"$argon2id$v=19$m={memory_kib},t={passes},p={ARGON2_PARALLELISM}${_DUMMY}"
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="passwords")
        # Released by the thread that did the work, not by the caller: a client that hangs up does not stop a hash that runs.
        self._places = BoundedSemaphore(threads + waiting)

    def close(self) -> None:
        """Wait for the running checks, and cancel the waiting ones."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """The hash to store instead of the password."""
        return await self._off_the_loop(lambda: str(self._context.hash(password)))

    async def verify(self, password: str, hashed: str | None) -> PasswordCheck:
        """Whether the password belongs to the hash; without a hash it is wrong and takes just as long."""
        return await self._off_the_loop(lambda: self._check(password, hashed))

    def _check(self, password: str, hashed: str | None) -> PasswordCheck:
        try:
            is_right, better = self._context.verify_and_update(password, self._dummy if hashed is None else hashed)
        except UnknownHashError:
            log.exception("password_hash_damaged")
            return WRONG
        except ValueError:
            # A text that cannot be a password (a lone surrogate, more than 4096 characters, more than bcrypt takes) is a wrong password.
            return WRONG
        return PasswordCheck(bool(is_right), better)

    async def _off_the_loop(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Unavailable(retry_after=1)
        try:
            running = self._threads.submit(work)
        except RuntimeError:
            self._places.release()
            raise Unavailable(retry_after=1) from None
        running.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(running)
