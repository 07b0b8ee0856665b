"""Every statement about identities, logins under way and their codes."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Delete, Table, bindparam, delete, func, insert, select, update

from steelyard.db.statements import statement
from steelyard.mail.messages import Recipient
from steelyard.tables.identities import CodeRow, FlowRow, IdentityRow, identities, login_codes, login_flows
from steelyard.tables.users import users


class RemovedIdentityRow(NamedTuple):
    """An identity that is gone."""

    id: int
    provider: str


class KnownIdentityRow(NamedTuple):
    """An identity, and the account that it belongs to."""

    id: int
    user_id: int
    is_active: bool


# -- logins under way ---------------------------------------------------------------------------------------------------
insert_flow = statement(
    insert(login_flows).values({name: bindparam(name) for name in ("state_hash", *FlowRow._fields)}),
)

get_flow = statement(
    select(*[login_flows.c[name] for name in FlowRow._fields]).where(login_flows.c.state_hash == bindparam("state_hash")), FlowRow
)

# A state works once: of two requests with it, one finds no row.
take_flow = statement(
    delete(login_flows)
    .where(login_flows.c.state_hash == bindparam("state_hash"))
    .returning(*[login_flows.c[name] for name in FlowRow._fields]),
    FlowRow,
)

# -- codes --------------------------------------------------------------------------------------------------------------
_CODE = [login_codes.c[name] for name in CodeRow._fields]

insert_code = statement(
    insert(login_codes).values(
        {name: bindparam(name) for name in ("code_hash", *CodeRow._fields, "expires_at") if name != "credential_id"},
    ),
)

# Decides between two requests with the same code: the second one finds a used row.
use_code = statement(
    update(login_codes)
    .where(
        login_codes.c.code_hash == bindparam("code_hash"),
        login_codes.c.used_at.is_(None),
        login_codes.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(*_CODE),
    CodeRow,
)

get_code = statement(select(*_CODE).where(login_codes.c.code_hash == bindparam("code_hash")), CodeRow)

set_session_of_code = statement(
    update(login_codes).where(login_codes.c.code_hash == bindparam("code_hash")).values(credential_id=bindparam("credential_id"))
)

# -- identities ---------------------------------------------------------------------------------------------------------
_known = (
    select(identities.c.id, identities.c.user_id, users.c.is_active)
    .join_from(identities, users, users.c.id == identities.c.user_id)
    .where(identities.c.issuer == bindparam("issuer"), identities.c.subject == bindparam("subject"), users.c.deleted_at.is_(None))
)

get_identity_by_subject = statement(_known, KnownIdentityRow)

# Whatever removes identities has locked the user before, so it comes before this login or finds its code.
lock_user_of_identity = statement(_known.with_for_update(read=True, of=users), KnownIdentityRow)

_IDENTITY = [identities.c[name] for name in IdentityRow._fields]

list_identities = statement(
    select(*_IDENTITY).where(identities.c.user_id == bindparam("user_id")).order_by(identities.c.id.desc()), IdentityRow
)

count_identities = statement(select(func.count()).select_from(identities).where(identities.c.user_id == bindparam("user_id")), int)

get_identity = statement(
    select(*_IDENTITY).where(identities.c.id == bindparam("identity_id"), identities.c.user_id == bindparam("user_id")), IdentityRow
)

delete_identity = statement(delete(identities).where(identities.c.id == bindparam("identity_id")))

remove_identities_of = statement(
    delete(identities).where(identities.c.user_id == bindparam("user_id")).returning(identities.c.id, identities.c.provider),
    RemovedIdentityRow,
)

lock_user = statement(
    select(users.c.id).where(users.c.id == bindparam("user_id"), users.c.deleted_at.is_(None)).with_for_update(read=True), int
)

has_password = statement(select(users.c.hashed_password.is_not(None)).where(users.c.id == bindparam("user_id")), bool)

# Only an address that its owner has verified; a stranger could have registered another.
get_verified_recipient = statement(
    select(users.c.name, users.c.email).where(
        users.c.id == bindparam("user_id"), users.c.deleted_at.is_(None), users.c.email_verified_at.is_not(None)
    ),
    Recipient,
)

insert_identity = statement(
    insert(identities)
    .values(
        {name: bindparam(name) for name in ("user_id", "issuer", "subject", "provider", "email", "last_used_at")}
        | {"created_at": bindparam("now")}
    )
    .returning(identities.c.id),
    int,
)

touch_identity = statement(
    update(identities).where(identities.c.id == bindparam("identity_id")).values(last_used_at=bindparam("now"), email=bindparam("email"))
)

delete_identities_of = statement(delete(identities).where(identities.c.user_id == bindparam("user_id")))

find_account = statement(
    select(users.c.id).where(users.c.email_folded == bindparam("email_folded"), users.c.deleted_at.is_(None)),
    int,
)

# -- deleting -----------------------------------------------------------------------------------------------------------
delete_flows_of = statement(delete(login_flows).where(login_flows.c.user_id == bindparam("user_id")))
delete_codes_of = statement(delete(login_codes).where(login_codes.c.user_id == bindparam("user_id")))
# Used ones stay, so that a second use of a code is noticed.
delete_unused_codes_of = statement(
    delete(login_codes).where(login_codes.c.user_id == bindparam("user_id"), login_codes.c.used_at.is_(None))
)


def _delete_old(table: Table, at: Column[datetime]) -> Delete:
    """Skip rows that another worker is deleting."""
    (key,) = table.primary_key.columns
    rows = select(key).where(at < bindparam("before")).order_by(at).limit(bindparam("most", type_=BigInteger))
    return delete(table).where(key.in_(rows.with_for_update(skip_locked=True)))


delete_expired_flows = statement(_delete_old(login_flows, login_flows.c.expires_at))
delete_expired_codes = statement(_delete_old(login_codes, login_codes.c.expires_at))
