"""Stores the hashes of the tokens in mails, which verify an e-mail address or reset a password.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

from steelyard.db.columns import Id, Timestamp

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "mail_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", Timestamp(), nullable=False),
        sa.Column("expires_at", Timestamp(), nullable=False),
        sa.Column("used_at", Timestamp()),
        sa.CheckConstraint("purpose IN ('verify', 'reset')", name="mail_tokens_purpose_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="mail_tokens_user_id_fkey"),
        sa.PrimaryKeyConstraint("token_hash", name="mail_tokens_pkey"),
    )
    op.create_index("mail_tokens_user_id_idx", "mail_tokens", ["user_id"])
    op.create_index("mail_tokens_expires_at_idx", "mail_tokens", ["expires_at"])


def downgrade() -> None:
    op.drop_table("mail_tokens")
