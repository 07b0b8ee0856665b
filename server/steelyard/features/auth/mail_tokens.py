"""Tokens in mails: each is good once, for a time, and only for the account and the address that its mail was sent to.

A token is made of its job, so that each attempt at the mail has the same one, and the database has only its hash.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from steelyard.db.transaction import Transaction
from steelyard.features.auth import queries
from steelyard.features.auth.queries import MailAccountRow
from steelyard.security.secret_texts import hash_secret
from steelyard.tables.jobs import JobRow
from steelyard_contract.problems import InvalidMailToken

Purpose = Literal["verify", "reset"]

# The contract says so.
LIFETIMES: dict[Purpose, timedelta] = {"verify": timedelta(hours=24), "reset": timedelta(hours=1)}
MAX_MAILS = 3
PERIOD = timedelta(hours=1)

MAIL_TOKEN_PREFIX = "sym_"  # noqa: S105  # no token by itself


class MailTokens:
    """Makes the tokens, with a key that is derived from the first secret key."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._key = hmac.digest(secret_keys[0].encode(), b"steelyard mail tokens", "sha256")

    def make(self, job: JobRow, purpose: Purpose, account: MailAccountRow) -> str:
        """The token of this mail. Its user, address and time are part of it, because ids of jobs return when a backup is restored."""
        text = "\n".join([purpose, str(job.id), job.run_at.isoformat(), str(account.id), account.email])
        return MAIL_TOKEN_PREFIX + urlsafe_b64encode(hmac.digest(self._key, text.encode(), "sha256")).rstrip(b"=").decode()


async def issue_mail_token(tx: Transaction, tokens: MailTokens, job: JobRow, purpose: Purpose, account: MailAccountRow) -> str | None:
    """Store the token of this mail; None if the account has had three such mails within the hour, or the token was used."""
    token = tokens.make(job, purpose, account)
    token_hash = hash_secret(token)
    sent = await tx.one(queries.count_other_mail_tokens, user_id=account.id, purpose=purpose, since=tx.now - PERIOD, token_hash=token_hash)
    if sent >= MAX_MAILS:
        return None
    stored = await tx.scalar(
        queries.put_mail_token,
        token_hash=token_hash,
        user_id=account.id,
        purpose=purpose,
        expires_at=tx.now + LIFETIMES[purpose],
        now=tx.now,
    )
    return None if stored is None else token


async def use_mail_token(tx: Transaction, *, token: str, purpose: Purpose) -> MailAccountRow:
    """Lock and return the account of the token, which is used from now on. Raises InvalidMailToken.

    The account is locked before its token, as everywhere. Of two requests with one token, the second finds it used.
    """
    token_hash = hash_secret(token)
    user_id = await tx.scalar(queries.find_mail_token, token_hash=token_hash, purpose=purpose, now=tx.now)
    if user_id is None:
        raise InvalidMailToken
    account = await tx.first(queries.lock_mail_account, user_id=user_id)
    used = await tx.scalar(queries.use_mail_token, token_hash=token_hash, purpose=purpose, now=tx.now)
    if account is None or used is None or not account.is_active:
        raise InvalidMailToken
    return account


async def void_mail_tokens(tx: Transaction, *, user_id: int, purposes: Sequence[Purpose] = ("verify", "reset")) -> None:
    """Make the unused tokens of the account invalid."""
    await tx.run(queries.void_mail_tokens, user_id=user_id, purposes=list(purposes), now=tx.now)
