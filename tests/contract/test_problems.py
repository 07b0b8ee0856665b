"""The server returns every problem that the contract lists, and a request with a problem changes nothing."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from steelyard.contract.dependencies import read_only
from steelyard.db.database import Database
from steelyard.features.auth.queries import set_password_hash
from steelyard.features.system.health import HealthCheck
from steelyard.idempotency import store
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT
from tests.kit.servers.running import AMPLE, Running, running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock
from tests.kit.world.logins import identity_of, link_code_of
from tests.kit.world.stage import ADDRESS, NEVER, Stage
from tests.kit.world.world import World

Last = Callable[[], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Trial:
    """The application and the stage for one problem."""

    shop: Running
    stage: Stage

    @property
    def api(self) -> Api:
        return self.shop.api

    @property
    def world(self) -> World:
        return self.shop.world

    def order(self, product_id: int, quantity: int = 1, **more: Any) -> Last:
        """The buyer's order of this product."""
        buyer = self.api.as_(self.stage.buyer)
        return lambda: buyer.call("createOrder", {"product_id": product_id, "quantity": quantity, **more}, idempotency_key="key")


Provoke = Callable[[Trial], Awaitable[Last]]
PROVOKED: dict[str, Provoke] = {}
OVERRIDES: dict[str, dict[str, Any]] = {
    "RateLimited": {"rate_limits": True, "rate_register_per_minute": 1},
    "EmailNotVerified": {"require_verified_email": True},
    "NoAuthorizationServer": {**AMPLE, "public_url": None, "login_providers": (), "login_secrets": {}, "oauth_clients": ()},
}
EXCHANGE = {
    "grant_type": "authorization_code",
    "code": "syc_unknown",
    "redirect_uri": "https://shop.example.com/callback",
    "code_verifier": "v" * 43,
}
# Its purpose is a change: the session ends.
CHANGES_DATA = {"RefreshTokenReused"}


def provokes(name: str) -> Callable[[Provoke], Provoke]:
    """Registers how to provoke the problem of that name: everything up to the last request, which is returned."""

    def register(provoke: Provoke) -> Provoke:
        assert name not in PROVOKED
        PROVOKED[name] = provoke
        return provoke

    return register


# -- 400 ---------------------------------------------------------------------------------------------------------------
@provokes("EmailAlreadyRegistered")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("createUser", {"name": "Al", "email": t.stage.buyer.email.upper(), "password": PASSWORD})


@provokes("PasswordIncorrect")
async def _(t: Trial) -> Last:
    body = {"current_password": "not this one", "new_password": "staple that new battery"}
    return lambda: t.api.as_(t.stage.buyer).call("changePassword", body)


@provokes("InvalidMailToken")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("confirmEmailVerification", {"token": "sym_" + "A" * 43})


@provokes("InvalidCursor")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("listItems", cursor="abc.def")


@provokes("InvalidClient")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("authorize", client_id="unregistered")


@provokes("InvalidRedirectUri")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("authorize", client_id="shop", redirect_uri="https://attacker.example/callback")


@provokes("LoginExpired")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("receiveLogin", provider="example", state="unknown", code="abc")


@provokes("InvalidGrant")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("issueToken", {**EXCHANGE, "client_id": "shop"})


@provokes("UnauthorizedClient")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("issueToken", {**EXCHANGE, "client_id": "unregistered"})


@provokes("IdentityNotFound")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.buyer).call("deleteIdentity", identity_id=NEVER)


@provokes("ProviderNotFound")
async def _(t: Trial) -> Last:
    body = {**t.stage.request("startIdentityLink").body, "provider": "unknown"}
    return lambda: t.api.as_(t.stage.buyer).call("startIdentityLink", body)


@provokes("NoAuthorizationServer")
async def _(t: Trial) -> Last:
    assert (await t.api.call("listLoginProviders")).json() == {"providers": []}
    return lambda: t.api.call("getAuthorizationServer")


# -- 401 ---------------------------------------------------------------------------------------------------------------
@provokes("NotAuthenticated")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("getCurrentUser")


@provokes("InvalidToken")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_("garbage").call("getCurrentUser")


@provokes("InvalidCredentials")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("issueToken", {"username": t.stage.buyer.email, "password": "not this one"})


@provokes("InvalidRefreshToken")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("issueToken", {"grant_type": "refresh_token", "refresh_token": "syr_" + "A" * 43})


@provokes("RefreshTokenReused")
async def _(t: Trial) -> Last:
    login = await t.api.call("issueToken", {"username": t.stage.buyer.email, "password": PASSWORD})
    refresh = {"grant_type": "refresh_token", "refresh_token": login.json()["refresh_token"]}
    assert (await t.api.call("issueToken", refresh)).status_code == 200
    return lambda: t.api.call("issueToken", refresh)


# -- 403 ---------------------------------------------------------------------------------------------------------------
@provokes("InsufficientScope")
async def _(t: Trial) -> Last:
    token = await t.world.token_of(t.stage.buyer, ["orders:read"])
    return lambda: t.api.as_(token).call("getCurrentUser")


