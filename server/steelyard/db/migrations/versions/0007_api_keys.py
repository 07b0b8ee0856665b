"""Finds API keys by their hash.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INDEX = "credentials_secret_hash_idx"
WHERE = sa.text("secret_hash IS NOT NULL")


def upgrade() -> None:
    op.add_column("credentials", sa.Column("secret_hash", sa.Text()), if_not_exists=op.get_context().dialect.name == "postgresql")
    if op.get_context().dialect.name == "sqlite":
        op.create_index(INDEX, "credentials", ["secret_hash"], unique=True, sqlite_where=WHERE)
        return
    with op.get_context().autocommit_block():
        # An interrupted build leaves an index that serves no query; the next try starts from nothing.
        op.drop_index(INDEX, "credentials", if_exists=True, postgresql_concurrently=True)
        op.create_index(INDEX, "credentials", ["secret_hash"], unique=True, postgresql_where=WHERE, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(INDEX, "credentials")
    op.drop_column("credentials", "secret_hash")
