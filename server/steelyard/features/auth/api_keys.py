"""API keys: for programs that act for their user without the password."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import structlog
from pydantic import MISSING

from steelyard.contract.access.caller import Caller
from steelyard.contract.request.violations import validation_failed, violation
from steelyard.db.database import Database
from steelyard.db.errors import DatabaseError
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import Actor
from steelyard.features.auth import queries
from steelyard.features.auth.events import record_credential_event
from steelyard.features.auth.queries import CredentialRow
from steelyard.security.api_keys import API_KEY_PREFIX, ApiKeyClaims, ApiKeys
from steelyard.security.confirmation import confirm_caller
from steelyard.security.secret_texts import hash_secret, make_secret
from steelyard_contract import models as m
from steelyard_contract.problems import LimitReached, ScopeAmplification

# The contract says so.
MAX_API_KEYS = 20
# It would let a stolen key change the e-mail address, and with it the password.
_NEVER = m.Scope.account_write

# How accurate `last_used_at` is. One statement writes it for all keys, so that no request waits for it.
USES_INTERVAL_S = 60
_STOP_TIMEOUT_S = 1


class NewApiKey(NamedTuple):
    """A new key. Its secret is not stored."""

    row: CredentialRow
    secret: str


async def create_api_key(tx: Transaction, *, caller: Caller, draft: m.ApiKeyCreate) -> NewApiKey:
    """Create a key with at most the scopes that the caller has in this request."""
    refused = [scope for scope in m.Scope if scope in draft.scopes and (scope is _NEVER or scope.value not in caller.scopes)]
    if refused:
        raise ScopeAmplification(refused=refused)
    expires_at: datetime | None = None if draft.expires_at is MISSING else draft.expires_at
    if expires_at is not None and expires_at <= tx.now:
        raise validation_failed([violation("expires_in_the_past", ("body", "expires_at"), "An API key must expire in the future")])
    # The row of the user is locked, so that two requests at once do not both create the last key.
    await confirm_caller(tx, caller, alone=True)
    if await tx.one(queries.count_api_keys, user_id=caller.user_id, now=tx.now) >= MAX_API_KEYS:
        raise LimitReached(limit=MAX_API_KEYS)
    secret = make_secret(API_KEY_PREFIX, tx.random_bytes)
    row = await tx.one(
        queries.insert_api_key,
        user_id=caller.user_id,
        name=draft.name,
        scopes=" ".join(scope.value for scope in m.Scope if scope in draft.scopes),
        expires_at=expires_at,
        secret_hash=hash_secret(secret),
        now=tx.now,
    )
    actor = Actor.user(caller.user_id)
    await record_credential_event(tx, "credential.created", actor, user_id=caller.user_id, credential_id=row.id, kind=row.kind)
    return NewApiKey(row, secret)


async def find_api_key(db: ReadOnly, secret_hash: str) -> ApiKeyClaims | None:
    """Return the credential with this hash, active or not."""
    row = await db.first(queries.find_api_key, secret_hash=secret_hash)
    return None if row is None else ApiKeyClaims(row.user_id, row.id)


async def record_uses(database: Database, api_keys: ApiKeys) -> None:
    """Write which keys have been used since the last time."""
    used = api_keys.take_used()
    if used:
        async with database.transaction() as tx:
            await tx.run(queries.touch_credentials, credential_ids=used, now=tx.now)


async def keep_recording_uses(database: Database, api_keys: ApiKeys) -> None:
    """Write them every minute, and once more when this is cancelled."""
    try:
        while True:
            await asyncio.sleep(USES_INTERVAL_S)
            try:
                await record_uses(database, api_keys)
            except DatabaseError as error:
                # The next minute of the key is written again.
                structlog.get_logger().warning("api_key_uses_not_written", error=type(error).__name__)
    finally:
        with suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                await record_uses(database, api_keys)
