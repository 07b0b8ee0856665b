"""Stores the trace in which a job was caused, so that the job's span can link to it.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("trace", sa.String(55)))


def downgrade() -> None:
    op.drop_column("outbox", "trace")
