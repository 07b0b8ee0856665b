"""Slows down password guessing. Failed logins are counted in the database, so all processes see them and a restart forgets none.

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
    """Whose password is tried, and from which network."""

    email_folded: str
    account_key: str
    network_key: str


def login_attempt(*, email_folded: str, network: str) -> LoginAttempt:
    """How both are counted."""
    return LoginAttempt(email_folded, _key("account", email_folded), _key("address", network))


async def raise_if_blocked(read: ReadOnly, rules: LoginPolicy, who: LoginAttempt) -> None:
    """RateLimited while one of the three counts is full."""
    until = blocked_until(rules, await _failures(read, rules, who))
    if until is not None and until > read.now:
        raise RateLimited(policy="login", retry_after=max(1, -int(-(until - read.now).total_seconds() // 1)))


async def record_failure(tx: Transaction, rules: LoginPolicy, who: LoginAttempt) -> bool:
    """One more failure; whether it was the one that starts to hold up logins of this account."""
    await tx.run(queries.insert_login_failure, account_key=who.account_key, address_key=who.network_key, now=tx.now)
    failures = await _failures(tx, rules, who)
    return failures.pair is not None or failures.of_account == rules.failures


def blocked_until(rules: LoginPolicy, failures: FailuresRow) -> datetime | None:
    """The end of the longest wait; None without one."""
    ends = [failures.pair + rules.window] if failures.pair is not None else []
    if failures.known_since is None:
        if failures.network is not None:
            ends.append(failures.network + rules.window)
        if failures.last_of_account is not None and failures.of_account >= rules.failures:
            ends.append(failures.last_of_account + delay(rules, failures.of_account - rules.failures))
    return max(ends, default=None)


def delay(rules: LoginPolicy, further: int) -> timedelta:
    """The wait after so many failures of one account beyond the allowed ones; never longer than that of a blocked network."""
    return min(_FIRST_DELAY * (1 << min(further, _MAX_DOUBLINGS)), rules.window)


async def _failures(read: ReadOnly, rules: LoginPolicy, who: LoginAttempt) -> FailuresRow:
    return await read.one(
        queries.failures,
        email_folded=who.email_folded,
        account_key=who.account_key,
        address_key=who.network_key,
        since=read.now - rules.window,
        account_since=read.now - rules.account_window,
        known_since=read.now - rules.known_for,
        before_last=rules.failures - 1,
    )


def _key(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
