"""One-time codes: what a client gets at the end of a login, and exchanges for a session."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Literal, NamedTuple

from steelyard.db.transaction import Transaction
from steelyard.features.identities import queries
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.features.identities.secrets import CODE_PREFIX, code_challenge
from steelyard.security.identity_providers.provider import ProvenIdentity
from steelyard.security.secret_texts import hash_secret
from steelyard.tables.identities import CodeRow, FlowRow

# RFC 6749 (4.1.2) recommends ten minutes at most; a client exchanges its code at once.
LIFETIME = timedelta(seconds=60)


class CodeExchange(NamedTuple):
    """What a client sends with a code."""

    code: str
    client_id: str
    redirect_uri: str
    code_verifier: str


async def issue_code(
    tx: Transaction, login: ThirdPartyLogin, flow: FlowRow, proven: ProvenIdentity, *, user_id: int, purpose: Literal["login", "link"]
) -> str:
    """A code for this user."""
    code = CODE_PREFIX + login.keys.random()
    is_link = purpose == "link"
    await tx.run(
        queries.insert_code,
        code_hash=hash_secret(code),
        user_id=user_id,
        purpose=purpose,
        client_id=flow.client_id,
        redirect_uri=flow.redirect_uri,
        code_challenge=flow.code_challenge,
        scope=flow.scope,
        provider=flow.provider,
        issuer=proven.issuer if is_link else None,
        subject=proven.subject if is_link else None,
        email=proven.email if is_link else None,
        authenticated_at=proven.authenticated_at,
        expires_at=tx.now + LIFETIME,
    )
    return code


async def get_code(tx: Transaction, code: str) -> CodeRow | None:
    """What the code stands for, or stood for."""
    return await tx.first(queries.get_code, code_hash=hash_secret(code))


async def use_code(tx: Transaction, exchange: CodeExchange, *, purpose: Literal["login", "link"]) -> CodeRow | None:
    """Use the code up; return it if it was unused and all else fits. If something does not, its sender is not the client."""
    row = await tx.first(queries.use_code, code_hash=hash_secret(exchange.code), now=tx.now)
    fits = row is not None and (
        row.purpose == purpose
        and row.client_id == exchange.client_id
        and row.redirect_uri == exchange.redirect_uri
        and compare_digest(row.code_challenge, code_challenge(exchange.code_verifier))
    )
    return row if fits else None


async def set_session_of_code(tx: Transaction, code: str, credential_id: int) -> None:
    """Remember the session, which a second use of the code ends."""
    await tx.run(queries.set_session_of_code, code_hash=hash_secret(code), credential_id=credential_id)


def proven_login_time(row: CodeRow, now: datetime, *, max_age: timedelta) -> datetime:
    """When the user has certainly logged in: without a word of the provider, so long ago that the login is not fresh."""
    return row.authenticated_at or now - max_age - timedelta(seconds=1)
