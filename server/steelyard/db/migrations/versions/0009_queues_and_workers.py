"""Claims by kind, limits of running jobs, discarded jobs, and the tables of workers and periodic tasks.

Workers of the release before go on with the columns that they know.

Revision ID: 0009
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
OPEN = "done_at IS NULL AND dead_at IS NULL"
# SQLite has no boolean type.
INDEXES = {
    "outbox_kind_idx": (["kind", "run_at", "id"], OPEN, OPEN),
    "outbox_limited_idx": (["kind"], f"{OPEN} AND is_limited", f"{OPEN} AND is_limited = 1"),
    "outbox_failed_idx": (["dead_at"], "dead_at IS NOT NULL AND NOT discarded", "dead_at IS NOT NULL AND discarded = 0"),
}


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    # An interrupted run has made some of them already. With a constant default no row is written, however many there are.
    again: dict[str, Any] = {} if is_sqlite else {"if_not_exists": True}
    op.add_column("outbox", sa.Column("started_at", MOMENT), **again)
    for name in ("is_limited", "discarded"):
        op.add_column("outbox", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()), **again)
    op.create_table(
        "workers",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="workers_pkey"),
        **again,
    )
    op.create_table(
        "periodic_tasks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("leased_by", sa.String(length=60)),
        sa.Column("succeeded_at", MOMENT),
        sa.PrimaryKeyConstraint("name", name="periodic_tasks_pkey"),
        **again,
    )
    if is_sqlite:
        for name, (columns, _, where) in INDEXES.items():
            op.create_index(name, "outbox", columns, sqlite_where=sa.text(where))
        return
    with op.get_context().autocommit_block():
        for name, (columns, where, _) in INDEXES.items():
            # An interrupted build leaves an index that serves no query; the next try starts from nothing.
            op.drop_index(name, "outbox", if_exists=True, postgresql_concurrently=True)
            op.create_index(name, "outbox", columns, postgresql_concurrently=True, postgresql_where=sa.text(where))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "outbox")
    op.drop_table("periodic_tasks")
    op.drop_table("workers")
    for name in ("discarded", "is_limited", "started_at"):
        op.drop_column("outbox", name)
