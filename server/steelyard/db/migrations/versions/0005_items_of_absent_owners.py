"""Takes items off sale whose owners were locked or deleted before every write checked its owner.

As setUserAccess and deleteUser do today: active items of locked owners become drafts, all items of deleted owners are archived, and the
event log has an entry for each.

Revision ID: 0005
"""

# ruff: noqa: S608  # the statements are put together from constants

from alembic import op

revision = "0005"
down_revision = "0004"

_FROM = """FROM items JOIN users ON users.id = items.owner_id
WHERE NOT users.is_active AND (items.status = 'active' OR (users.deleted_at IS NOT NULL AND items.status = 'draft'))"""
_EVENT = "id, type, occurred_at, actor_kind, subject_kind, subject_id, data, audience"

# Rows are locked by id, as orders lock them. UUIDs are of version 7: milliseconds, then the random bits of a version 4.
_POSTGRESQL = f"""
WITH found AS (
    SELECT items.id, users.deleted_at IS NOT NULL AS is_deleted {_FROM} ORDER BY items.id FOR NO KEY UPDATE OF items
), changed AS (
    UPDATE items SET status = CASE WHEN is_deleted THEN 'archived' ELSE 'draft' END, version = version + 1, updated_at = now()
    FROM found WHERE items.id = found.id RETURNING items.id, owner_id, is_deleted
)
INSERT INTO events ({_EVENT})
SELECT
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send((extract(epoch FROM now()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
    CASE WHEN is_deleted THEN 'item.archived' ELSE 'item.updated' END, now(), 'system', 'item', id,
    '{{"item_id":' || id || ',"owner_id":' || owner_id || ',"changed":["status"]}}', '[' || owner_id || ']'
FROM changed ORDER BY id"""

_SQLITE_NOW = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')"
_SQLITE = (
    f"""
INSERT INTO events ({_EVENT})
SELECT
    lower(printf('%012x', CAST(strftime('%s', 'now') AS INTEGER) * 1000) || '7' || substr(hex(randomblob(2)), 2)
        || substr('89ab', 1 + abs(random() % 4), 1) || substr(hex(randomblob(8)), 2)),
    CASE WHEN users.deleted_at IS NULL THEN 'item.updated' ELSE 'item.archived' END, {_SQLITE_NOW}, 'system', 'item', items.id,
    '{{"item_id":' || items.id || ',"owner_id":' || owner_id || ',"changed":["status"]}}', '[' || owner_id || ']'
{_FROM} ORDER BY items.id""",
    f"""
UPDATE items SET version = version + 1, updated_at = {_SQLITE_NOW},
    status = CASE WHEN (SELECT deleted_at FROM users WHERE id = owner_id) IS NULL THEN 'draft' ELSE 'archived' END
WHERE id IN (SELECT items.id {_FROM})""",
)


def upgrade() -> None:
    for each in _SQLITE if op.get_context().dialect.name == "sqlite" else (_POSTGRESQL,):
        op.execute(each)


def downgrade() -> None:
    """What was not to be on sale stays off sale."""
