"""Slowing down who guesses passwords: failed logins are counted in the database, so all processes see them and a restart forgets none.

The account and the address are counted by hashes of themselves. An address that nobody has is counted like any other, or its
missing count would tell that there is no such account.
"""

import hashlib
from typing import NamedTuple

from steelyard.auth import queries
from steelyard.auth.rules import LoginRules
from steelyard.auth.tables import BlocksRow
from steelyard.db.work import ReadOnly, Transaction
from steelyard_contract.problems import RateLimited


class Guesser(NamedTuple):
    """Whose password is tried, and from where."""

    account_key: str
    address_key: str


def guesser(*, email_folded: str, network: str) -> Guesser:
    """How both are counted."""
    return Guesser(_key("account", email_folded), _key("address", network))


async def refuse_if_blocked(read: ReadOnly, rules: LoginRules, who: Guesser) -> None:
    """RateLimited after too many failures of this account, of this address, or of everybody."""
    blocks = await _blocks(read, rules, who)
    last = max((moment for moment in blocks if moment is not None), default=None)
    if last is not None:
        wait = last + rules.window - read.now
        raise RateLimited(policy="login", retry_after=max(1, -int(-wait.total_seconds() // 1)))


async def count_failure(tx: Transaction, rules: LoginRules, who: Guesser) -> bool:
    """One more failure; whether it was the last one that the account had."""
    await tx.run(queries.insert_failure, account_key=who.account_key, address_key=who.address_key, now=tx.now)
    return (await _blocks(tx, rules, who)).account is not None


async def _blocks(read: ReadOnly, rules: LoginRules, who: Guesser) -> BlocksRow:
    return await read.one(
        queries.blocks,
        account_key=who.account_key,
        address_key=who.address_key,
        since=read.now - rules.window,
        before_last=rules.failures - 1,
        before_last_of_all=rules.failures_everyone - 1,
    )


def _key(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
