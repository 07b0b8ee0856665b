"""Who is registered and what they may do: the account's life, from registering to being forgotten."""

from typing import TypeVar

from pydantic import MISSING

from steelyard.contract.access.authorization import too_old
from steelyard.contract.access.caller import Caller
from steelyard.contract.http.etags import if_match_allows
from steelyard.contract.request.violations import validation_failed, violation
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events import log
from steelyard.events.log import Actor, Event, EventType, Subject
from steelyard.features.auth.credentials import revoke_all
from steelyard.features.auth.erasure import erase_user as erase_credentials
from steelyard.features.auth.login import LoginTools
from steelyard.features.auth.password_checks import check_password, set_password_hash
from steelyard.features.items import service as items
from steelyard.features.orders import erasure as orders
from steelyard.features.users import addresses as places
from steelyard.features.users import mails, queries
from steelyard.features.users.reading import UserDetails, with_addresses
from steelyard.features.users.search import text_of
from steelyard.idempotency.store import delete_keys_of
from steelyard.jobs import outbox
from steelyard.security.authenticator import CredentialCache
from steelyard.security.confirmation import confirm_caller
from steelyard.security.password_policy import is_too_common
from steelyard.security.passwords import PasswordHasher
from steelyard.tables.users import UserRow
from steelyard_contract import models as m
from steelyard_contract.problems import AdminRequired, InsufficientScope, LastAdmin, OpenOrders, PreconditionFailed, UserNotFound

_Value = TypeVar("_Value")

# No address is verified: who changes to a stranger's address and away from it would send them as many mails as they like.
MAX_WARNINGS = 3


async def create_user(tx: Transaction, *, draft: m.UserCreate, passwords: PasswordHasher) -> UserDetails:
    """A new account; the unique index on the folded address judges whether there is one already."""
    _check_policy(draft.password, name=draft.name, email=draft.email, member="password")
    hashed = await passwords.hash(draft.password)
    return await _enrol(tx, draft=draft, hashed=hashed, role="user")


async def create_admin(tx: Transaction, *, name: str, email: str, password: str, passwords: PasswordHasher) -> UserDetails:
    """A new account with the role admin: how a marketplace gets its first one, from the command line."""
    draft = m.UserCreate(name=name, email=email, password=password)
    _check_policy(draft.password, name=draft.name, email=draft.email, member="password")
    return await _enrol(tx, draft=draft, hashed=await passwords.hash(draft.password), role="admin")


async def _enrol(tx: Transaction, *, draft: m.UserCreate, hashed: str, role: str) -> UserDetails:
    user = await tx.one(
        queries.insert_user,
        name=draft.name,
        email=draft.email,
        email_folded=draft.email.casefold(),
        hashed_password=hashed,
        age=_given(draft.age),
        bio=_given(draft.bio),
        role=role,
        search_text=text_of(draft.name, draft.email),
        now=tx.now,
    )
    addresses = await places.create_first_addresses(tx, user_id=user.id, drafts=draft.addresses)
    await _tell(tx, "user.created", Actor.user(user.id), user.id, {"user_id": user.id, "role": role, "is_active": True})
    await outbox.enqueue(tx, mails.WELCOME, {"user_id": user.id}, subject=f"user {user.id}")
    return UserDetails(user, addresses)


async def update_user(tx: Transaction, *, caller: Caller, user_id: int, profile: m.UserUpdate, if_match: str | None) -> UserDetails:
    """The account with a new profile; one that says nothing new leaves the version alone."""
    user = await tx.first(
        queries.lock_user_for_caller,
        user_id=user_id,
        caller_id=caller.user_id,
        caller_role=caller.role,
        credential_id=caller.credential_id,
        now=tx.now,
    )
    if user is None:
        await confirm_caller(tx, caller)
        raise UserNotFound
    _check_may_change(caller, user_id)
    if profile.email != user.email and (stale := too_old(caller, tx.now)):
        raise stale
    _check_version(if_match, user)
    after = {"name": profile.name, "email": profile.email, "age": _given(profile.age), "bio": _given(profile.bio)}
    changed = [member for member, value in after.items() if value != getattr(user, member)]
    if changed:
        is_same_mailbox = profile.email.casefold() == user.email.casefold()
        old_email = user.email
        user = await tx.one(
            queries.update_profile,
            user_id=user_id,
            **after,
            email_folded=profile.email.casefold(),
            search_text=text_of(profile.name, profile.email),
            # A new address is unverified until its owner has shown that he reads it.
            email_verified_at=user.email_verified_at if is_same_mailbox else None,
            now=tx.now,
        )
        await _tell(tx, "user.updated", Actor.user(caller.user_id), user_id, {"user_id": user_id, "changed": changed})
        if not is_same_mailbox:
            await outbox.enqueue_at_most(tx, MAX_WARNINGS, mails.EMAIL_CHANGED, {"email": old_email}, subject=f"user {user_id}")
    return await with_addresses(tx, user)


