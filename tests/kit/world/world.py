"""Creates the users, items, orders and addresses of a test in a few statements. Users are logged in from the start."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeVar

from sqlalchemy import bindparam, delete, insert, update

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.features.auth.mail_tokens import LIFETIMES, MAIL_TOKEN_PREFIX, Purpose
from steelyard.features.auth.queries import insert_credential, put_mail_token
from steelyard.features.identities.queries import list_identities
from steelyard.features.orders.access import OrderDetails
from steelyard.features.users.queries import insert_user
from steelyard.features.users.search import search_text
from steelyard.security.access_tokens import AccessTokens
from steelyard.security.api_keys import API_KEY_PREFIX
from steelyard.security.secret_texts import hash_secret, make_secret
from steelyard.settings import Settings
from steelyard.tables.credentials import credentials
from steelyard.tables.users import users
from steelyard_contract.policy import ALL_SCOPES, SCOPES_OF, Role
from tests.kit.contract.checker import Operation
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.world.accounts import PASSWORD, hash_of
from tests.kit.world.clock import Clock
from tests.kit.world.logins import CLIENT_REQUEST, LoginUnderWay, identity_of, link_code_of, login_under_way
from tests.kit.world.market import Market, caller_of

T = TypeVar("T")

set_standing = statement(
    update(users).where(users.c.id == bindparam("user_id")).values(role=bindparam("new_role"), is_active=bindparam("new_is_active"))
)
add_credential = statement(
    insert(credentials)
    .values(
        user_id=bindparam("user_id"),
        kind=bindparam("kind"),
        name=bindparam("name"),
        scopes=bindparam("scopes"),
        secret_hash=bindparam("secret_hash"),
        authenticated_at=bindparam("authenticated_at"),
        created_at=bindparam("now"),
    )
    .returning(credentials.c.id),
    int,
)
delete_credential = statement(delete(credentials).where(credentials.c.id == bindparam("credential_id")))
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
        # Its users have verified nothing.
        self.market = Market(database, clock, settings.model_copy(update={"require_verified_email": False}))
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

    def together(self) -> AbstractAsyncContextManager[None]:
        """All that the block creates is in one transaction, if the world has transactions."""
        return self.market.together()

    def require(self, operation: Operation) -> None:
        """The settings of the tests switch on every operation; those of a running server may not."""

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
        secret = self._api_key(kind)
        async with self.market.transaction() as tx:
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
                email_verified_at=None,
                now=tx.now,
            )
            credential_id = await tx.one(
                add_credential,
                user_id=row.id,
                kind=kind,
                name="For a test",
                scopes=" ".join(SCOPES_OF[role] if scopes is None else scopes),
                secret_hash=None if secret is None else hash_secret(secret),
                authenticated_at=tx.now - logged_in_ago,
                now=tx.now,
            )
        held = tuple(SCOPES_OF[role] if scopes is None else scopes)
        return User(row.id, name, email, role, credential_id, secret or self.token(row.id, credential_id, held), held)

    def token(self, user_id: int, credential_id: int, scopes: Iterable[str]) -> str:
        return self.tokens.issue(user_id=user_id, credential_id=credential_id, scopes=scopes)

    async def login(self, user: User, scopes: Iterable[str] | None = None) -> tuple[int, str]:
        """A further session of a user: its id and its access token."""
        held = list(SCOPES_OF[user.role] if scopes is None else scopes)
        async with self.market.transaction() as tx:
            credential_id = await tx.one(
                insert_credential,
                user_id=user.id,
                kind="session",
                name="Login with password",
                scopes=" ".join(held),
                expires_at=tx.now + timedelta(days=90),
                network_key=None,
                authenticated_at=tx.now,
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
        name: str = "For a test",
    ) -> str:
        """The access token of a new session, or a new API key."""
        held = sorted(scopes)
        secret = self._api_key(kind)
        async with self.market.transaction() as tx:
            credential_id = await tx.one(
                add_credential,
                user_id=user.id,
                kind=kind,
                name=name,
                scopes=" ".join(held),
                secret_hash=None if secret is None else hash_secret(secret),
                authenticated_at=tx.now - logged_in_ago,
                now=tx.now,
            )
        return secret or self.token(user.id, credential_id, held)

    @staticmethod
    def _api_key(kind: Literal["session", "api_key"]) -> str | None:
        return make_secret(API_KEY_PREFIX, secrets.token_bytes) if kind == "api_key" else None

    def mail_token(self, purpose: Purpose) -> str:
        """A good token of a mail to a new user."""
        email = self.email("mail")

        async def put(other: World) -> str:
            return await other.mail_token_of(await other.user(email=email), purpose)

        return self._without_waiting(put)

    def login_under_way(self) -> LoginUnderWay:
        """A login with a third party that has led to the provider and has not come back."""

        async def begin(other: World) -> LoginUnderWay:
            return await login_under_way(other.database, other.settings)

        return self._without_waiting(begin)

    def identity(self, owner: User) -> int:
        """An identity of the user, who has few: the last one again, if there is one."""

        async def put(other: World) -> int:
            known = await other.database.read().all(list_identities, user_id=owner.id)
            return known[0].id if known else await identity_of(other.database, owner.id)

        return self._without_waiting(put)

    def link_code(self, owner: User) -> dict[str, str]:
        """What finishIdentityLink takes from the user."""

        async def put(other: World) -> dict[str, str]:
            return await link_code_of(other.database, owner.id)

        return self._without_waiting(put)

    def client_request(self) -> dict[str, str]:
        """The parameters with which a registered client begins a login with a third party."""
        return CLIENT_REQUEST

    def _without_waiting(self, make: Callable[["World"], Coroutine[Any, Any, T]]) -> T:
        """Not a coroutine, because requests are made without waiting: in a thread, with a connection that only it uses."""

        async def run() -> T:
            database = Database(self.database.url, clock=self.clock, options=FOR_TESTS)
            await database.open()
            try:
                return await make(World(database, self.clock, self.settings))
            finally:
                await database.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, run()).result()

    async def mail_token_of(self, user: User, purpose: Purpose) -> str:
        """A good token of a mail to the user."""
        token = make_secret(MAIL_TOKEN_PREFIX, secrets.token_bytes)
        async with self.market.transaction() as tx:
            await tx.one(
                put_mail_token,
                token_hash=hash_secret(token),
                user_id=user.id,
                purpose=purpose,
                expires_at=tx.now + LIFETIMES[purpose],
                now=tx.now,
            )
        return token

    async def revoked(self) -> User:
        """A user whose session is revoked."""
        user = await self.user()
        async with self.market.transaction() as tx:
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
        async with self.market.transaction() as tx:
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
        item_id = await self.market.item(owner.id, price, on_hand, status=status, category=category, title=title)
        await self.end_session_of_market(owner)
        return item_id

    async def items(self, owner: User, count: int, *, price: int = 1000, on_hand: int = 100) -> list[int]:
        return [await self.item(owner, price, on_hand, title=f"Lamp {number}") for number in range(count)]

    async def order(self, buyer: User, *lines: tuple[int, int]) -> OrderDetails:
        placed = await self.market.place(buyer.id, *lines)
        await self.end_session_of_market(buyer)
        return placed

    async def end_session_of_market(self, user: User) -> None:
        """Its id is negative, which no session of an application has and no response may show."""
        async with self.market.transaction() as tx:
            await tx.run(delete_credential, credential_id=caller_of(user.id).credential_id)

    async def address(self, owner: User, *, is_default: bool = False) -> int:
        return await self.market.address(owner.id, is_default=is_default)

    async def promotion(
        self, code: str = "PROMO-TEN", *, percent_bps: int | None = None, amount: int | None = None, **rules: object
    ) -> int:
        return await self.market.promotion(code, percent_bps=percent_bps, amount=amount, **rules)
