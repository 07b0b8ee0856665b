"""Whom a stored response shows besides its owner, so that it is erased with that user.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


INDEX = "idempotency_keys_concerns_id_idx"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CONCERNED = sa.text("concerns_id IS NOT NULL")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.add_column("idempotency_keys", sa.Column("concerns_id", ID))
        op.create_index(INDEX, "idempotency_keys", ["concerns_id"], sqlite_where=CONCERNED)
        return
    op.add_column("idempotency_keys", sa.Column("concerns_id", ID), if_not_exists=True)
    with op.get_context().autocommit_block():
        # An interrupted build leaves an index that serves no query; the next try starts from nothing.
        op.drop_index(INDEX, "idempotency_keys", if_exists=True, postgresql_concurrently=True)
        op.create_index(INDEX, "idempotency_keys", ["concerns_id"], postgresql_concurrently=True, postgresql_where=CONCERNED)


def downgrade() -> None:
    op.drop_index(INDEX, "idempotency_keys")
    op.drop_column("idempotency_keys", "concerns_id")
