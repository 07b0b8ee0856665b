"""People for tests: registered, logged in and admitted through the services that the product uses."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.features.auth import sessions as auth
from steelyard.features.auth.credentials import load_credential
from steelyard.features.auth.login import LoginPolicy, LoginTools
from steelyard.features.users import service as users
from steelyard.features.users.reading import UserDetails
from steelyard.security.access_tokens import AccessTokens
from steelyard.security.authenticator import BearerAuthenticator
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.passwords import PasswordHasher
from steelyard_contract import models as m
from steelyard_contract.policy import ALL_SCOPES

PASSWORD = "correct horse battery"
HOME = "198.51.100.7"


class Clock:
    """A time that only the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def stopwatch(self) -> float:
        return self.now.timestamp()

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def cheap_passwords() -> PasswordHasher:
    """The real hasher at the least cost that Argon2 allows."""
    return PasswordHasher(memory_kib=8, passes=1)


def tokens_of(clock: Clock, *keys: str) -> AccessTokens:
    return AccessTokens(
        keys or ("a key for tests, long enough by far",), clock=clock, random_bytes=secrets.token_bytes, known_scopes=ALL_SCOPES
    )


@dataclass
class People:
    """One process of the marketplace, as far as people are concerned."""

    database: Database
    clock: Clock
    passwords: PasswordHasher
    rules: LoginPolicy = field(default_factory=LoginPolicy)

    def __post_init__(self) -> None:
        self.database._clock = self.clock
        self.tokens = tokens_of(self.clock)
        self.login = LoginTools(self.passwords, self.tokens, self.rules, secrets.token_bytes)
        self.standings = CredentialCache(load_credential, self.clock.stopwatch)
        self.access = BearerAuthenticator(self.tokens, self.standings)

    def beside(self) -> "People":
        """Another process on the same database."""
        return People(self.database, self.clock, self.passwords, self.rules)

    async def register(self, name: str = "Alice Johnson", email: str = "alice@example.com", **more: object) -> UserDetails:
        draft = m.UserCreate.model_validate({"name": name, "email": email, "password": PASSWORD, **more})
        async with self.database.transaction() as tx:
            return await users.create_user(tx, draft=draft, passwords=self.passwords)

    async def admin(self, name: str = "Ada Admin", email: str = "ada@example.com") -> Caller:
        async with self.database.transaction() as tx:
            await users.create_admin(tx, name=name, email=email, password=PASSWORD, passwords=self.passwords)
        return await self.caller(email)

    async def log_in(
        self, username: str = "alice@example.com", password: str = PASSWORD, scope: str = "", network: str = HOME
    ) -> auth.Session:
        db = self.database.read()
        async with self.database.transaction() as tx:
            return await auth.log_in(db, tx, self.login, username=username, password=password, scope=scope, network=network)

    async def renew(self, refresh_token: str, scope: str = "") -> auth.Session:
        async with self.database.transaction() as tx:
            return await auth.refresh_session(tx, self.login, self.standings, refresh_token=refresh_token, scope=scope)

    async def admitted(self, access_token: str) -> Caller:
        return await self.access.load_caller(self.access.verify(access_token.encode()), self.database.read())

    async def caller(self, username: str = "alice@example.com", scope: str = "") -> Caller:
        """Somebody who has just logged in."""
        return await self.admitted((await self.log_in(username, scope=scope)).access_token)

    async def set_access(
        self, admin: Caller, user_id: int, role: str, *, is_active: bool = True, if_match: str | None = None
    ) -> UserDetails:
        async with self.database.transaction() as tx:
            return await users.set_user_access(
                tx,
                self.standings,
                caller=admin,
                user_id=user_id,
                access=m.UserAccess(role=m.Role(role), is_active=is_active),
                if_match=if_match,
            )
