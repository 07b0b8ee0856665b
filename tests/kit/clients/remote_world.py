"""The world of a test on a running server, created by requests alone."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Literal, NoReturn, cast

from steelyard.features.auth.mail_tokens import Purpose
from steelyard_contract.policy import SCOPES_OF, Role
from tests.kit.clients.visit import SetupFailed, UnsupportedSetup, Visit
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.world.stage import ADDRESS
from tests.kit.world.world import User, World


class _WallClock:
    """The clock of a running server, which a test cannot set."""

    def advance(self, **by: float) -> None:
        """Do nothing: the clock of the server cannot be set."""


class _LazyUser:
    """A user who is registered on first use. Most tests use three users of a stage, and each one costs two hashes."""

    def __init__(self, register: Callable[[], User]) -> None:
        self._register = register

    def __getattr__(self, name: str) -> Any:
        return getattr(self._user, name)

    @cached_property
    def _user(self) -> User:
        return self._register()


class RemoteWorld(World):
    """Registers, logs in, sells and buys by requests. A setup that the API does not offer raises `UnsupportedSetup`."""

    def __init__(self, visit: Visit) -> None:
        visit.worlds += 1
        self.visit = visit
        self.tag = f"{visit.tag}x{visit.worlds}x"
        self.clock = _WallClock()  # type: ignore[assignment]  # tests only ever advance it
        self._number = 0
        self._users: dict[int, User] = {}
        self._staff: list[User] = []

    def key(self) -> str:
        return f"{self.tag}{self.number()}"

    def email(self, name: str) -> str:
        return f"{name}-{self.tag}-{self.number()}@example.com"

    def together(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def require(self, operation: Operation) -> None:
        """A read that needs no resource and is a declared 404 is an operation that the settings of the server switch off."""
        has_input = "{" in operation.path or CONTRACT.parameters(operation) or CONTRACT.security(operation)
        is_optional = operation.method == "GET" and not has_input and 404 in CONTRACT.responses(operation)
        if is_optional and self.visit.peer.request("GET", operation.path.encode()).status == 404:
            self._unsupported(f"a success of {operation}, which the settings of the server switch off")

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
        self._session_of_now(kind, logged_in_ago)
        requested = None if scopes is None else tuple(scopes)
        if role != "user" and requested is None and (present := self._existing_staff(role)):
            return present
        return cast("User", _LazyUser(lambda: self._register(role, name, email or self.email(role), requested)))

    def _register(self, role: Role, name: str, email: str, requested: tuple[str, ...] | None) -> User:
        user_id: int = self.visit.call("createUser", {"name": name, "email": email, "password": self.visit.password})["id"]
        if role != "user":
            self._set_access(user_id, role)
        credential_id, token = self.visit.log_in(email, self.visit.password, requested)
        held = tuple(SCOPES_OF[role]) if requested is None else requested
        user = User(user_id, name, email, role, credential_id, token, held, self.visit.password)
        self._users[user_id] = user
        if role != "user":
            self._staff.append(user)
            self.visit.staff.append(user_id)
        return user

    def _existing_staff(self, role: Role) -> User | None:
        """A user with the role who exists already, in a new session. None if there is none, or if a test has changed their password."""
        for user in self._staff:
            if user.role == role:
                with suppress(SetupFailed):
                    credential_id, token = self.visit.log_in(user.email, user.password)
                    self._users[user.id] = again = replace(user, credential_id=credential_id, token=token)
                    return again
        return None

    def token(self, user_id: int, credential_id: int, scopes: Iterable[str]) -> str:  # noqa: ARG002  # a new login, because the server issues its tokens
        return self.visit.log_in(self._users[user_id].email, self.visit.password, scopes)[1]

    async def login(self, user: User, scopes: Iterable[str] | None = None) -> tuple[int, str]:
        return self.visit.log_in(user.email, user.password, scopes)

    async def token_of(
        self,
        user: User,
        scopes: Iterable[str],
        *,
        kind: Literal["session", "api_key"] = "session",
        logged_in_ago: timedelta = timedelta(0),
        name: str = "For a test",
    ) -> str:
        held = sorted(scopes)
        if kind == "api_key":
            if "account:write" in held:
                self._unsupported("an API key with account:write, which no operation creates")
            return str(self.visit.call("createApiKey", {"name": name, "scopes": held}, token=user.token)["secret"])
        self._session_of_now(kind, logged_in_ago)
        return self.visit.log_in(user.email, user.password, held)[1]

    def mail_token(self, purpose: Purpose) -> str:
        self._unsupported(f"a token to {purpose}, which only a mail has")

    def login_under_way(self) -> NoReturn:
        self._unsupported("a login at an identity provider, which the settings of the server name")

    def identity(self, owner: User) -> NoReturn:  # noqa: ARG002  # for no user
        self._unsupported("an identity at an identity provider, which the settings of the server name")

    def link_code(self, owner: User) -> NoReturn:  # noqa: ARG002  # for no user
        self._unsupported("the code of a login at an identity provider, which the settings of the server name")

    def client_request(self) -> NoReturn:
        self._unsupported("a registered client of OAuth 2, which the settings of the server name")

    async def revoked(self) -> User:
        user = await self.user()
        self.visit.call("revokeCurrentCredential", token=user.token)
        return user

    async def deactivated(self) -> User:
        user = await self.user()
        await self.set_access(user.id, is_active=False)
        return user

    async def expired(self) -> User:
        self._unsupported("an expired token: it takes half an hour")

    async def set_access(self, user_id: int, role: Role = "user", *, is_active: bool = True) -> None:
        self._set_access(user_id, role, is_active=is_active)

    def _set_access(self, user_id: int, role: Role, *, is_active: bool = True) -> None:
        self.visit.call("setUserAccess", {"role": role, "is_active": is_active}, token=self.visit.as_admin(), user_id=user_id)

    def _session_of_now(self, kind: str, logged_in_ago: timedelta) -> None:
        if kind != "session":
            self._unsupported("a user with an API key and no session")
        if logged_in_ago:
            self._unsupported("a session that is older than an hour")

    def _unsupported(self, what: str) -> NoReturn:
        self.visit.unsupported[what] += 1
        raise UnsupportedSetup(what)

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
        body = {"title": title, "price": {"amount": price, "currency": "USD"}, "on_hand": on_hand, "status": status}
        body |= {} if category is None else {"category": category}
        return int(self.visit.call("createItem", body, token=owner.token)["id"])

    async def order(self, buyer: User, *lines: tuple[int, int]) -> Any:
        basket = [{"product_id": item_id, "quantity": quantity} for item_id, quantity in lines]
        placed = self.visit.call("createOrder", {"lines": basket}, token=buyer.token, key=self.key())
        return SimpleNamespace(order=SimpleNamespace(id=placed["id"]))

    async def address(self, owner: User, *, is_default: bool = False) -> int:
        return int(self.visit.call("createAddress", {**ADDRESS, "is_default": is_default}, token=owner.token)["id"])

    async def promotion(self, code: str = "PROMO-TEN", **rules: object) -> int:
        self._unsupported(f"the code {code}, with {sorted(rules)}: the contract has no operation that creates one")
