"""Creates the users, items, orders and addresses of a test in a few statements. Users are logged in from the start."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sqlalchemy import bindparam, insert, update

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.features.auth.queries import insert_credential
from steelyard.features.orders.access import OrderDetails
from steelyard.features.users.queries import insert_user
from steelyard.features.users.search import search_text
from steelyard.security.access_tokens import AccessTokens
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings
from steelyard.tables.credentials import credentials
from steelyard.tables.users import users
from steelyard_contract.policy import ALL_SCOPES, SCOPES_OF, Role
from tests.kit.world.accounts import PASSWORD, cheap_passwords
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market

set_standing = statement(
    update(users).where(users.c.id == bindparam("user_id")).values(role=bindparam("new_role"), is_active=bindparam("new_is_active"))
)
add_credential = statement(
    insert(credentials)
    .values(
        user_id=bindparam("user_id"),
        kind=bindparam("kind"),
        name="For a test",
        scopes=bindparam("scopes"),
        authenticated_at=bindparam("authenticated_at"),
        created_at=bindparam("now"),
    )
    .returning(credentials.c.id),
    int,
)
revoke_credential = statement(update(credentials).where(credentials.c.id == bindparam("credential_id")).values(revoked_at=bindparam("now")))


@dataclass(frozen=True)
class User:
    """An account with one session."""

    id: int
    name: str
    email: str
    role: Role
    credential_id: int
    token: str = field(repr=False)
    scopes: tuple[str, ...] = ()
    password: str = field(default=PASSWORD, repr=False)


class World:
    """One marketplace on a database, with the clock and the secret of the application under test."""

    # A part of the e-mail address of each user, if other tests use the same server.
    tag = ""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self.database = database
        self.clock = clock
        self.settings = settings
        self.market = Market(database, clock, settings)
        self.tokens = AccessTokens(
            [key.get_secret_value() for key in settings.secret_keys], clock=clock, random_bytes=secrets.token_bytes, known_scopes=ALL_SCOPES
        )
        self._number = 0

    def number(self) -> int:
        self._number += 1
        return self._number

    def key(self) -> str:
        """A new Idempotency-Key, different from those of the market."""
        return f"attempt-{self.number()}"

    def email(self, name: str) -> str:
        """An e-mail address that no user has."""
        return f"{name}-{self.number()}@example.com"

    # -- users ---------------------------------------------------------------------------------------------------------
    async def user(
        self,
        role: Role = "user",
        *,
        name: str = "Alice Johnson",
        email: str | None = None,
        scopes: Iterable[str] | None = None,
        kind: Literal["session", "api_key"] = "session",
        logged_in_ago: timedelta = timedelta(0),
    ) -> User:
        """A user with PASSWORD who is logged in, with these scopes or all scopes of the role."""
        email = email or self.email(role)
        hashed = await hash_of(PASSWORD)
        async with self.database.transaction() as tx:
            row = await tx.one(
                insert_user,
                name=name,
                email=email,
                email_folded=email.casefold(),
                hashed_password=hashed,
                age=None,
                bio=None,
                role=role,
                search_text=search_text(name, email),
                now=tx.now,
            )
            credential_id = await tx.one(
                add_credential,
                user_id=row.id,
                kind=kind,
                scopes=" ".join(SCOPES_OF[role] if scopes is None else scopes),
                authenticated_at=tx.now - logged_in_ago,
                now=tx.now,
            )
        held = tuple(SCOPES_OF[role] if scopes is None else scopes)
        return User(row.id, name, email, role, credential_id, self.token(row.id, credential_id, held), held)

    def token(self, user_id: int, credential_id: int, scopes: Iterable[str]) -> str:
        return self.tokens.issue(user_id=user_id, credential_id=credential_id, scopes=scopes)

    async def login(self, user: User, scopes: Iterable[str] | None = None) -> tuple[int, str]:
        """A further session of a user: its id and its access token."""
        held = list(SCOPES_OF[user.role] if scopes is None else scopes)
        async with self.database.transaction() as tx:
            credential_id = await tx.one(
                insert_credential,
                user_id=user.id,
                kind="session",
                name="Login with password",
                scopes=" ".join(held),
                expires_at=tx.now + timedelta(days=90),
                network_key=None,
                now=tx.now,
            )
        return credential_id, self.token(user.id, credential_id, held)

    async def token_of(
        self,
        user: User,
        scopes: Iterable[str],
        *,
        kind: Literal["session", "api_key"] = "session",
        logged_in_ago: timedelta = timedelta(0),
    ) -> str:
        """The access token of a new credential of this kind."""
        held = sorted(scopes)
        async with self.database.transaction() as tx:
            credential_id = await tx.one(
                add_credential,
                user_id=user.id,
                kind=kind,
                scopes=" ".join(held),
                authenticated_at=tx.now - logged_in_ago,
                now=tx.now,
            )
        return self.token(user.id, credential_id, held)

    async def revoked(self) -> User:
        """A user whose session is revoked."""
        user = await self.user()
        async with self.database.transaction() as tx:
            await tx.run(revoke_credential, credential_id=user.credential_id, now=tx.now)
        return user

    async def deactivated(self) -> User:
        """A user whose account is deactivated."""
        user = await self.user()
        await self.set_access(user.id, is_active=False)
        return user

    async def expired(self) -> User:
        """A user whose access token has expired."""
        user = await self.user()
        now = self.clock.now
        self.clock.now -= timedelta(seconds=5)
        token = self.tokens.issue(user_id=user.id, credential_id=user.credential_id, scopes=SCOPES_OF["user"], lifetime_s=1)
        self.clock.now = now
        return User(user.id, user.name, user.email, user.role, user.credential_id, token)

    async def set_access(self, user_id: int, role: Role = "user", *, is_active: bool = True) -> None:
        """Change the row directly. The application may use what it has cached of the user for another second."""
        async with self.database.transaction() as tx:
            await tx.run(set_standing, user_id=user_id, new_role=role, new_is_active=is_active)

    # -- items and orders ----------------------------------------------------------------------------------------------
    async def item(
        self,
        owner: User,
        price: int = 1000,
        on_hand: int = 100,
        *,
        status: str = "active",
        category: str | None = None,
        title: str = "Lamp",
    ) -> int:
        return await self.market.item(owner.id, price, on_hand, status=status, category=category, title=title)

    async def items(self, owner: User, count: int, *, price: int = 1000, on_hand: int = 100) -> list[int]:
        return [await self.item(owner, price, on_hand, title=f"Lamp {number}") for number in range(count)]

    async def order(self, buyer: User, *lines: tuple[int, int]) -> OrderDetails:
        return await self.market.place(buyer.id, *lines)

    async def address(self, owner: User, *, is_default: bool = False) -> int:
        return await self.market.address(owner.id, is_default=is_default)

    async def promotion(
        self, code: str = "PROMO-TEN", *, percent_bps: int | None = None, amount: int | None = None, **rules: object
    ) -> int:
        return await self.market.promotion(code, percent_bps=percent_bps, amount=amount, **rules)


_hashes: dict[str, str] = {}


async def hash_of(password: str) -> str:
    """A real hash at the lowest cost, computed once."""
    if password not in _hashes:
        passwords: PasswordHasher = cheap_passwords()
        try:
            _hashes[password] = await passwords.hash(password)
        finally:
            passwords.close()
    return _hashes[password]
