"""Logins with third parties that have led to a provider and have not come back."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from steelyard.db.database import Database
from steelyard.features.identities.queries import insert_code, insert_flow, insert_identity
from steelyard.features.identities.secrets import LoginKeys
from steelyard.security.login_cookie import NAME
from steelyard.security.secret_texts import hash_secret
from steelyard.settings import Settings

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
ISSUER = "https://github.com"
CLIENT, REDIRECT_URI = "shop", "https://shop.example.com/callback"
CLIENT_REQUEST = {
    "response_type": "code",
    "client_id": CLIENT,
    "redirect_uri": REDIRECT_URI,
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@dataclass(frozen=True)
class LoginUnderWay:
    """A login with the provider `example`, and the cookie of its browser."""

    state: str
    browser: str

    @property
    def cookie(self) -> str:
        return f"{NAME}={self.browser}"


async def login_under_way(database: Database, settings: Settings, *, state: str | None = None, browser: str | None = None) -> LoginUnderWay:
    """A login of the client, with these secrets or with new ones."""
    login = LoginUnderWay(state or secrets.token_urlsafe(32), browser or secrets.token_urlsafe(32))
    async with database.transaction() as tx:
        await tx.run(
            insert_flow,
            state_hash=hash_secret(login.state),
            browser_hash=hash_secret(login.browser),
            kid=LoginKeys([key.get_secret_value() for key in settings.secret_keys], secrets.token_bytes).kid,
            provider="example",
            client_id=CLIENT,
            redirect_uri=REDIRECT_URI,
            client_state=None,
            scope="",
            code_challenge=CHALLENGE,
            prompt=None,
            user_id=None,
            expires_at=tx.now + timedelta(minutes=10),
        )
    return login


async def identity_of(database: Database, user_id: int, *, subject: str | None = None, email: str | None = None) -> int:
    """An identity of the user at the provider `example`, which has been used if it has an address."""
    async with database.transaction() as tx:
        return await tx.one(
            insert_identity,
            user_id=user_id,
            issuer=ISSUER,
            subject=subject or secrets.token_hex(8),
            provider="example",
            email=email,
            last_used_at=None if email is None else tx.now,
            now=tx.now,
        )


async def link_code_of(
    database: Database, user_id: int, *, code: str | None = None, subject: str | None = None, email: str | None = None
) -> dict[str, str]:
    """The code of a link that the user has begun, with all that a client sends beside it."""
    code = code or f"syc_{secrets.token_urlsafe(32)}"
    async with database.transaction() as tx:
        await tx.run(
            insert_code,
            code_hash=hash_secret(code),
            user_id=user_id,
            purpose="link",
            client_id=CLIENT,
            redirect_uri=REDIRECT_URI,
            code_challenge=CHALLENGE,
            scope="",
            provider="example",
            issuer=ISSUER,
            subject=subject or secrets.token_hex(8),
            email=email,
            authenticated_at=None,
            expires_at=tx.now + timedelta(minutes=1),
        )
    return {"client_id": CLIENT, "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
