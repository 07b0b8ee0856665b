"""Creates, changes and deletes accounts."""

from datetime import datetime
from typing import TypeVar

from pydantic import MISSING

from steelyard.contract.access.authorization import too_old
from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import Actor
from steelyard.features.auth.credentials import revoke_all, revoke_sessions
from steelyard.features.auth.erasure import erase_user as erase_credentials
from steelyard.features.auth.login import LoginTools
from steelyard.features.auth.mail_tokens import void_mail_tokens
from steelyard.features.auth.mails import announce_new_password
from steelyard.features.auth.password_checks import check_password, check_policy, set_password_hash
from steelyard.features.identities.erasure import erase_user as erase_identities
from steelyard.features.items import service as items
from steelyard.features.orders import erasure as orders
from steelyard.features.users import addresses as places
from steelyard.features.users import mails, queries
from steelyard.features.users.access import check_changing, check_version, lock_user_for_caller
from steelyard.features.users.events import record_user_event
from steelyard.features.users.reading import UserDetails, with_addresses
from steelyard.features.users.search import search_text
from steelyard.idempotency.store import delete_keys_of
from steelyard.jobs import outbox
from steelyard.security.confirmation import confirm_caller
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.passwords import PasswordHasher
from steelyard.tables.users import UserRow
from steelyard_contract import models as m
from steelyard_contract.problems import LastAdmin, OpenOrders, UserNotFound

ValueT = TypeVar("ValueT")

# No address is verified, so a user could change to a stranger's address and away from it, and each change sends that address a mail.
MAX_WARNINGS = 3


async def create_user(tx: Transaction, *, draft: m.UserCreate, passwords: PasswordHasher) -> UserDetails:
    """Create an account. The unique index on the folded e-mail rejects a second one."""
    check_policy(draft.password, name=draft.name, email=draft.email, member="password")
    hashed = await passwords.hash(draft.password)
    return await _insert_user(tx, draft=draft, hashed=hashed, role="user")


async def create_admin(tx: Transaction, *, name: str, email: str, password: str, passwords: PasswordHasher) -> UserDetails:
    """Create an admin. The command line creates the first one like this."""
    draft = m.UserCreate(name=name, email=email, password=password)
    check_policy(draft.password, name=draft.name, email=draft.email, member="password")
    return await _insert_user(tx, draft=draft, hashed=await passwords.hash(draft.password), role="admin")


async def open_account(tx: Transaction, *, name: str, email: str) -> int:
    """Create an account without a password, for an address that an identity provider has verified; return its id."""
    user = await _insert_account(tx, name=name, email=email, hashed=None, role="user", verified_at=tx.now)
    await _welcome(tx, user)
    return user.id


async def _insert_user(tx: Transaction, *, draft: m.UserCreate, hashed: str, role: str) -> UserDetails:
    age, bio = _or_none(draft.age), _or_none(draft.bio)
    user = await _insert_account(tx, name=draft.name, email=draft.email, hashed=hashed, role=role, age=age, bio=bio)
    addresses = await places.create_first_addresses(tx, user_id=user.id, drafts=draft.addresses)
    await _welcome(tx, user)
    return UserDetails(user, addresses)


async def _insert_account(
    tx: Transaction,
    *,
    name: str,
    email: str,
    hashed: str | None,
    role: str,
    age: int | None = None,
    bio: str | None = None,
    verified_at: datetime | None = None,
) -> UserRow:
    return await tx.one(
        queries.insert_user,
        name=name,
        email=email,
        email_folded=email.casefold(),
        hashed_password=hashed,
        age=age,
        bio=bio,
        role=role,
        search_text=search_text(name, email),
        email_verified_at=verified_at,
        now=tx.now,
    )


async def _welcome(tx: Transaction, user: UserRow) -> None:
    await record_user_event(tx, "user.created", Actor.user(user.id), user_id=user.id, role=user.role, is_active=True)
    await outbox.enqueue(tx, mails.WELCOME, {"user_id": user.id}, subject=f"user {user.id}")


async def update_user(tx: Transaction, *, caller: Caller, user_id: int, profile: m.UserUpdate, if_match: str | None) -> UserDetails:
    """Replace the profile. If nothing changes, the version stays."""
    user = await lock_user_for_caller(tx, caller=caller, user_id=user_id)
    check_changing(caller, user_id)
    if profile.email != user.email and (stale := too_old(caller, tx.now)):
        raise stale
    check_version(if_match, user)
    after = {"name": profile.name, "email": profile.email, "age": _or_none(profile.age), "bio": _or_none(profile.bio)}
    changed = [member for member, value in after.items() if value != getattr(user, member)]
    if changed:
        is_same_mailbox = profile.email.casefold() == user.email.casefold()
        old_email = user.email
        user = await tx.one(
            queries.update_profile,
            user_id=user_id,
            **after,
            email_folded=profile.email.casefold(),
            search_text=search_text(profile.name, profile.email),
            # A new address is unverified until its owner has proved to read it.
            email_verified_at=user.email_verified_at if is_same_mailbox else None,
            now=tx.now,
        )
        await record_user_event(tx, "user.updated", Actor.user(caller.user_id), user_id=user_id, changed=changed)
        if not is_same_mailbox:
            await void_mail_tokens(tx, user_id=user_id)
            await outbox.enqueue_at_most(tx, MAX_WARNINGS, mails.EMAIL_CHANGED, {"email": old_email}, subject=f"user {user_id}")
            await outbox.enqueue_at_most(tx, MAX_WARNINGS, mails.EMAIL_ADDED, {"email": profile.email}, subject=f"user {user_id}")
    return await with_addresses(tx, user)


