"""Users and their addresses."""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Text, false, text, true

from steelyard.db.columns import Id, Timestamp, id_column, table

users = table(
    "users",
    id_column(),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    # The case-folded e-mail. Its unique index alone decides whether an e-mail is registered.
    Column("email_folded", Text, nullable=False, unique=True),
    # Null once the account is deleted, so that no password is right.
    Column("hashed_password", Text),
    Column("age", Integer),
    Column("bio", Text),
    Column("role", Text, nullable=False, server_default="user"),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("email_verified_at", Timestamp),
    # Name and address, normalised and case-folded: what `q` of listUsers looks into, alike on both databases.
    Column("search_text", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("deleted_at", Timestamp),
    Column("version", BigInteger, nullable=False, server_default="1"),
    CheckConstraint("role IN ('user', 'support', 'admin')", name="role"),
    CheckConstraint("age BETWEEN 13 AND 150", name="age"),
    CheckConstraint("length(name) BETWEEN 1 AND 100", name="name"),
    CheckConstraint("length(email) <= 254", name="email"),
    CheckConstraint("length(bio) <= 500", name="bio"),
    # A deleted account is never active again.
    CheckConstraint("deleted_at IS NULL OR NOT is_active", name="deleted"),
    Index("users_created_at_id_idx", "created_at", "id"),
)

# PostgreSQL finds a substring by its trigrams; SQLite reads its few rows.
Index(
    "users_search_text_idx",
    users.c.search_text,
    postgresql_using="gin",
    postgresql_ops={"search_text": "gin_trgm_ops"},
).ddl_if(dialect="postgresql")

# The last-admin rule counts these few rows and locks them.
Index("users_admins_idx", users.c.id, postgresql_where=users.c.role == text("'admin'"), sqlite_where=users.c.role == text("'admin'"))

addresses = table(
    "addresses",
    id_column(),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("label", Text),
    Column("street", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("zip_code", Text, nullable=False),
    Column("is_default", Boolean, nullable=False, server_default=false()),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    CheckConstraint("length(label) BETWEEN 1 AND 50", name="label"),
    CheckConstraint("length(street) BETWEEN 1 AND 200", name="street"),
    CheckConstraint("length(city) BETWEEN 1 AND 100", name="city"),
    CheckConstraint("length(country) = 2", name="country"),
    CheckConstraint("length(zip_code) BETWEEN 2 AND 16", name="zip_code"),
    Index("addresses_user_id_id_idx", "user_id", "id"),
)

# At most one default for each user, even with concurrent writes.
Index(
    "addresses_default_idx", addresses.c.user_id, unique=True, postgresql_where=addresses.c.is_default, sqlite_where=addresses.c.is_default
)


class UserRow(NamedTuple):
    """A user, without the password hash."""

    id: int
    name: str
    email: str
    age: int | None
    bio: str | None
    role: Literal["user", "support", "admin"]
    is_active: bool
    email_verified_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class AddressRow(NamedTuple):
    id: int
    label: str | None
    street: str
    city: str
    country: str
    zip_code: str
    is_default: bool
    created_at: datetime
    updated_at: datetime
    version: int
