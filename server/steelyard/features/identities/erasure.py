"""Removes the identities of a user who leaves."""

from steelyard.db.transaction import Transaction
from steelyard.features.identities import queries
from steelyard.features.identities.events import record_identity_event


async def remove_identities(tx: Transaction, *, user_id: int) -> None:
    """Remove all identities of an account whose mailbox has just proved another owner. Logins under way and codes go with them."""
    for removed in await tx.all(queries.remove_identities_of, user_id=user_id):
        await record_identity_event(tx, "identity.unlinked", user_id=user_id, identity_id=removed.id, provider_id=removed.provider)
    for statement in (queries.delete_flows_of, queries.delete_codes_of):
        await tx.run(statement, user_id=user_id)


async def erase_user(tx: Transaction, *, user_id: int) -> None:
    """Delete identities, logins under way and codes of the user. Their events stay."""
    for statement in (queries.delete_flows_of, queries.delete_codes_of, queries.delete_identities_of):
        await tx.run(statement, user_id=user_id)
