"""Credentials, the refresh tokens of sessions, tokens in mails, and failed logins.

No secret is stored: refresh tokens, API keys and the tokens in mails are found by their SHA-256, a failed login by hashes of the account
and the address.
"""

from typing import Literal, NamedTuple

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text

from steelyard.db.columns import Id, Timestamp, id_column, table

credentials = table(
    "credentials",
    id_column(),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Separated by spaces, in the order of the contract. Reading removes the scopes that the role no longer has.
    Column("scopes", Text, nullable=False),
    # The time of the password check; a refresh does not change it.
    Column("authenticated_at", Timestamp, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("last_used_at", Timestamp),
    Column("expires_at", Timestamp),
    Column("revoked_at", Timestamp),
    # The hash of the session's network, where failed logins from other networks do not count.
    Column("network_key", Text),
    # SHA-256 of an API key, in hexadecimal.
    Column("secret_hash", Text),
    CheckConstraint("kind IN ('session', 'api_key')", name="kind"),
    Index("credentials_user_id_id_idx", "user_id", "id"),
    Index("credentials_user_id_network_key_idx", "user_id", "network_key", "authenticated_at"),
)

# For the periodic task that deletes expired credentials.
Index("credentials_expires_at_idx", credentials.c.expires_at)

_has_secret = credentials.c.secret_hash.is_not(None)
Index("credentials_secret_hash_idx", credentials.c.secret_hash, unique=True, postgresql_where=_has_secret, sqlite_where=_has_secret)

refresh_tokens = table(
    "refresh_tokens",
    # SHA-256 in hexadecimal.
    Column("token_hash", Text, primary_key=True),
    Column("credential_id", Id, ForeignKey("credentials.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    # A used token stays until it expires, so that its second use differs from an unknown token.
    Column("used_at", Timestamp),
    Index("refresh_tokens_credential_id_idx", "credential_id"),
    Index("refresh_tokens_expires_at_idx", "expires_at"),
)

mail_tokens = table(
    "mail_tokens",
    # SHA-256 in hexadecimal.
    Column("token_hash", Text, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    # A used token stays until it expires, so that a mail that is sent twice does not make it good again.
    Column("used_at", Timestamp),
    CheckConstraint("purpose IN ('verify', 'reset')", name="purpose"),
    Index("mail_tokens_user_id_idx", "user_id"),
    Index("mail_tokens_expires_at_idx", "expires_at"),
)

login_failures = table(
    "login_failures",
    id_column(),
    Column("account_key", Text, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("failed_at", Timestamp, nullable=False),
    Index("login_failures_account_key_failed_at_idx", "account_key", "failed_at"),
    Index("login_failures_address_key_failed_at_idx", "address_key", "failed_at"),
    Index("login_failures_failed_at_idx", "failed_at"),
)


class LoginRow(NamedTuple):
    """The account that a login is checked with."""

    id: int
    hashed_password: str | None
    name: str
    email: str
    role: Literal["user", "support", "admin"]
    is_active: bool