async def change_password(
    db: ReadOnly, tx: Transaction, login: LoginTools, standings: CredentialCache, *, caller: Caller, change: m.ChangePassword, network: str
) -> None:
    """A new password for whoever knows the old one; every other session of his ends."""
    proof = await check_password(db, login, user_id=caller.user_id, password=change.current_password, network=network)
    _check_policy(change.new_password, name=proof.login.name, email=proof.login.email, member="new_password")
    hashed = await login.passwords.hash(change.new_password) if proof.is_right else None
    await proof.confirm(tx)
    await confirm_caller(tx, caller)
    actor = Actor.user(caller.user_id)
    await set_password_hash(tx, user_id=caller.user_id, hashed_password=hashed)
    await revoke_all(tx, standings, user_id=caller.user_id, actor=actor, spared_id=caller.credential_id)
    await _tell(tx, "user.updated", actor, caller.user_id, {"user_id": caller.user_id, "changed": ["password"]})


async def set_user_access(
    tx: Transaction, standings: CredentialCache, *, caller: Caller, user_id: int, access: m.UserAccess, if_match: str | None
) -> UserDetails:
    """The account with another role, or locked or unlocked; it holds from that user's next request."""
    admins = await tx.all(queries.lock_admins)
    await confirm_caller(tx, caller)
    user = await tx.first(queries.lock_user, user_id=user_id)
    if user is None:
        raise UserNotFound
    _check_version(if_match, user)
    role = access.role.value
    if (role, access.is_active) == (user.role, user.is_active):
        return await with_addresses(tx, user)
    if admins == [user_id] and not (role == "admin" and access.is_active):
        raise LastAdmin
    actor = Actor.user(caller.user_id)
    if user.is_active and not access.is_active:
        await revoke_all(tx, standings, user_id=user_id, actor=actor)
        await items.withdraw_items_of(tx, owner_id=user_id, actor=actor)
    user = await tx.one(queries.update_access, user_id=user_id, role=role, is_active=access.is_active, now=tx.now)
    tx.on_commit(lambda: standings.drop_user(user_id))
    await _tell(tx, "user.access_changed", actor, user_id, {"user_id": user_id, "role": role, "is_active": access.is_active})
    return await with_addresses(tx, user)


async def delete_user(tx: Transaction, standings: CredentialCache, *, caller: Caller, user_id: int, if_match: str | None) -> None:
    """Takes everything personal away; what others need of the orders stays.

    Locks are taken in the order of every other write: people, orders, items. The open orders are counted last, when an order that was
    being placed on one of the items has either been committed or found the item archived. An order refers to its seller by the key
    alone, which this lock leaves free: a lock of the key would wait for the order, and the order for it.
    """
    admins = await tx.all(queries.lock_admins)
    user = await tx.first(queries.lock_user, user_id=user_id)
    if user is None:
        raise UserNotFound
    await confirm_caller(tx, caller)
    _check_may_change(caller, user_id)
    if caller.user_id == user_id and (stale := too_old(caller, tx.now)):
        raise stale
    _check_version(if_match, user)
    if admins == [user_id]:
        raise LastAdmin
    await orders.erase_user(tx, user_id=user_id)
    actor = Actor.user(caller.user_id)
    await items.archive_items_of(tx, owner_id=user_id, actor=actor)
    open_orders = await orders.count_open_orders(tx, user_id=user_id)
    if open_orders:
        raise OpenOrders(orders=open_orders)
    await erase_credentials(tx, standings, user_id=user_id, actor=actor)
    await tx.run(queries.delete_addresses_of, user_id=user_id)
    await delete_keys_of(tx, user_id=user_id)
    await outbox.delete_jobs_of(tx, mails.EMAIL_CHANGED, subject=f"user {user_id}")
    await tx.run(queries.anonymise_user, user_id=user_id, freed=f"deleted-{user_id}", now=tx.now)
    await _tell(tx, "user.deleted", actor, user_id, {"user_id": user_id})


def _check_policy(password: str, *, name: str, email: str, member: str) -> None:
    if is_too_common(password, name=name, email=email):
        msg = "This password is too common, or it is your name or e-mail address"
        raise validation_failed([violation("password_too_common", ("body", member), msg)])


def _check_may_change(caller: Caller, user_id: int) -> None:
    """Everybody changes himself, an admin everybody; each with the scope for it."""
    is_oneself = caller.user_id == user_id
    if not is_oneself and not caller.is_admin:
        raise AdminRequired
    wanted = [scope for scope, fits in (("account:write", is_oneself), ("users:write", caller.is_admin)) if fits]
    if not caller.scopes.intersection(wanted):
        raise InsufficientScope(required_scope=[m.Scope(scope) for scope in wanted])


def _check_version(if_match: str | None, user: UserRow) -> None:
    if not if_match_allows(if_match, user.version):
        raise PreconditionFailed(current_version=user.version)


async def _tell(tx: Transaction, what: EventType, actor: Actor, user_id: int, data: dict[str, object]) -> None:
    await log.record_event(tx, Event(what, actor, Subject("user", user_id), data, audience=[user_id]))


def _given(value: _Value | MISSING) -> _Value | None:
    return None if value is MISSING else value
