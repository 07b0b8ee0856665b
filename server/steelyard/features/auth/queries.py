"""Every statement about credentials, refresh tokens and failed logins."""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import BigInteger, Column, ColumnElement, Delete, ScalarSelect, Table, bindparam, delete, func, insert, select, update

from steelyard.db.statements import statement
from steelyard.tables.credentials import LoginRow, credentials, login_failures, refresh_tokens
from steelyard.tables.users import users


class ActiveCredentialRow(NamedTuple):
    """An active credential and the role of its user."""

    id: int
    user_id: int
    kind: Literal["session", "api_key"]
    scopes: str
    authenticated_at: datetime
    role: Literal["user", "support", "admin"]


class SessionRow(NamedTuple):
    """A session that may be refreshed."""

    id: int
    user_id: int
    scopes: str
    expires_at: datetime
    role: Literal["user", "support", "admin"]


class RefreshTokenRow(NamedTuple):
    """A refresh token that was once issued."""

    credential_id: int
    used_at: datetime | None
    user_id: int


class FailuresRow(NamedTuple):
    """Failed logins of an account and a network."""

    # The failure that reaches the limit: of the account from this network, and of the network. None below the limit.
    pair: datetime | None
    network: datetime | None
    # Failures of the account from all networks.
    of_account: int
    last_of_account: datetime | None
    # The last recent login of the account from this network.
    known_since: datetime | None


class RevokedRow(NamedTuple):
    """A newly revoked credential."""

    id: int
    kind: str


_account = select(users.c.id, users.c.hashed_password, users.c.name, users.c.email, users.c.role, users.c.is_active).where(
    users.c.deleted_at.is_(None)
)

get_login_by_email = statement(_account.where(users.c.email_folded == bindparam("email_folded")), LoginRow)
get_login_by_id = statement(_account.where(users.c.id == bindparam("user_id")), LoginRow)

# Logins and changes of one account follow one another. Its key is not locked, so that orders may refer to it meanwhile.
lock_login = statement(_account.where(users.c.id == bindparam("user_id")).with_for_update(key_share=True), LoginRow)

set_password_hash = statement(
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.deleted_at.is_(None))
    .values(hashed_password=bindparam("hashed_password"))
)

# Only if the checked hash is still the stored one.
replace_password_hash = statement(
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.hashed_password == bindparam("old_hash"))
    .values(hashed_password=bindparam("new_hash"))
)

# -- active credentials ---------------------------------------------------------------------------------------------------------

_is_active = (
    credentials.c.revoked_at.is_(None),
    (credentials.c.expires_at.is_(None) | (credentials.c.expires_at > bindparam("now"))),
    users.c.is_active,
)

get_active_credential = statement(
    select(*[credentials.c[name] for name in ActiveCredentialRow._fields if name != "role"], users.c.role)
    .join_from(credentials, users, users.c.id == credentials.c.user_id)
    .where(credentials.c.id == bindparam("credential_id"), *_is_active),
    ActiveCredentialRow,
)

# -- sessions ---------------------------------------------------------------------------------------------------------

insert_credential = statement(
    insert(credentials)
    .values(
        {name: bindparam(name) for name in ("user_id", "kind", "name", "scopes", "expires_at", "network_key")}
        | {"authenticated_at": bindparam("now"), "created_at": bindparam("now")}
    )
    .returning(credentials.c.id),
    int,
)

insert_refresh_token = statement(
    insert(refresh_tokens).values(
        token_hash=bindparam("token_hash"),
        credential_id=bindparam("credential_id"),
        created_at=bindparam("now"),
        expires_at=bindparam("expires_at"),
    )
)

