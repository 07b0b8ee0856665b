"""A number that counts the claims of a job, so that a worker whose lease ran out cannot finish it.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # With a constant default no row is written, however many there are, on both databases.
    op.add_column("outbox", sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("outbox", "fence")
