"""How the first statement of a write confirms its caller.

The authorizer relies on a credential for up to a second; a write relies only on its own transaction. So the first statement of each write
contains one of these conditions: it finds the caller as the authorizer did, active and with the same role, or it finds nothing. Both rows
stay locked until the transaction ends, users before their credentials, as everywhere: a transaction that locks, demotes or logs out this
caller waits for the write, or the write waits for it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Subquery, bindparam, literal_column, not_, or_, select

from steelyard.db.statements import statement
from steelyard.tables.credentials import credentials
from steelyard.tables.users import users

# What a caller is known by, and its types.
CALLER = {
    "caller_id": users.c.id.type,
    "caller_role": users.c.role.type,
    "credential_id": credentials.c.id.type,
    "now": credentials.c.expires_at.type,
}
_parameters = {name: bindparam(name, type_=kind) for name, kind in CALLER.items()}


def _is_caller(user: FromClause, caller: Mapping[str, ColumnElement[Any]] = _parameters) -> tuple[ColumnElement[bool], ...]:
    return (
        user.c.id == caller["caller_id"],
        user.c.role == caller["caller_role"],
        user.c.is_active,
        credentials.c.user_id == user.c.id,
        credentials.c.id == caller["credential_id"],
        credentials.c.revoked_at.is_(None),
        credentials.c.expires_at.is_(None) | (credentials.c.expires_at > caller["now"]),
    )


# Over `users` joined with `credentials`.
is_caller = _is_caller(users)


def is_each_caller(rows: FromClause) -> tuple[ColumnElement[bool], ...]:
    """The same for the callers in these rows, over all three."""
    return _is_caller(users, {name: rows.c[name] for name in CALLER})


_caller = select(users.c.id).join_from(users, credentials, credentials.c.user_id == users.c.id).where(*is_caller)


def locked_caller(*, alone: bool = False) -> Subquery:
    """The caller, locked against changes; `alone` also against their other writes, for writes that change the caller's row."""
    return _caller.with_for_update(read=not alone, key_share=alone, of=[users, credentials]).subquery("caller")


def locked_users(other_id: ColumnElement[int], *, alone: bool = False) -> tuple[CTE, CTE]:
    """The caller and another user, or one row if they are the same, locked in the order of all locks of users.

    That is active admins first, then by id. The second expression is empty unless it confirms the caller.
    """
    both = (
        select(users)
        .where(users.c.id.in_([bindparam("caller_id", type_=users.c.id.type), other_id]))
        .order_by(or_(users.c.role != literal_column("'admin'"), not_(users.c.is_active)), users.c.id)
        .with_for_update(read=not alone, key_share=alone)
        .cte("people")
    )
    confirmed = (
        select(credentials.c.id)
        .join_from(credentials, both, both.c.id == credentials.c.user_id)
        .where(*_is_caller(both))
        .with_for_update(read=True, of=credentials)
        .cte("caller")
    )
    return both, confirmed


lock_caller = statement(_caller.with_for_update(read=True, of=[users, credentials]), int)
lock_caller_alone = statement(_caller.with_for_update(key_share=True, of=[users, credentials]), int)
