"""What proves who is calling: credentials, the refresh tokens of sessions, and the failed logins that slow guessing down.

No secret is stored: a refresh token is found by its SHA-256, a failed login by hashes of the account and the address.
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
    # Separated by spaces, in the order of the contract. What the role no longer has is taken away when it is read.
    Column("scopes", Text, nullable=False),
    # When the password was given: a refresh does not make a login fresh again.
    Column("authenticated_at", Timestamp, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("last_used_at", Timestamp),
    Column("expires_at", Timestamp),
    Column("revoked_at", Timestamp),
    # The hash of the network that a session was opened from: there, guesses of strangers elsewhere do not count.
    Column("network_key", Text),
    CheckConstraint("kind IN ('session', 'api_key')", name="kind"),
    Index("credentials_user_id_id_idx", "user_id", "id"),
    Index("credentials_user_id_network_key_idx", "user_id", "network_key", "authenticated_at"),
)

# The sweep looks for what is over.
Index("credentials_expires_at_idx", credentials.c.expires_at)

refresh_tokens = table(
    "refresh_tokens",
    # SHA-256 in hexadecimal.
    Column("token_hash", Text, primary_key=True),
    Column("credential_id", Id, ForeignKey("credentials.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    # Kept after use until it expires: that is how a token that comes back is told from one that never was.
    Column("used_at", Timestamp),
    Index("refresh_tokens_credential_id_idx", "credential_id"),
    Index("refresh_tokens_expires_at_idx", "expires_at"),
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
    """What a login is checked against."""

    id: int
    hashed_password: str | None
    name: str
    email: str
    role: Literal["user", "support", "admin"]
    is_active: bool
