"""Identities at third parties, logins under way, and the codes that they end with.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.CheckConstraint("length(subject) BETWEEN 1 AND 255", name="identities_subject_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="identities_user_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="identities_pkey"),
        sa.UniqueConstraint("issuer", "subject", name="identities_issuer_subject_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("identities_user_id_id_idx", "identities", ["user_id", "id"])
    op.create_table(
        "login_flows",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.Text()),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("client_state", sa.Text()),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("code_challenge", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text()),
        sa.Column("user_id", ID),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="login_flows_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("state_hash", name="login_flows_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("login_flows_expires_at_idx", "login_flows", ["expires_at"])
    op.create_index("login_flows_user_id_idx", "login_flows", ["user_id"])
    op.create_table(
        "login_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("code_challenge", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("authenticated_at", MOMENT),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("credential_id", ID),
        sa.CheckConstraint("purpose IN ('login', 'link')", name="login_codes_purpose_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="login_codes_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_hash", name="login_codes_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("login_codes_expires_at_idx", "login_codes", ["expires_at"])
    op.create_index("login_codes_user_id_idx", "login_codes", ["user_id"])


def downgrade() -> None:
    for table in ("login_codes", "login_flows", "identities"):
        op.drop_table(table)
