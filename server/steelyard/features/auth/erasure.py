"""Removes the credentials of a user who leaves."""

from steelyard.db.transaction import Transaction
from steelyard.events.log import Actor
from steelyard.features.auth import queries
from steelyard.features.auth.credentials import revoke_all
from steelyard.security.credential_cache import CredentialCache


async def erase_user(tx: Transaction, cache: CredentialCache, *, user_id: int, actor: Actor) -> None:
    """Revoke and delete the credentials of the user. Their events stay."""
    # Refresh tokens before their credentials, as in refresh_session; otherwise the two transactions could wait for each other.
    await tx.run(queries.delete_refresh_tokens_of, user_id=user_id)
    await revoke_all(tx, cache, user_id=user_id, actor=actor)
    await tx.run(queries.delete_mail_tokens_of, user_id=user_id)
    await tx.run(queries.delete_credentials_of, user_id=user_id)