@provokes("AdminRequired")
async def _(t: Trial) -> Last:
    body = {"role": "admin", "is_active": True}
    return lambda: t.api.as_(t.stage.support).call("setUserAccess", body, user_id=t.stage.support.id)


@provokes("StaffRequired")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.buyer).call("listUsers")


@provokes("NotPermitted")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.stranger).call("deleteItem", item_id=t.stage.item_id)


@provokes("SessionRequired")
async def _(t: Trial) -> Last:
    key = await t.world.token_of(t.stage.buyer, ["account:write"], kind="api_key")
    return lambda: t.api.as_(key).call("revokeCredential", credential_id=t.stage.credential_id)


@provokes("FreshLoginRequired")
async def _(t: Trial) -> Last:
    old = await t.world.token_of(t.stage.stranger, ["account:write"], logged_in_ago=timedelta(hours=1, seconds=1))
    return lambda: t.api.as_(old).call("deleteUser", user_id=t.stage.stranger.id)


@provokes("ScopeAmplification")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.buyer).call("createApiKey", {"name": "Everything", "scopes": ["users:read"]})


@provokes("EmailNotVerified")
async def _(t: Trial) -> Last:
    return t.order(t.stage.item_id)


@provokes("AccountDisabled")
async def _(t: Trial) -> Last:
    locked = await t.world.deactivated()
    return lambda: t.api.call("issueToken", {"username": locked.email, "password": PASSWORD})


# -- 404 and the request as HTTP ---------------------------------------------------------------------------------------
@provokes("NotFound")
async def _(t: Trial) -> Last:
    return lambda: t.api.get("/nowhere")


@provokes("UserNotFound")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("getUser", user_id=NEVER)


@provokes("AddressNotFound")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.stranger).call("deleteAddress", address_id=t.stage.address_id)


@provokes("CredentialNotFound")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.stranger).call("revokeCredential", credential_id=t.stage.credential_id)


@provokes("ItemNotFound")
async def _(t: Trial) -> Last:
    return lambda: t.api.call("getItem", item_id=t.stage.draft_id)


@provokes("OrderNotFound")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.stranger).call("getOrder", order_id=t.stage.order_id)


@provokes("MethodNotAllowed")
async def _(t: Trial) -> Last:
    return lambda: t.api.delete("/users/me")


@provokes("NotAcceptable")
async def _(t: Trial) -> Last:
    return lambda: t.api.get("/items", headers={"accept": "text/html"})


@provokes("BodyTooLarge")
async def _(t: Trial) -> Last:
    headers = {"content-type": "application/json", "content-length": "1048577"}
    return lambda: t.api.post("/orders/quote", headers=headers)


@provokes("UnsupportedMediaType")
async def _(t: Trial) -> Last:
    return lambda: t.api.post("/orders/quote", content=b"<order/>", headers={"content-type": "application/xml"})


# -- 409 ---------------------------------------------------------------------------------------------------------------
@provokes("InsufficientStock")
async def _(t: Trial) -> Last:
    return t.order(await t.world.item(t.stage.seller, on_hand=1), 2)


@provokes("ItemUnavailable")
async def _(t: Trial) -> Last:
    return t.order(t.stage.draft_id)


@provokes("StockChanged")
async def _(t: Trial) -> Last:
    body = {"delta": 1, "reason": "correction", "expected_on_hand": 7}
    seller = t.api.as_(t.stage.seller)
    return lambda: seller.call("recordStockMovement", body, item_id=t.stage.item_id, idempotency_key="key")


@provokes("PriceChanged")
async def _(t: Trial) -> Last:
    return t.order(t.stage.item_id, expected_total={"amount": 1, "currency": "USD"})


@provokes("OrderStateConflict")
async def _(t: Trial) -> Last:
    buyer, body = t.api.as_(t.stage.buyer), {"reason": "Ordered by mistake"}
    assert (await buyer.call("cancelOrder", body, order_id=t.stage.order_id)).status_code == 200
    return lambda: buyer.call("cancelOrder", body, order_id=t.stage.order_id)


@provokes("SkuTaken")
async def _(t: Trial) -> Last:
    seller, body = t.api.as_(t.stage.seller), {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}, "sku": "LAMP-01"}
    assert (await seller.call("createItem", body)).status_code == 201
    return lambda: seller.call("createItem", body)


@provokes("OpenOrders")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.buyer).call("deleteUser", user_id=t.stage.buyer.id)


@provokes("LastAdmin")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.admin).call("deleteUser", user_id=t.stage.admin.id)


@provokes("IdentityTaken")
async def _(t: Trial) -> Last:
    await identity_of(t.world.database, t.stage.seller.id, subject="4711")
    body = await link_code_of(t.world.database, t.stage.buyer.id, subject="4711")
    return lambda: t.api.as_(t.stage.buyer).call("finishIdentityLink", body)


@provokes("LastLoginMethod")
async def _(t: Trial) -> Last:
    identity_id = await identity_of(t.world.database, t.stage.buyer.id)
    async with t.world.database.transaction() as tx:
        await tx.run(set_password_hash, user_id=t.stage.buyer.id, hashed_password=None)
    return lambda: t.api.as_(t.stage.buyer).call("deleteIdentity", identity_id=identity_id)


