"""Every statement about credentials, refresh tokens and failed logins."""

from datetime import datetime
from functools import cache
from typing import Literal, NamedTuple

from sqlalchemy import BigInteger, Column, ColumnElement, Delete, ScalarSelect, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from steelyard.db.statements import Query, any_of, statement
from steelyard.paging.keyset import keyset_page
from steelyard.tables.credentials import LoginRow, credentials, login_failures, mail_tokens, refresh_tokens
from steelyard.tables.users import users
from steelyard_contract.bounds import COUNT_LIMIT


class ActiveCredentialRow(NamedTuple):
    """An active credential and the role of its user."""

    id: int
    user_id: int
    kind: Literal["session", "api_key"]
    scopes: str
    authenticated_at: datetime
    role: Literal["user", "support", "admin"]


class MailAccountRow(NamedTuple):
    """The account that a mail with a token is for."""

    id: int
    name: str
    email: str
    is_active: bool
    email_verified_at: datetime | None


class CredentialRow(NamedTuple):
    """A credential as its owner sees it."""

    id: int
    kind: Literal["session", "api_key"]
    name: str
    scopes: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class ApiKeyRow(NamedTuple):
    """The owner and the id of an API key."""

    user_id: int
    id: int


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
        {name: bindparam(name) for name in ("user_id", "kind", "name", "scopes", "expires_at", "network_key", "authenticated_at")}
        | {"created_at": bindparam("now")}
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
_revoked = {"revoked_at": bindparam("now"), "expires_at": func.coalesce(credentials.c.expires_at, bindparam("now"))}

# Returns the kind, or no row if the user has no such active credential. An API key without an end gets one, so that its row is deleted
# like that of any other credential.
revoke_credential = statement(
    update(credentials)
    .where(credentials.c.id == bindparam("credential_id"), credentials.c.user_id == bindparam("user_id"), *_live)
    .values(_revoked)
    .returning(credentials.c.kind),
    str,
)

# A user's credentials of these kinds but one; 0 spares none.
revoke_other_credentials = statement(
    update(credentials)
    .where(
        credentials.c.user_id == bindparam("user_id"),
        credentials.c.id != bindparam("spared_id"),
        any_of(credentials.c.kind, "kinds"),
        *_live,
    )
    .values(_revoked)
    .returning(credentials.c.id, credentials.c.kind),
    RevokedRow,
)

delete_refresh_tokens_of = statement(
    delete(refresh_tokens).where(
        refresh_tokens.c.credential_id.in_(select(credentials.c.id).where(credentials.c.user_id == bindparam("user_id")))
    )
)
delete_credentials_of = statement(delete(credentials).where(credentials.c.user_id == bindparam("user_id")))

# -- lists and API keys -----------------------------------------------------------------------------------------------
_CREDENTIAL = [credentials.c[name] for name in CredentialRow._fields]
_live_of_user = (credentials.c.user_id == bindparam("user_id"), *_live)


@cache
def list_credentials(*, after: bool) -> Query[CredentialRow]:
    """A page of the active credentials of a user, newest first."""
    return statement(
        keyset_page(select(*_CREDENTIAL).where(*_live_of_user), row_id=credentials.c.id, descending=True, after=after), CredentialRow
    )


count_credentials = statement(
    select(func.count()).select_from(select(credentials.c.id).where(*_live_of_user).limit(COUNT_LIMIT).subquery()), int
)

count_api_keys = statement(select(func.count()).select_from(credentials).where(credentials.c.kind == "api_key", *_live_of_user), int)

insert_api_key = statement(
    insert(credentials)
    .values(
        {name: bindparam(name) for name in ("user_id", "name", "scopes", "expires_at", "secret_hash")}
        | {"kind": "api_key", "authenticated_at": bindparam("now"), "created_at": bindparam("now")}
    )
    .returning(*_CREDENTIAL),
    CredentialRow,
)

find_api_key = statement(
    select(credentials.c.user_id, credentials.c.id).where(credentials.c.secret_hash == bindparam("secret_hash")), ApiKeyRow
)

# Rows that another transaction has locked are skipped: no request waits for this, and it waits for none.
_used = (
    select(credentials.c.id)
    .where(any_of(credentials.c.id, "credential_ids"))
    .order_by(credentials.c.id)
    .with_for_update(key_share=True, skip_locked=True)
)
touch_credentials = statement(update(credentials).where(credentials.c.id.in_(_used)).values(last_used_at=bindparam("now")))

# -- tokens in mails --------------------------------------------------------------------------------------------------
find_user_by_email = statement(
    select(users.c.id).where(users.c.email_folded == bindparam("email_folded"), users.c.deleted_at.is_(None)), int
)
# Tokens of an account are issued and used one after the other, and never while its address or password changes.
lock_mail_account = statement(
    select(*[users.c[name] for name in MailAccountRow._fields])
    .where(users.c.id == bindparam("user_id"), users.c.deleted_at.is_(None))
    .with_for_update(key_share=True),
    MailAccountRow,
)

_mail_token = insert_or_update(mail_tokens).values(
    {name: bindparam(name) for name in ("token_hash", "user_id", "purpose", "expires_at")} | {"created_at": bindparam("now")}
)
# Each attempt at a mail stores its token, which counts from the last one. Returns no row once the token was used.
put_mail_token = statement(
    _mail_token.on_conflict_do_update(
        index_elements=[mail_tokens.c.token_hash],
        set_={"expires_at": _mail_token.excluded.expires_at},
        where=mail_tokens.c.used_at.is_(None),
    ).returning(mail_tokens.c.user_id),
    int,
)
count_other_mail_tokens = statement(
    select(func.count())
    .select_from(mail_tokens)
    .where(
        mail_tokens.c.user_id == bindparam("user_id"),
        mail_tokens.c.purpose == bindparam("purpose"),
        mail_tokens.c.created_at > bindparam("since"),
        mail_tokens.c.token_hash != bindparam("token_hash"),
    ),
    int,
)

_good_mail_token = (
    mail_tokens.c.token_hash == bindparam("token_hash"),
    mail_tokens.c.purpose == bindparam("purpose"),
    mail_tokens.c.used_at.is_(None),
    mail_tokens.c.expires_at > bindparam("now"),
)
find_mail_token = statement(select(mail_tokens.c.user_id).where(*_good_mail_token), int)
use_mail_token = statement(
    update(mail_tokens).where(*_good_mail_token).values(used_at=bindparam("now")).returning(mail_tokens.c.user_id), int
)
void_mail_tokens = statement(
    update(mail_tokens)
    .where(mail_tokens.c.user_id == bindparam("user_id"), any_of(mail_tokens.c.purpose, "purposes"), mail_tokens.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
delete_mail_tokens_of = statement(delete(mail_tokens).where(mail_tokens.c.user_id == bindparam("user_id")))

has_verified_email = statement(select(users.c.id).where(users.c.id == bindparam("user_id"), users.c.email_verified_at.is_not(None)), int)

# The view of a user shows it, so it changes the version.
set_email_verified = statement(
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.email_verified_at.is_(None))
    .values(email_verified_at=bindparam("now"), updated_at=bindparam("now"), version=users.c.version + 1)
)

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
delete_expired_mail_tokens = statement(_delete_old(mail_tokens, mail_tokens.c.expires_at))
delete_expired_refresh_tokens = statement(_delete_old(refresh_tokens, refresh_tokens.c.expires_at))