# Decides between two requests with the same token: the second one finds a used row.
use_refresh_token = statement(
    update(refresh_tokens)
    .where(
        refresh_tokens.c.token_hash == bindparam("token_hash"),
        refresh_tokens.c.used_at.is_(None),
        refresh_tokens.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(refresh_tokens.c.credential_id),
    int,
)

get_refresh_token = statement(
    select(refresh_tokens.c.credential_id, refresh_tokens.c.used_at, credentials.c.user_id)
    .join_from(refresh_tokens, credentials, credentials.c.id == refresh_tokens.c.credential_id)
    .where(refresh_tokens.c.token_hash == bindparam("token_hash")),
    RefreshTokenRow,
)

get_session = statement(
    select(credentials.c.id, credentials.c.user_id, credentials.c.scopes, credentials.c.expires_at, users.c.role)
    .join_from(credentials, users, users.c.id == credentials.c.user_id)
    .where(credentials.c.id == bindparam("credential_id"), *_is_active),
    SessionRow,
)

touch_credential = statement(
    update(credentials).where(credentials.c.id == bindparam("credential_id")).values(last_used_at=bindparam("now"))
)

_live = (credentials.c.revoked_at.is_(None), (credentials.c.expires_at.is_(None) | (credentials.c.expires_at > bindparam("now"))))

# Returns the kind, or no row if the user has no such active credential.
revoke_credential = statement(
    update(credentials)
    .where(credentials.c.id == bindparam("credential_id"), credentials.c.user_id == bindparam("user_id"), *_live)
    .values(revoked_at=bindparam("now"))
    .returning(credentials.c.kind),
    str,
)

# All of a user's credentials but one; 0 spares none.
revoke_other_credentials = statement(
    update(credentials)
    .where(credentials.c.user_id == bindparam("user_id"), credentials.c.id != bindparam("spared_id"), *_live)
    .values(revoked_at=bindparam("now"))
    .returning(credentials.c.id, credentials.c.kind),
    RevokedRow,
)

delete_refresh_tokens_of = statement(
    delete(refresh_tokens).where(
        refresh_tokens.c.credential_id.in_(select(credentials.c.id).where(credentials.c.user_id == bindparam("user_id")))
    )
)
delete_credentials_of = statement(delete(credentials).where(credentials.c.user_id == bindparam("user_id")))

# -- failed logins ---------------------------------------------------------------------------------------------------------


def _nth_newest(*conditions: ColumnElement[bool], nth: str) -> ScalarSelect[datetime]:
    """The time of the nth newest failure within the window. While there is one, the limit is reached."""
    return (
        select(login_failures.c.failed_at)
        .where(login_failures.c.failed_at > bindparam("since"), *conditions)
        .order_by(login_failures.c.failed_at.desc())
        .limit(1)
        .offset(bindparam(nth, type_=BigInteger))
        .scalar_subquery()
    )


_of_account = (login_failures.c.account_key == bindparam("account_key"), login_failures.c.failed_at > bindparam("account_since"))

get_login_blocks = statement(
    select(
        _nth_newest(
            login_failures.c.account_key == bindparam("account_key"),
            login_failures.c.address_key == bindparam("address_key"),
            nth="before_last",
        ).label("pair"),
        _nth_newest(login_failures.c.address_key == bindparam("address_key"), nth="before_last").label("network"),
        select(func.count()).where(*_of_account).scalar_subquery().label("of_account"),
        select(func.max(login_failures.c.failed_at)).where(*_of_account).scalar_subquery().label("last_of_account"),
        select(func.max(credentials.c.authenticated_at))
        .join_from(credentials, users, users.c.id == credentials.c.user_id)
        .where(
            users.c.email_folded == bindparam("email_folded"),
            users.c.deleted_at.is_(None),
            credentials.c.network_key == bindparam("address_key"),
            credentials.c.authenticated_at > bindparam("known_since"),
        )
        .scalar_subquery()
        .label("known_since"),
    ),
    FailuresRow,
)

insert_login_failure = statement(
    insert(login_failures)
    .inline()
    .values(account_key=bindparam("account_key"), address_key=bindparam("address_key"), failed_at=bindparam("now"))
)

# -- deleting ---------------------------------------------------------------------------------------------------------


def _delete_old(table: Table, at: Column[datetime]) -> Delete:
    """Skip rows that another worker is deleting."""
    (key,) = table.primary_key.columns
    rows = select(key).where(at < bindparam("before")).order_by(at).limit(bindparam("most", type_=BigInteger))
    return delete(table).where(key.in_(rows.with_for_update(skip_locked=True)))


delete_login_failures = statement(_delete_old(login_failures, login_failures.c.failed_at))
# A credential takes its refresh tokens with it.
delete_expired_credentials = statement(_delete_old(credentials, credentials.c.expires_at))
delete_expired_refresh_tokens = statement(_delete_old(refresh_tokens, refresh_tokens.c.expires_at))