@provokes("LimitReached")
async def _(t: Trial) -> Last:
    for _number in range(19):
        await t.world.address(t.stage.buyer)
    return lambda: t.api.as_(t.stage.buyer).call("createAddress", ADDRESS)


@provokes("IdempotencyInProgress")
async def _(t: Trial) -> Last:
    # As if a process had claimed the key and were still running.
    async with t.world.database.transaction() as tx:
        body = b'["/orders",{"product_id":%d,"quantity":1}]' % t.stage.item_id
        fingerprint = hashlib.sha256(body).digest()
        await store.claim_key(tx, owner_id=t.stage.buyer.id, operation_id="createOrder", key="key", fingerprint=fingerprint)
    return t.order(t.stage.item_id)


# -- 412 and 422 -------------------------------------------------------------------------------------------------------
@provokes("PreconditionFailed")
async def _(t: Trial) -> Last:
    return lambda: t.api.as_(t.stage.seller).call("updateItem", {"title": "Lamp"}, item_id=t.stage.item_id, if_match='"7"')


@provokes("ValidationFailed")
async def _(t: Trial) -> Last:
    return t.order(t.stage.item_id, 0)


@provokes("PromotionNotApplicable")
async def _(t: Trial) -> Last:
    return t.order(t.stage.item_id, discount_code="PROMO-UNKNOWN")


@provokes("MixedSellers")
async def _(t: Trial) -> Last:
    other = await t.world.item(t.stage.stranger)
    lines = [{"product_id": product, "quantity": 1} for product in (t.stage.item_id, other)]
    return lambda: t.api.as_(t.stage.buyer).call("createOrder", {"lines": lines}, idempotency_key="key")


@provokes("OwnItem")
async def _(t: Trial) -> Last:
    return t.order(await t.world.item(t.stage.buyer))


@provokes("CurrencyMismatch")
async def _(t: Trial) -> Last:
    body = {"title": "Lamp", "price": {"amount": 1, "currency": "EUR"}}
    return lambda: t.api.as_(t.stage.seller).call("createItem", body)


@provokes("IdempotencyKeyReused")
async def _(t: Trial) -> Last:
    assert (await t.order(t.stage.item_id)()).status_code == 201
    return t.order(t.stage.item_id, 2)


# -- 429 and 5xx -------------------------------------------------------------------------------------------------------
@provokes("RateLimited")
async def _(t: Trial) -> Last:
    assert (await t.api.call("createUser", {"name": "A", "email": "a@example.com", "password": PASSWORD})).status_code == 201
    return lambda: t.api.call("createUser", {"name": "B", "email": "b@example.com", "password": PASSWORD})


@provokes("InternalError")
async def _(t: Trial) -> Last:
    def broken() -> None:
        raise ZeroDivisionError

    async def call() -> httpx.Response:
        response = await t.api.call("listItems")
        assert [type(fault) for fault in t.shop.journal.faults] == [ZeroDivisionError]
        t.shop.journal.faults.clear()
        return response

    t.shop.app.dependency_overrides[read_only] = broken
    return call


@provokes("NotReady")
async def _(t: Trial) -> Last:
    t.shop.app.shared(HealthCheck).drain()
    return lambda: t.api.call("getHealth")


@provokes("Unavailable")
async def _(t: Trial) -> Last:
    await t.shop.app.shared(Database).close()
    return lambda: t.api.call("listItems")


# -- all of them -------------------------------------------------------------------------------------------------------
@pytest.mark.promise("R24")
@pytest.mark.parametrize("name", PROVOKED)
async def test_the_server_returns_the_problem_and_changes_nothing(name: str, database: Database, clock: Clock) -> None:
    async with running(database, clock, **OVERRIDES.get(name, AMPLE)) as shop:
        last = await PROVOKED[name](Trial(shop, await Stage.of(shop.world)))
        before = await shop.world.market.state()

        response = await last()

        (schema,) = (kind for kind in CONTRACT.problem_types(CONTRACT.tree["components"]["responses"][name]))
        assert response.json()["type"] == schema
        assert (await shop.world.market.state() == before) == (name not in CHANGES_DATA)


async def test_an_item_of_an_unverified_account_is_rejected(database: Database, clock: Clock) -> None:
    async with running(database, clock, require_verified_email=True) as shop:
        seller = await shop.world.user()
        response = await shop.api.as_(seller).call("createItem", {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}})

    assert response.json()["type"] == "/problems/email-not-verified"


def test_every_listed_problem_is_provoked() -> None:
    assert set(PROVOKED) == set(CONTRACT.tree["components"]["responses"])


def test_each_problem_belongs_to_an_operation_or_to_the_server_as_a_whole() -> None:
    components = CONTRACT.tree["components"]["responses"]
    listed = {kind for response in components.values() for kind in CONTRACT.problem_types(response)}
    declared = {kind for operation in CONTRACT.operations.values() for kind in CONTRACT.problems(operation)}

    assert listed - declared == {"/problems/not-found", "/problems/method-not-allowed"}
    assert declared <= listed
