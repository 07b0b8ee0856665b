"""Where sessions were opened, so that logins from there pass while strangers guess elsewhere.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


INDEX = "credentials_user_id_network_key_idx"
COLUMNS = ["user_id", "network_key", "authenticated_at"]


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.add_column("credentials", sa.Column("network_key", sa.Text()))
        op.create_index(INDEX, "credentials", COLUMNS)
        return
    op.add_column("credentials", sa.Column("network_key", sa.Text()), if_not_exists=True)
    with op.get_context().autocommit_block():
        # An interrupted build leaves an index that serves no query; the next try starts from nothing.
        op.drop_index(INDEX, "credentials", if_exists=True, postgresql_concurrently=True)
        op.create_index(INDEX, "credentials", COLUMNS, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(INDEX, "credentials")
    op.drop_column("credentials", "network_key")