async def change_password(
    db: ReadOnly, tx: Transaction, tools: LoginTools, cache: CredentialCache, *, caller: Caller, change: m.ChangePassword, network: str
) -> None:
    """Store a new password if the old one is right, and revoke every other session."""
    proof = await check_password(db, tools, user_id=caller.user_id, password=change.current_password, network=network)
    check_policy(change.new_password, name=proof.login.name, email=proof.login.email, member="new_password")
    hashed = await tools.passwords.hash(change.new_password) if proof.is_right else None
    await proof.confirm(tx)
    await confirm_caller(tx, caller)
    actor = Actor.user(caller.user_id)
    await set_password_hash(tx, user_id=caller.user_id, hashed_password=hashed)
    await revoke_sessions(tx, cache, user_id=caller.user_id, actor=actor, spared_id=caller.credential_id)
    await void_mail_tokens(tx, user_id=caller.user_id, purposes=["reset"])
    await record_user_event(tx, "user.updated", actor, user_id=caller.user_id, changed=["password"])
    await announce_new_password(tx, user_id=caller.user_id)


async def set_user_access(
    tx: Transaction, cache: CredentialCache, *, caller: Caller, user_id: int, access: m.UserAccess, if_match: str | None
) -> UserDetails:
    """Change the role, or lock or unlock the account. The change applies from the user's next request."""
    admins = await tx.all(queries.lock_admins)
    await confirm_caller(tx, caller)
    user = await tx.first(queries.lock_user, user_id=user_id)
    if user is None:
        raise UserNotFound
    check_version(if_match, user)
    role = access.role.value
    if (role, access.is_active) == (user.role, user.is_active):
        return await with_addresses(tx, user)
    if admins == [user_id] and not (role == "admin" and access.is_active):
        raise LastAdmin
    actor = Actor.user(caller.user_id)
    if user.is_active and not access.is_active:
        await revoke_all(tx, cache, user_id=user_id, actor=actor)
        await items.withdraw_items_of(tx, owner_id=user_id, actor=actor)
    user = await tx.one(queries.update_access, user_id=user_id, role=role, is_active=access.is_active, now=tx.now)
    tx.on_commit(lambda: cache.drop_user(user_id))
    await record_user_event(tx, "user.access_changed", actor, user_id=user_id, role=role, is_active=access.is_active)
    return await with_addresses(tx, user)


async def delete_user(tx: Transaction, cache: CredentialCache, *, caller: Caller, user_id: int, if_match: str | None) -> None:
    """Delete everything personal. The parts of orders that others need stay.

    Locks are taken in the order of every other write: users, orders, items. The open orders are counted last, when an order that was
    being placed on one of the items has either been committed or found the item archived. An order refers to its seller by the key
    alone, which this lock leaves free: a lock of the key would wait for the order, and the order for it.
    """
    admins = await tx.all(queries.lock_admins)
    user = await tx.first(queries.lock_user, user_id=user_id)
    if user is None:
        raise UserNotFound
    await confirm_caller(tx, caller)
    check_changing(caller, user_id)
    if caller.user_id == user_id and (stale := too_old(caller, tx.now)):
        raise stale
    check_version(if_match, user)
    if admins == [user_id]:
        raise LastAdmin
    await orders.erase_user(tx, user_id=user_id)
    actor = Actor.user(caller.user_id)
    await items.archive_items_of(tx, owner_id=user_id, actor=actor)
    open_orders = await orders.count_open_orders(tx, user_id=user_id)
    if open_orders:
        raise OpenOrders(orders=open_orders)
    await erase_credentials(tx, cache, user_id=user_id, actor=actor)
    await erase_identities(tx, user_id=user_id)
    await tx.run(queries.delete_addresses_of, user_id=user_id)
    await delete_keys_of(tx, user_id=user_id)
    # A warning that is still to be sent stays: a stranger who took the account over would suppress it by deleting the account.
    for kind in (mails.EMAIL_CHANGED, mails.EMAIL_ADDED):
        await outbox.delete_finished_jobs_of(tx, kind, subject=f"user {user_id}")
    await tx.run(queries.anonymise_user, user_id=user_id, freed=f"deleted-{user_id}", now=tx.now)
    await record_user_event(tx, "user.deleted", actor, user_id=user_id)


def _or_none(value: ValueT | MISSING) -> ValueT | None:
    return None if value is MISSING else value
