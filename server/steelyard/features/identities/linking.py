"""Which account an identity belongs to. Nothing is ever attached by an e-mail address: a provider's word is not the owner's."""

import re
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from steelyard.db.errors import TransactionConflict
from steelyard.db.transaction import Transaction
from steelyard.features.identities import queries
from steelyard.features.identities.events import record_identity_event, record_login_rejected
from steelyard.features.identities.login import OpenAccount
from steelyard.security.identity_providers.provider import ProvenIdentity
from steelyard_contract.bounds import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from steelyard_contract.scalars import EmailStr

_EMAIL: TypeAdapter[str] = TypeAdapter(EmailStr)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")

UNVERIFIED = "The provider has not verified your e-mail address"
HAS_PASSWORD = "There is an account with this e-mail address. Log in with your password"  # noqa: S105 - a sentence, no password
DEACTIVATED = "This account has been deactivated"


@dataclass(frozen=True, slots=True)
class Denied:
    """Why there is no login; for the user."""

    reason: str


async def find_or_open_account(tx: Transaction, proven: ProvenIdentity, *, provider_id: str, open_account: OpenAccount) -> int | Denied:
    """The user that the identity belongs to, or a new one if its verified address has no account.

    Raises ConstraintViolated or TransactionConflict if another transaction attaches or removes the identity at the same time.
    """
    email = verified_address(proven)
    # Read the account first. A first login that commits between the two reads brings account and identity, so the identity is found.
    has_account = email is not None and await tx.scalar(queries.find_account, email_folded=email.casefold()) is not None
    known = await tx.first(queries.lock_user_of_identity, issuer=proven.issuer, subject=proven.subject)
    if known is not None:
        if not known.is_active:
            await record_login_rejected(tx, user_id=known.user_id)
            return Denied(DEACTIVATED)
        if not await tx.run(queries.touch_identity, identity_id=known.id, email=shown_address(proven), now=tx.now):
            raise TransactionConflict("the identity was removed while its user was locked")
        return known.user_id
    if email is None:
        return Denied(UNVERIFIED)
    if has_account:
        return Denied(HAS_PASSWORD)
    user_id = await open_account(tx, name=account_name(proven.name, email), email=email)
    await link(tx, proven.issuer, proven.subject, shown_address(proven), user_id=user_id, provider_id=provider_id, is_used=True)
    return user_id


async def link(
    tx: Transaction, issuer: str, subject: str, email: str | None, *, user_id: int, provider_id: str, is_used: bool = False
) -> int:
    """Attach the identity to the user; return its id. The unique constraint rejects one that is attached already."""
    identity_id = await tx.one(
        queries.insert_identity,
        user_id=user_id,
        issuer=issuer,
        subject=subject,
        provider=provider_id,
        email=email,
        last_used_at=tx.now if is_used else None,
        now=tx.now,
    )
    await record_identity_event(tx, "identity.linked", user_id=user_id, identity_id=identity_id, provider_id=provider_id)
    return identity_id


def verified_address(proven: ProvenIdentity) -> str | None:
    """The address, if the provider has verified it and it can be that of an account."""
    return shown_address(proven) if proven.is_email_verified else None


def shown_address(proven: ProvenIdentity) -> str | None:
    """The address, if it is one."""
    if proven.email is None or len(proven.email) > MAX_EMAIL_LENGTH:
        return None
    try:
        return _EMAIL.validate_python(proven.email)
    except ValidationError:
        return None


def account_name(name: str | None, email: str) -> str:
    """The name of a new account: that of the provider as one line, or else the part of the address before the @."""
    line = " ".join(_UNPRINTABLE.sub(" ", name or "").split())[:MAX_NAME_LENGTH].strip()
    return line or email.partition("@")[0][:MAX_NAME_LENGTH]
