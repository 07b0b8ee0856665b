"""Accounts for tests: users register, log in and are authenticated by the services of the product."""

import secrets
from dataclasses import dataclass, field

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.features.auth import sessions as auth
from steelyard.features.auth.api_keys import find_api_key
from steelyard.features.auth.credentials import load_credential
from steelyard.features.auth.login import LoginPolicy, LoginTools
from steelyard.features.users import service as users
from steelyard.features.users.reading import UserDetails
from steelyard.security.access_tokens import AccessTokens
from steelyard.security.api_keys import ApiKeys
from steelyard.security.authenticator import BearerAuthenticator
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.passwords import PasswordHasher
from steelyard_contract import models as m
from steelyard_contract.policy import ALL_SCOPES
from tests.kit.world.clock import Clock

PASSWORD = "correct horse battery"
HOME = "198.51.100.7"


def cheap_passwords() -> PasswordHasher:
    """The real hasher, at the lowest cost that Argon2 allows."""
    return PasswordHasher(memory_kib=8, passes=1)


_hashes: dict[str, str] = {}


async def hash_of(password: str) -> str:
    """A real hash at the lowest cost, computed once."""
    if password not in _hashes:
        passwords = cheap_passwords()
        try:
            _hashes[password] = await passwords.hash(password)
        finally:
            passwords.close()
    return _hashes[password]


def tokens_of(clock: Clock, *keys: str) -> AccessTokens:
    return AccessTokens(
        keys or ("a key for tests that is long enough",), clock=clock, random_bytes=secrets.token_bytes, known_scopes=ALL_SCOPES
    )


@dataclass
class Accounts:
    """The accounts of one marketplace, as one server process sees them."""

    database: Database
    clock: Clock
    passwords: PasswordHasher
    policy: LoginPolicy = field(default_factory=LoginPolicy)

    def __post_init__(self) -> None:
        self.database._clock = self.clock
        self.tokens = tokens_of(self.clock)
        self.login = LoginTools(self.passwords, self.tokens, self.policy, secrets.token_bytes)
        self.credential_cache = CredentialCache(load_credential, self.clock.stopwatch)
        self.access = BearerAuthenticator(self.tokens, ApiKeys(find_api_key), self.credential_cache)

    def another_process(self) -> "Accounts":
        """The same accounts in another server process, with another cache."""
        return Accounts(self.database, self.clock, self.passwords, self.policy)

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

    async def refresh(self, refresh_token: str, scope: str = "") -> auth.Session:
        async with self.database.transaction() as tx:
            return await auth.refresh_session(tx, self.login, self.credential_cache, refresh_token=refresh_token, scope=scope)

    async def caller_by_token(self, access_token: str) -> Caller:
        return await self.access.load_caller(self.access.verify(access_token.encode()), self.database.read())

    async def caller(self, username: str = "alice@example.com", scope: str = "") -> Caller:
        """The caller after a new login."""
        return await self.caller_by_token((await self.log_in(username, scope=scope)).access_token)

    async def set_access(
        self, admin: Caller, user_id: int, role: str, *, is_active: bool = True, if_match: str | None = None
    ) -> UserDetails:
        async with self.database.transaction() as tx:
            return await users.set_user_access(
                tx,
                self.credential_cache,
                caller=admin,
                user_id=user_id,
                access=m.UserAccess(role=m.Role(role), is_active=is_active),
                if_match=if_match,
            )
