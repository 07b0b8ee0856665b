"""Finds the jobs about one subject by an index: those of a user whose account is deleted, and equal ones.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"

INDEX = "outbox_subject_idx"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.create_index(INDEX, "outbox", ["subject"])
        return
    with op.get_context().autocommit_block():
        # An interrupted build leaves an index that serves no query; the next try starts from nothing.
        op.drop_index(INDEX, "outbox", if_exists=True, postgresql_concurrently=True)
        op.create_index(INDEX, "outbox", ["subject"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(INDEX, "outbox")
