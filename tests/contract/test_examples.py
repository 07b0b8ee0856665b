"""The examples of the contract are true: each matches its schema, and each exchange happens as written in the small world they share.

The exchanges are the source of the examples, openapi/examples/<operationId>.yaml: a request, and its response.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import bindparam, delete, insert, update

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.features.auth.queries import insert_refresh_token, put_mail_token
from steelyard.features.items import service as catalogue
from steelyard.jobs import outbox
from steelyard.security.login_cookie import NAME as LOGIN_COOKIE
from steelyard.security.secret_texts import hash_secret
from steelyard.tables.items import items, stock_movements
from steelyard.tables.users import addresses, users
from steelyard_contract import models as m
from tests.kit.contract.bodies import decoded
from tests.kit.contract.checker import CONTRACT, PROBLEM_JSON, escaped
from tests.kit.contract.recorder import claim
from tests.kit.servers.databases import Databases
from tests.kit.servers.running import Running, running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock
from tests.kit.world.logins import identity_of, link_code_of, login_under_way
from tests.kit.world.market import caller_of, logged_in
from tests.kit.world.world import User, World

EXAMPLES = Path(__file__).parents[2] / "openapi" / "examples"


# -- every example matches its schema ----------------------------------------------------------------------------------
Shown = Iterator[tuple[str, str, Any]]


def shown() -> Shown:
    """Place, pointer of the schema and value of each example in the document."""
    for operation in CONTRACT.operations.values():
        if "requestBody" in operation.node:
            yield from in_content(f"{operation.pointer}/requestBody", operation.node["requestBody"])
        for status, node in operation.node["responses"].items():
            if "$ref" not in node:
                yield from in_content(f"{operation.pointer}/responses/{status}", node)
    for name, node in CONTRACT.tree["components"]["responses"].items():
        yield from in_content(f"/components/responses/{name}", node)
    yield from in_components()


def in_components() -> Shown:
    components = CONTRACT.tree["components"]
    for section in ("parameters", "headers"):
        for name, node in components[section].items():
            if "example" in node:
                yield f"{section} {name}", f"/components/{section}/{escaped(name)}/schema", node["example"]
    for name, schema in components["schemas"].items():
        for member, node in schema.get("properties", {}).items():
            for example in node.get("examples", []):
                yield f"{name}.{member}", f"/components/schemas/{name}/properties/{escaped(member)}", example


def in_content(pointer: str, node: dict[str, Any]) -> Shown:
    for media, content in node.get("content", {}).items():
        alone = [content["example"]] if "example" in content else []
        for value in [*alone, *(example["value"] for example in content.get("examples", {}).values())]:
            yield pointer, f"{pointer}/content/{escaped(media)}/schema", value


def test_every_example_matches_its_schema() -> None:
    seen = 0
    for place, pointer, value in shown():
        seen += 1
        assert [error.message for error in CONTRACT.validator(pointer).iter_errors(value)] == [], place
    assert seen > 400


def test_every_problem_has_an_example() -> None:
    for name, response in CONTRACT.tree["components"]["responses"].items():
        content = response["content"][PROBLEM_JSON]
        assert content.get("example") or content.get("examples"), name


# -- the world of the examples -----------------------------------------------------------------------------------------
set_alice = statement(
    update(users)
    .where(users.c.id == 3)
    .values(age=bindparam("new_age"), bio=bindparam("new_bio"), version=bindparam("new_version"), email_folded=bindparam("folded"))
)
set_bob = statement(
    update(users)
    .where(users.c.id == 4)
    .values(email=bindparam("new_email"), email_folded=bindparam("folded"), age=52, bio="Makes lamps in Portland.")
)
delete_addresses = statement(delete(addresses).where(addresses.c.user_id == 3))
edit_lamp = statement(update(items).where(items.c.id == 7).values(version=4, on_hand=20))
archive = statement(update(items).where(items.c.id < 7).values(status="archived"))
name_address = statement(
    update(addresses).where(addresses.c.id == 5).values(label="Home", street="7 Mill Lane", city="Salem", zip_code="97301")
)
damage = statement(
    insert(stock_movements).values(
        item_id=7, delta=-1, reason="damage", note="Fell off the shelf", on_hand_after=20, actor_id=4, created_at=bindparam("now")
    )
)


LAMP = {
    "title": "Brass desk lamp",
    "sku": "LAMP-01",
    "description": "Solid brass, 40 cm high.",
    "category": "lighting",
    "tags": ["desk-lamp", "brass"],
    "image_urls": ["https://img.example/lamp.jpg"],
    "price": {"amount": 1999, "currency": "USD"},
    "on_hand": 21,
}
CANDLE = {
    "title": "Beeswax candle",
    "sku": "CANDLE-01",
    "description": "Burns for six hours.",
    "category": "lighting",
    "tags": ["candle"],
    "price": {"amount": 250, "currency": "USD"},
    "on_hand": 500,
}


async def _offered(world: World, owner: User, goods: dict[str, object]) -> int:
    async with world.database.transaction() as tx:
        draft = m.ItemCreate.model_validate(goods)
        return (await catalogue.create_item(tx, caller=await logged_in(tx, caller_of(owner.id)), draft=draft, settings=world.settings)).id


@dataclass(frozen=True)
class Scene:
    """The world of all examples, before the exchange."""

    shop: Running
    people: dict[str, User]

    @property
    def world(self) -> World:
        return self.shop.world

    @classmethod
    async def of(cls, shop: Running) -> "Scene":
        world, market = shop.world, shop.world.market
        ada = await world.user("admin", name="Ada Brown", email="ada@example.com")
        sam = await world.user("support", name="Sam Okafor", email="sam@example.com")
        alice = await world.user(name="Alice Johnson", email="alice@example.com")
        bob = await world.user(name="Bob Miller", email="Bob.Miller@example.com")
        buyer, seller = await world.user(name="Other Buyer"), await world.user(name="Other Seller")
        for _number in range(6):
            await world.item(seller)
        lamp, candle = [await _offered(world, bob, goods) for goods in (LAMP, CANDLE)]
        for _number in range(4):
            await world.address(buyer)
        await world.address(alice, is_default=True)
        await world.promotion("PROMO-WELCOME", percent_bps=1000)
        await world.promotion("PROMO-BULK", percent_bps=2000)
        await world.promotion("PROMO-EXPIRED", percent_bps=1000, ends_at=shop.clock.now - timedelta(days=1))
        for _number in range(9):
            await world.order(buyer, (1, 1))
        async with world.database.transaction() as tx:
            for edit in (edit_lamp, archive, name_address):
                await tx.run(edit)
            await tx.run(set_bob, new_email="Bob.Miller@example.com", folded="bob.miller@example.com")
            await tx.run(damage, now=tx.now)
        await market.cancel(caller_of(alice.id), (await world.order(alice, (candle, 1))).order.id)
        await world.order(alice, (lamp, 1))
        await market.place(alice.id, (lamp, 2), discount_code="PROMO-WELCOME")
        scene = cls(shop, {"ada": ada, "sam": sam, "alice": alice, "bob": bob, "anonymous": alice})
        await scene.set_alice(age=34, bio="Collects lamps.", version=3)
        while (await world.login(buyer))[0] < 40:
            pass
        assert [(await world.login(alice))[0] for _ in range(2)] == [41, 42]
        return scene

    async def set_alice(
        self, *, age: int | None = None, bio: str | None = None, version: int = 1, folded: str = "alice@example.com"
    ) -> None:
        async with self.world.database.transaction() as tx:
            await tx.run(set_alice, new_age=age, new_bio=bio, new_version=version, folded=folded)

    async def without_address(self) -> None:
        async with self.world.database.transaction() as tx:
            await tx.run(delete_addresses)


# -- preparations of some exchanges, and their senders -----------------------------------------------------------------
Before = Callable[[Scene], Awaitable[None]]
BEFORE: dict[str, Before] = {}


def before(*names: str) -> Callable[[Before], Before]:
    def register(prepare: Before) -> Before:
        BEFORE.update(dict.fromkeys(names, prepare))
        return prepare

    return register


@before("updateUser profile", "setUserAccess promote", "listUsers by_cursor")
async def _(scene: Scene) -> None:
    await scene.without_address()
    await scene.set_alice()


@before("updateUser cleared", "getUser yourself")
async def _(scene: Scene) -> None:
    await scene.without_address()
    await scene.set_alice(age=34, bio="Collects lamps.", version=2)


@before("createUser minimal", "createUser several_faults", "createUser common_password")
async def _(scene: Scene) -> None:
    await scene.set_alice(folded="unknown@example.com")


@before("createUser complete")
async def _(scene: Scene) -> None:
    async with scene.world.database.transaction() as tx:
        await tx.run(set_bob, new_email="robert@example.com", folded="robert@example.com")


@before("createAddress full")
async def _(scene: Scene) -> None:
    for _number in range(19):
        await scene.world.address(scene.people["alice"])


async def put_token(scene: Scene, purpose: str) -> None:
    async with scene.world.database.transaction() as tx:
        await tx.one(
            put_mail_token,
            token_hash=hash_secret("sym_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE"),
            user_id=scene.people["alice"].id,
            purpose=purpose,
            expires_at=tx.now + timedelta(hours=1),
            now=tx.now,
        )


@before("confirmEmailVerification verify")
async def _(scene: Scene) -> None:
    await put_token(scene, "verify")


@before("confirmPasswordReset reset", "confirmPasswordReset common_password")
async def _(scene: Scene) -> None:
    await put_token(scene, "reset")


@before("listCredentials yours")
async def _(scene: Scene) -> None:
    alice = scene.people["alice"]
    await scene.world.end_session_of_market(alice)
    await scene.world.token_of(alice, ["items:write"], kind="api_key", name="Stock robot")


@before("deleteUser gone")
async def _(scene: Scene) -> None:
    for order_id in (11, 12):
        await scene.world.market.cancel(caller_of(scene.people["alice"].id), order_id)


@before("getHealth lagging")
async def _(scene: Scene) -> None:
    async with scene.world.database.transaction() as tx:
        await outbox.enqueue(tx, "mail.welcome", {"user_id": 3}, run_at=tx.now - timedelta(minutes=10))


@before("getHealth down")
async def _(scene: Scene) -> None:
    await scene.shop.app.shared(Database).close()


@before("issueToken refresh", "issueToken reused")
async def _(scene: Scene) -> None:
    token = "syr_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE"
    async with scene.world.database.transaction() as tx:
        await tx.run(
            insert_refresh_token,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            credential_id=41,
            expires_at=tx.now + timedelta(days=1),
            now=tx.now,
        )


@before("issueToken throttled")
async def _(scene: Scene) -> None:
    for _number in range(10):
        await scene.shop.api.call("issueToken", {"username": "alice@example.com", "password": "wrong"})


@before("receiveLogin denied")
async def _(scene: Scene) -> None:
    sent = EXCHANGES["receiveLogin denied"]["parameters"]
    await login_under_way(scene.world.database, scene.world.settings, state=sent["state"], browser=sent[LOGIN_COOKIE])


@before("listIdentities yours", "deleteIdentity remove")
async def _(scene: Scene) -> None:
    await identity_of(scene.world.database, scene.people["alice"].id, email="alice@mail.example")


@before("finishIdentityLink finish", "finishIdentityLink full")
async def _(scene: Scene) -> None:
    code = EXCHANGES["finishIdentityLink finish"]["body"]["code"]
    await link_code_of(scene.world.database, scene.people["alice"].id, code=code, email="alice@mail.example")


ANONYMOUS = {
    "authorize", "getAuthorizationServer", "listLoginProviders", "receiveLogin",
    "confirmEmailVerification", "confirmPasswordReset", "createUser", "getHealth", "getItem public", "getItem missing", "getPublicData",
    "getRoot", "getUser public", "getUser missing", "issueToken", "listItems", "quoteOrder", "requestPasswordReset",
}  # fmt: skip
BOB = {
    "cancelOrder seller", "createItem", "deleteItem", "deleteUser open_orders", "getItem owner", "listOrders to_do", "listStockMovements",
    "recordStockMovement", "updateItem",
}  # fmt: skip
SAM = {"listUsers staff", "listUsers by_cursor", "listUsers foreign_cursor"}
ADA = {"setUserAccess"}
# Values that differ between runs, or count rows that the examples do not show.
VOLATILE = {"created_at", "updated_at", "at", "expires_at", "access_token", "refresh_token", "session_id", "next_cursor", "latency_ms"}
VOLATILE |= {"instance", "secret", "last_used_at", "authorization_url"}
NOT_SHOWN = {"getPublicData defaults": {"categories"}, "createUser complete": {"id"}}


def sender(name: str) -> str:
    operation = name.partition(" ")[0]
    for who, names in (("anonymous", ANONYMOUS), ("bob", BOB), ("sam", SAM), ("ada", ADA)):
        if name in names or operation in names:
            return who
    return "alice"


async def token_for(scene: Scene, name: str) -> str | None:
    world, alice = scene.world, scene.people["alice"]
    if name == "getCurrentUser expired":
        return (await world.expired()).token
    if name in {"deleteUser not_fresh", "updateUser not_fresh", "createApiKey not_fresh"}:
        return await world.token_of(alice, alice.scopes, logged_in_ago=timedelta(hours=3))
    who = sender(name)
    return None if who == "anonymous" else scene.people[who].token


def exchanges() -> dict[str, dict[str, Any]]:
    """All exchanges, by operation and name."""
    by_name = {}
    for path in sorted(EXAMPLES.glob("*.yaml")):
        for name, exchange in yaml.safe_load(path.read_text("utf-8")).items():
            by_name[f"{path.stem} {name}"] = exchange
    return by_name


EXCHANGES = exchanges()


def stripped(value: Any, hidden: set[str], *, inside: str = "") -> Any:
    """The value without members that differ between runs, such as ids of lines and of created resources."""
    if isinstance(value, list):
        return [stripped(item, hidden, inside=inside) for item in value]
    if not isinstance(value, dict):
        return value
    ids = {"id"} if inside in {"lines", "items", "addresses"} and not {"email", "units", "title"} & value.keys() else set()
    ids |= {"id"} if "quantity" in value else set()
    return {name: stripped(member, hidden, inside=name) for name, member in value.items() if name not in VOLATILE | hidden | ids}


@pytest.fixture
async def scene(databases: Databases, tmp_path: Path) -> AsyncIterator[Scene]:
    clock = Clock()
    async with databases.of_the_product("sqlite", tmp_path) as database, running(database, clock) as shop:
        yield await Scene.of(shop)


@pytest.mark.parametrize("name", EXCHANGES)
async def test_the_exchange_happens_as_written(name: str, scene: Scene) -> None:
    exchange, operation_id = EXCHANGES[name], name.partition(" ")[0]
    await BEFORE.get(name, nothing)(scene)
    parameters = dict(exchange.get("parameters") or {})
    api = scene.shop.api.as_(await token_for(scene, name))
    if name == "finishIdentityLink full":
        for _number in range(5):
            await identity_of(scene.world.database, scene.people["alice"].id)
    if name == "issueToken reused":
        await api.call(operation_id, exchange["body"])
    if name == "getPublicData unchanged":
        parameters["If-None-Match"] = (await api.call(operation_id)).headers["etag"]
    if name == "listUsers by_cursor":
        parameters["cursor"] = (await api.call(operation_id, q="example.com", limit=2)).json()["next_cursor"]

    response = await api.call(operation_id, exchange.get("body"), **arguments(parameters))

    assert response.status_code == exchange["status"], response.text
    if exchange.get("response") is not None:
        hidden = NOT_SHOWN.get(name, set()) | ({"id"} if exchange["status"] == 201 else set())
        sent = decoded(response.headers["content-type"].partition(";")[0], response.content)
        assert stripped(sent, hidden) == stripped(exchange["response"], hidden)
    else:
        assert response.content == b""
    claim("example", operation_id, name.partition(" ")[2])


def arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters by the names that `Api.call` expects, with booleans as text."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()}


async def nothing(_: Scene) -> None:
    """No preparation."""


def test_the_examples_use_the_password_of_the_test_users() -> None:
    assert EXCHANGES["issueToken login"]["body"]["password"] == PASSWORD


def test_every_operation_is_shown_by_an_exchange() -> None:
    assert {name.partition(" ")[0] for name in EXCHANGES} == set(CONTRACT.operations)


def test_every_preparation_belongs_to_an_exchange() -> None:
    assert set(BEFORE) | set(NOT_SHOWN) <= set(EXCHANGES)
    assert {name.partition(" ")[0] for name in ANONYMOUS | BOB | SAM | ADA} <= set(CONTRACT.operations)
    assert {name for name in ANONYMOUS | BOB | SAM | ADA if " " in name} <= set(EXCHANGES)
