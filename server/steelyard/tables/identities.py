"""Identities at third parties, logins under way, and the codes that they end with.

No secret is stored: a login is found by the SHA-256 of its state, a code by its own, and a browser by that of its cookie.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint

from steelyard.db.columns import Id, Timestamp, id_column, table

identities = table(
    "identities",
    id_column(),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    # The provider's own names for itself and for the user; together they never mean another one.
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # The id of the provider in the settings.
    Column("provider", Text, nullable=False),
    # As received; only its owner sees it.
    Column("email", Text),
    Column("created_at", Timestamp, nullable=False),
    Column("last_used_at", Timestamp),
    CheckConstraint("length(subject) BETWEEN 1 AND 255", name="subject"),
    UniqueConstraint("issuer", "subject"),
    Index("identities_user_id_id_idx", "user_id", "id"),
)

login_flows = table(
    "login_flows",
    # SHA-256 in hexadecimal, like every hash here.
    Column("state_hash", Text, primary_key=True),
    # Null until the browser that links an identity has arrived.
    Column("browser_hash", Text),
    # Which secret key has made nonce and verifier of the state.
    Column("kid", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("client_state", Text),
    Column("scope", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("prompt", Text),
    # The user who links an identity; null for a login.
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE")),
    Column("expires_at", Timestamp, nullable=False),
    Index("login_flows_expires_at_idx", "expires_at"),
    Index("login_flows_user_id_idx", "user_id"),
)

login_codes = table(
    "login_codes",
    Column("code_hash", Text, primary_key=True),
    # The user who has logged in, or who links the identity.
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("provider", Text, nullable=False),
    # The identity to link; null for a login.
    Column("issuer", Text),
    Column("subject", Text),
    Column("email", Text),
    # When the provider has checked the user; null if that is unknown.
    Column("authenticated_at", Timestamp),
    Column("expires_at", Timestamp, nullable=False),
    Column("used_at", Timestamp),
    # The session that was made of it.
    Column("credential_id", Id),
    CheckConstraint("purpose IN ('login', 'link')", name="purpose"),
    Index("login_codes_expires_at_idx", "expires_at"),
    Index("login_codes_user_id_idx", "user_id"),
)


class IdentityRow(NamedTuple):
    """An identity, for its user."""

    id: int
    provider: str
    email: str | None
    created_at: datetime
    last_used_at: datetime | None


class FlowRow(NamedTuple):
    """A login under way."""

    browser_hash: str | None
    kid: str
    provider: str
    client_id: str
    redirect_uri: str
    client_state: str | None
    scope: str
    code_challenge: str
    prompt: str | None
    user_id: int | None
    expires_at: datetime


class CodeRow(NamedTuple):
    """A code, and what it stands for."""

    user_id: int
    purpose: Literal["login", "link"]
    client_id: str
    redirect_uri: str
    code_challenge: str
    scope: str
    provider: str
    issuer: str | None
    subject: str | None
    email: str | None
    authenticated_at: datetime | None
    credential_id: int | None
