"""Everything the first release keeps: people, what they sell and buy, and what is still to be done.

Revision ID: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")

    op.create_table(
        "events",
        sa.Column("sequence", ID, sa.Identity(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.String(length=9), nullable=False),
        sa.Column("actor_id", sa.BigInteger()),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger()),
        sa.Column("request_id", sa.Uuid()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger()),
        sa.CheckConstraint("(actor_kind = 'user') = (actor_id IS NOT NULL)", name="events_actor_check"),
        sa.CheckConstraint("actor_kind IN ('user', 'system', 'anonymous')", name="events_actor_kind_check"),
        sa.PrimaryKeyConstraint("sequence", name="events_pkey"),
        sa.UniqueConstraint("id", name="events_id_key"),
        sa.UniqueConstraint("position", name="events_position_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_waiting_idx", "events", ["sequence"], **_where("position IS NULL"))
    op.create_table(
        "feeds",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="feeds_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("owner_id", ID, autoincrement=False, nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", sa.Text()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "operation_id", "key", name="idempotency_keys_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("idempotency_keys_created_at_idx", "idempotency_keys", ["created_at"])
    op.create_table(
        "login_failures",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("account_key", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("failed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="login_failures_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("login_failures_account_key_failed_at_idx", "login_failures", ["account_key", "failed_at"])
    op.create_index("login_failures_address_key_failed_at_idx", "login_failures", ["address_key", "failed_at"])
    op.create_index("login_failures_failed_at_idx", "login_failures", ["failed_at"])
    op.create_table(
        "outbox",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=60)),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("leased_by", sa.String(length=60)),
        sa.Column("done_at", MOMENT),
        sa.Column("dead_at", MOMENT),
        sa.Column("last_error", sa.String(length=500)),
        sa.PrimaryKeyConstraint("id", name="outbox_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_dead_idx", "outbox", ["dead_at"], **_where("dead_at IS NOT NULL"))
    op.create_index("outbox_done_idx", "outbox", ["done_at"], **_where("done_at IS NOT NULL"))
    op.create_index("outbox_open_idx", "outbox", ["run_at"], **_where("done_at IS NULL AND dead_at IS NULL"))
    op.create_table(
        "promotions",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("code", sa.String(length=38), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("percent_bps", sa.Integer()),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("starts_at", MOMENT),
        sa.Column("ends_at", MOMENT),
        sa.Column("max_redemptions", sa.Integer()),
        sa.Column("max_per_user", sa.Integer()),
        sa.Column("min_subtotal", sa.BigInteger()),
        sa.Column("category", sa.String(length=60)),
        sa.Column("item_ids", sa.Text()),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("redemptions", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'percent' AND percent_bps BETWEEN 1 AND 10000 AND amount IS NULL)"
            " OR (kind = 'fixed' AND amount BETWEEN 0 AND 9007199254740991 AND percent_bps IS NULL)",
            name="promotions_kind_check",
        ),
        sa.CheckConstraint("redemptions BETWEEN 0 AND COALESCE(max_redemptions, 2147483647)", name="promotions_redemptions_check"),
        sa.PrimaryKeyConstraint("id", name="promotions_pkey"),
        sa.UniqueConstraint("code", name="promotions_code_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("hashed_password", sa.Text()),
        sa.Column("age", sa.Integer()),
        sa.Column("bio", sa.Text()),
        sa.Column("role", sa.Text(), server_default="user", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("email_verified_at", MOMENT),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("role IN ('user', 'support', 'admin')", name="users_role_check"),
        sa.CheckConstraint("age BETWEEN 13 AND 150", name="users_age_check"),
        sa.CheckConstraint("deleted_at IS NULL OR NOT is_active", name="users_deleted_check"),
        sa.CheckConstraint("length(bio) <= 500", name="users_bio_check"),
        sa.CheckConstraint("length(email) <= 254", name="users_email_check"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name="users_name_check"),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
        sa.UniqueConstraint("email_folded", name="users_email_folded_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("users_admins_idx", "users", ["id"], **_where("role = 'admin'"))
    op.create_index("users_created_at_id_idx", "users", ["created_at", "id"])
    if op.get_context().dialect.name == "postgresql":
        op.create_index(
            "users_search_text_idx", "users", ["search_text"], postgresql_using="gin", postgresql_ops={"search_text": "gin_trgm_ops"}
        )
    op.create_table(
        "addresses",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("zip_code", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("length(city) BETWEEN 1 AND 100", name="addresses_city_check"),
        sa.CheckConstraint("length(country) = 2", name="addresses_country_check"),
        sa.CheckConstraint("length(label) BETWEEN 1 AND 50", name="addresses_label_check"),
        sa.CheckConstraint("length(street) BETWEEN 1 AND 200", name="addresses_street_check"),
        sa.CheckConstraint("length(zip_code) BETWEEN 2 AND 16", name="addresses_zip_code_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="addresses_user_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="addresses_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("addresses_default_idx", "addresses", ["user_id"], unique=True, **_where("is_default"))
    op.create_index("addresses_user_id_id_idx", "addresses", ["user_id", "id"])
    op.create_table(
        "credentials",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("authenticated_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.CheckConstraint("kind IN ('session', 'api_key')", name="credentials_kind_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="credentials_user_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="credentials_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("credentials_expires_at_idx", "credentials", ["expires_at"])
    op.create_index("credentials_user_id_id_idx", "credentials", ["user_id", "id"])
    op.create_table(
        "items",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("sku", sa.String(length=64)),
        sa.Column("title", sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=60)),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("image_urls", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("search_text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stock_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("status IN ('draft', 'active', 'archived')", name="items_status_check"),
        sa.CheckConstraint("price BETWEEN 0 AND 1000000000", name="items_price_check"),
        sa.CheckConstraint("reserved >= 0 AND reserved <= on_hand AND on_hand <= 1000000000", name="items_stock_check"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="items_owner_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="items_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("items_category_idx", "items", ["status", "category", "created_at", "id"])
    op.create_index("items_created_at_idx", "items", ["status", "created_at", "id"])
    op.create_index("items_owner_id_idx", "items", ["owner_id", "status", "created_at", "id"])
    op.create_index(
        "items_owner_id_sku_key", "items", ["owner_id", "sku"], unique=True, **_where("status <> 'archived' AND sku IS NOT NULL")
    )
    op.create_index("items_price_idx", "items", ["status", "price", "id"])
    if op.get_context().dialect.name == "postgresql":
        op.create_index(
            "items_search_text_idx", "items", ["search_text"], postgresql_using="gin", postgresql_ops={"search_text": "gin_trgm_ops"}
        )
    op.create_index("items_title_idx", "items", ["status", "title", "id"])
    op.create_table(
        "orders",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("buyer_id", ID, nullable=False),
        sa.Column("seller_id", ID, nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("payment_status", sa.String(length=18), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("promotion_id", ID),
        sa.Column("discount_code", sa.String(length=38)),
        sa.Column("shipping_address", sa.Text()),
        sa.Column("cancel_reason", sa.String(length=200)),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("payment_status IN ('unpaid', 'paid', 'partially_refunded', 'refunded')", name="orders_payment_status_check"),
        sa.CheckConstraint("status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'expired')", name="orders_status_check"),
        sa.CheckConstraint("buyer_id <> seller_id", name="orders_parties_check"),
        sa.CheckConstraint("discount BETWEEN 0 AND subtotal", name="orders_discount_check"),
        sa.CheckConstraint("refunded BETWEEN 0 AND total", name="orders_refunded_check"),
        sa.CheckConstraint("total = subtotal - discount + tax", name="orders_total_check"),
        sa.ForeignKeyConstraint(["buyer_id"], ["users.id"], name="orders_buyer_id_fkey"),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotions.id"], name="orders_promotion_id_fkey"),
        sa.ForeignKeyConstraint(["seller_id"], ["users.id"], name="orders_seller_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="orders_pkey"),
        sa.UniqueConstraint("buyer_id", "idempotency_key", name="orders_buyer_id_idempotency_key_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("orders_buyer_idx", "orders", ["buyer_id", "created_at", "id"])
    op.create_index("orders_created_idx", "orders", ["created_at", "id"])
    op.create_index("orders_expiring_idx", "orders", ["expires_at"], **_where("status = 'pending'"))
    op.create_index("orders_open_by_buyer_idx", "orders", ["buyer_id"], **_where("status = 'pending'"))
    op.create_index("orders_promotion_idx", "orders", ["promotion_id", "buyer_id"], **_where("promotion_id IS NOT NULL"))
    op.create_index("orders_seller_idx", "orders", ["seller_id", "created_at", "id"])
    op.create_table(
        "order_lines",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("sku", sa.String(length=64)),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("refunded_quantity", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("discount BETWEEN 0 AND unit_price * quantity", name="order_lines_discount_check"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000", name="order_lines_quantity_check"),
        sa.CheckConstraint("refunded BETWEEN 0 AND total", name="order_lines_refunded_check"),
        sa.CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name="order_lines_refunded_quantity_check"),
        sa.CheckConstraint("total = unit_price * quantity - discount + tax", name="order_lines_total_check"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="order_lines_order_id_fkey"),
        sa.ForeignKeyConstraint(["product_id"], ["items.id"], name="order_lines_product_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="order_lines_pkey"),
        sa.UniqueConstraint("order_id", "product_id", name="order_lines_order_id_product_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("credential_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.ForeignKeyConstraint(["credential_id"], ["credentials.id"], name="refresh_tokens_credential_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="refresh_tokens_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("refresh_tokens_credential_id_idx", "refresh_tokens", ["credential_id"])
    op.create_index("refresh_tokens_expires_at_idx", "refresh_tokens", ["expires_at"])
    op.create_table(
        "stock_movements",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=15), nullable=False),
        sa.Column("order_id", ID),
        sa.Column("note", sa.String(length=500)),
        sa.Column("on_hand_after", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "reason IN ('received', 'correction', 'damage', 'customer_return', 'sale', 'cancellation', 'refund')",
            name="stock_movements_reason_check",
        ),
        sa.CheckConstraint("delta <> 0", name="stock_movements_delta_check"),
        sa.CheckConstraint("on_hand_after BETWEEN 0 AND 1000000000", name="stock_movements_on_hand_after_check"),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="stock_movements_actor_id_fkey"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="stock_movements_item_id_fkey"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="stock_movements_order_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="stock_movements_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("stock_movements_item_id_idx", "stock_movements", ["item_id", "id"])


def downgrade() -> None:
    for table in (
        "stock_movements",
        "refresh_tokens",
        "order_lines",
        "orders",
        "items",
        "credentials",
        "addresses",
        "users",
        "promotions",
        "outbox",
        "login_failures",
        "idempotency_keys",
        "feeds",
        "events",
    ):
        op.drop_table(table)
