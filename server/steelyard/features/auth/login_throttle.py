"""Limits failed logins. They are counted in the database, so that all processes see them and a restart loses none.

Three counts, each by hashes of e-mail and network:

* **account and network**: ten failures within five minutes, then 429 until the tenth newest is five minutes old;
* **network**, whatever the account: the same;
* **account**, whatever the network: the tenth failure within an hour starts a delay of one second, and each further one doubles it,
  to five minutes at most. The account is never closed.

A network from which the account has logged in within 30 days has the first count only, so a stranger elsewhere cannot lock the owner
out. An e-mail without an account is counted like any other; otherwise a missing count would reveal that there is no such account.
"""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.auth import queries
from steelyard.features.auth.login import LoginPolicy
from steelyard.features.auth.queries import FailuresRow
from steelyard_contract.problems import RateLimited

# OWASP Authentication Cheat Sheet, "Account Lockout": start with a second, double it with each failure.
_FIRST_DELAY = timedelta(seconds=1)
# Doubled more often it is longer than any window.
_MAX_DOUBLINGS = 20


class LoginAttempt(NamedTuple):
    """The account whose password is tried, and the network of the request."""

    email_folded: str
    account_key: str
    network_key: str


def login_attempt(*, email_folded: str, network: str) -> LoginAttempt:
    """Return the keys under which both are counted."""
    return LoginAttempt(email_folded, _key("account", email_folded), _key("address", network))


async def raise_if_blocked(read: ReadOnly, policy: LoginPolicy, attempt: LoginAttempt) -> None:
    """Raise RateLimited while one of the three counts is full."""
    until = blocked_until(policy, await _failures(read, policy, attempt))
    if until is not None and until > read.now:
        raise RateLimited(policy="login", retry_after=max(1, -int(-(until - read.now).total_seconds() // 1)))


async def record_failure(tx: Transaction, policy: LoginPolicy, attempt: LoginAttempt) -> bool:
    """Count a failure; return whether it starts to delay logins of this account."""
    await tx.run(queries.insert_login_failure, account_key=attempt.account_key, address_key=attempt.network_key, now=tx.now)
    failures = await _failures(tx, policy, attempt)
    return failures.pair is not None or failures.of_account == policy.failures


def blocked_until(policy: LoginPolicy, failures: FailuresRow) -> datetime | None:
    """Return the end of the longest wait, or None."""
    ends = [failures.pair + policy.window] if failures.pair is not None else []
    if failures.known_since is None:
        if failures.network is not None:
            ends.append(failures.network + policy.window)
        if failures.last_of_account is not None and failures.of_account >= policy.failures:
            ends.append(failures.last_of_account + delay(policy, failures.of_account - policy.failures))
    return max(ends, default=None)


def delay(policy: LoginPolicy, further: int) -> timedelta:
    """The delay after this number of failures beyond the allowed ones; never longer than that of a blocked network."""
    return min(_FIRST_DELAY * (1 << min(further, _MAX_DOUBLINGS)), policy.window)


async def _failures(read: ReadOnly, policy: LoginPolicy, attempt: LoginAttempt) -> FailuresRow:
    return await read.one(
        queries.get_login_blocks,
        email_folded=attempt.email_folded,
        account_key=attempt.account_key,
        address_key=attempt.network_key,
        since=read.now - policy.window,
        account_since=read.now - policy.account_window,
        known_since=read.now - policy.known_for,
        before_last=policy.failures - 1,
    )


def _key(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
