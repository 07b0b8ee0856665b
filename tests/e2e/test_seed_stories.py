"""The stories of the original guide, tested in the guide's own way: plain httpx and a database.

Where the guide contradicts itself, these tests state the decision of the product. Passwords are longer than the guide's.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx import ASGITransport, AsyncClient

from steelyard.app.application import create_app
from steelyard.contract.access.caller import Caller
from steelyard.contract.api import ContractAPI
from steelyard.contract.dependencies import optional_caller
from steelyard.db.database import Database
from steelyard.settings import Settings
from tests.kit.servers.databases import Databases

ALICE = {"name": "Alice Johnson", "email": "alice@example.com", "password": "pass1-and-longer"}
BOB = {"name": "Bob Smith", "email": "bob@example.com", "password": "pass2-and-longer"}


@pytest.fixture
async def database(databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """The database of the guide: an SQLite file."""
    async with databases.of_the_product("sqlite", tmp_path) as opened:
        yield opened


@pytest.fixture
async def app(database: Database) -> AsyncIterator[ContractAPI]:
    app = create_app(
        Settings(database_url=database.url, trusted_hosts=("test",), rate_limits=False, access_log=False, embedded_worker=False)
    )
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: ContractAPI) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://test") as client:
        yield client


async def bearer(client: AsyncClient, who: dict[str, str]) -> dict[str, str]:
    """Register a user and log in. The header with the token."""
    await client.post("/users/", json=who)
    token = await client.post("/token", data={"username": who["email"], "password": who["password"]})
    return {"Authorization": f"Bearer {token.json()['access_token']}"}


async def lamp(client: AsyncClient, headers: dict[str, str], **more: Any) -> int:
    body = {"title": "Lamp", "price": {"amount": 1999, "currency": "USD"}, "on_hand": 500, **more}
    item_id: int = (await client.post("/items/", json=body, headers=headers)).json()["id"]
    return item_id


async def buy(client: AsyncClient, headers: dict[str, str], key: str = "a", **order: Any) -> httpx.Response:
    return await client.post("/orders", json=order, headers={**headers, "Idempotency-Key": key})


# -- the first page ----------------------------------------------------------------------------------------------------
async def test_root(client: AsyncClient) -> None:
    response = await client.get("/")

    assert response.status_code == 200
    assert response.json()["message"] == "What is promised is what is delivered."


async def test_health(client: AsyncClient) -> None:
    assert (await client.get("/health")).status_code == 200


async def test_public_data_may_be_cached_for_five_minutes(client: AsyncClient) -> None:
    assert (await client.get("/public-data")).headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("path", ["/", "/users/999", "/items/", "/nowhere", "/docs"])
async def test_every_response_states_its_duration(path: str, client: AsyncClient) -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]{4}s", (await client.get(path)).headers["x-response-time"])


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_documentation_is_a_web_page(path: str, client: AsyncClient) -> None:
    response = await client.get(path)

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


async def test_the_document_is_openapi_31_and_has_the_url_of_the_login(client: AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["oauth2"]["flows"]["password"]["tokenUrl"] == "token"


# -- users -------------------------------------------------------------------------------------------------------------
async def test_create_user(client: AsyncClient) -> None:
    response = await client.post("/users/", json=ALICE)

    assert response.status_code == 201
    data = response.json()
    assert (data["name"], data["email"], data["is_active"]) == (ALICE["name"], ALICE["email"], True)
    assert "id" in data
    assert "password" not in response.text
    assert ALICE["password"] not in response.text


async def test_create_duplicate_user(client: AsyncClient) -> None:
    await client.post("/users/", json=ALICE)

    response = await client.post("/users/", json=ALICE)

    assert response.status_code == 400
    assert response.json()["detail"] == "Email already registered"


async def test_get_nonexistent_user(client: AsyncClient) -> None:
    response = await client.get("/users/999")

    assert response.status_code == 404
    assert response.json()["detail"] == "User not found"


@pytest.mark.parametrize("user_id", ["0", "-1", "abc", "1.5"])
async def test_an_id_is_a_positive_integer(user_id: str, client: AsyncClient) -> None:
    response = await client.get(f"/users/{user_id}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["path", "user_id"]


@pytest.mark.parametrize(("age", "status"), [(12, 422), (13, 201), (150, 201), (151, 422), (None, 201)])
async def test_ages_have_bounds(age: int | None, status: int, client: AsyncClient) -> None:
    assert (await client.post("/users/", json={**ALICE, "age": age})).status_code == status


@pytest.mark.parametrize(
    ("zip_code", "country", "status"),
    [
        ("97201", "US", 201),
        ("97201-1234", "US", 201),
        ("9720", "US", 422),
        ("EC1A 1BB", "GB", 201),
        ("\u0661\u0662\u0663\u0664\u0665", "US", 422),
    ],
)
async def test_zip_codes(zip_code: str, country: str, status: int, client: AsyncClient) -> None:
    address = {"street": "12 Harbour Road", "city": "Portland", "country": country, "zip_code": zip_code}

    assert (await client.post("/users/", json={**ALICE, "addresses": [address]})).status_code == status


async def test_every_error_of_a_body_is_listed(client: AsyncClient) -> None:
    response = await client.post("/users/", json={"name": "", "email": "no-at-sign", "password": "short", "age": 1})

    assert response.status_code == 422
    assert {error["loc"][-1] for error in response.json()["errors"]} == {"name", "email", "password", "age"}
    assert all(error.keys() == {"type", "loc", "msg", "pointer"} for error in response.json()["errors"])
    assert "no-at-sign" not in response.text


async def test_a_registered_user_can_log_in_and_read_their_account(client: AsyncClient) -> None:
    headers = await bearer(client, ALICE)

    response = await client.get("/users/me", headers=headers)

    assert response.status_code == 200
    assert response.json()["email"] == ALICE["email"]


async def test_a_token_is_a_bearer_token(client: AsyncClient) -> None:
    await client.post("/users/", json=ALICE)

    token = (await client.post("/token", data={"username": ALICE["email"], "password": ALICE["password"]})).json()

    assert token["token_type"] == "bearer"
    assert token["expires_in"] == 30 * 60


@pytest.mark.parametrize(
    "form", [{"username": "alice@example.com", "password": "wrong"}, {"username": "unknown@example.com", "password": "wrong"}]
)
async def test_a_wrong_login_does_not_reveal_which_part_was_wrong(form: dict[str, str], client: AsyncClient) -> None:
    await client.post("/users/", json=ALICE)

    response = await client.post("/token", data=form)

    assert response.status_code == 401
    assert response.json()["detail"] == "Incorrect username or password"
    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_invalid_token_gets_a_401(client: AsyncClient) -> None:
    response = await client.get("/users/me", headers={"Authorization": "Bearer nonsense"})

    assert response.status_code == 401
    assert response.json()["detail"] == "Could not validate credentials"
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_request_without_a_token_is_not_authenticated(client: AsyncClient) -> None:
    response = await client.get("/users/me")

    assert (response.status_code, response.json()["detail"]) == (401, "Not authenticated")


async def test_only_staff_may_list_users(client: AsyncClient) -> None:
    assert (await client.get("/users/", headers=await bearer(client, ALICE))).status_code == 403


async def test_only_an_admin_may_delete_another_user(client: AsyncClient) -> None:
    alice, bob = await bearer(client, ALICE), await bearer(client, BOB)
    bob_id = (await client.get("/users/me", headers=bob)).json()["id"]

    response = await client.delete(f"/users/{bob_id}", headers=alice)

    assert (response.status_code, response.json()["detail"]) == (403, "Admin required")


async def test_a_deleted_user_is_gone_and_their_token_is_invalid(client: AsyncClient) -> None:
    alice = await bearer(client, ALICE)
    alice_id = (await client.get("/users/me", headers=alice)).json()["id"]

    assert (await client.delete(f"/users/{alice_id}", headers=alice)).status_code == 204
    assert (await client.get(f"/users/{alice_id}")).status_code == 404
    assert (await client.get("/users/me", headers=alice)).status_code == 401


async def test_put_replaces_the_whole_profile(client: AsyncClient) -> None:
    alice = await bearer(client, {**ALICE, "bio": "Collects lamps."})
    alice_id = (await client.get("/users/me", headers=alice)).json()["id"]

    response = await client.put(f"/users/{alice_id}", json={"name": "Alice Jones", "email": ALICE["email"]}, headers=alice)

    assert response.status_code == 200
    assert (response.json()["name"], response.json()["bio"]) == ("Alice Jones", None)


# -- items -------------------------------------------------------------------------------------------------------------
async def test_a_page_of_items_echoes_its_parameters(client: AsyncClient) -> None:
    await lamp(client, await bearer(client, ALICE))

    response = await client.get("/items/", params={"skip": 0, "limit": 5, "search": "lamp"})

    assert response.status_code == 200
    page = response.json()
    assert (page["skip"], page["limit"], page["search"], page["total"]) == (0, 5, "lamp", 1)
    assert [item["title"] for item in page["items"]] == ["Lamp"]


async def test_a_page_has_twenty_items_by_default(client: AsyncClient) -> None:
    page = (await client.get("/items/")).json()

    assert (page["skip"], page["limit"], page["search"]) == (0, 20, None)


@pytest.mark.parametrize("params", [{"skip": -1}, {"limit": 0}, {"limit": 101}, {"search": ""}, {"search": "a" * 101}])
async def test_pages_have_bounds(params: dict[str, Any], client: AsyncClient) -> None:
    assert (await client.get("/items/", params=params)).status_code == 422


# -- orders ------------------------------------------------------------------------------------------------------------
async def test_an_order_of_one_item(client: AsyncClient) -> None:
    item_id = await lamp(client, await bearer(client, ALICE))

    response = await buy(client, await bearer(client, BOB), product_id=item_id, quantity=2)

    assert response.status_code == 201
    assert response.json()["total"] == {"amount": 3998, "currency": "USD"}


@pytest.mark.parametrize("quantity", [0, 1001, "2", 1.5])
async def test_quantities_have_bounds(quantity: Any, client: AsyncClient) -> None:
    item_id = await lamp(client, await bearer(client, ALICE))

    assert (await buy(client, await bearer(client, BOB), product_id=item_id, quantity=quantity)).status_code == 422


@pytest.mark.parametrize("code", ["SAVE10", "promo-10", ""])
async def test_discount_codes_start_with_promo(code: str, client: AsyncClient) -> None:
    item_id = await lamp(client, await bearer(client, ALICE))

    response = await buy(client, await bearer(client, BOB), product_id=item_id, quantity=1, discount_code=code)

    assert response.status_code == 422
    assert [error["msg"] for error in response.json()["errors"]] == ["Discount codes must start with PROMO-"]


async def test_bulk_orders_need_a_discount_code(client: AsyncClient) -> None:
    item_id, bob = await lamp(client, await bearer(client, ALICE)), await bearer(client, BOB)

    small, bulk = (
        await buy(client, bob, "a", product_id=item_id, quantity=100),
        await buy(client, bob, "b", product_id=item_id, quantity=101),
    )

    assert small.status_code == 201
    assert bulk.status_code == 422
    assert [error["msg"] for error in bulk.json()["errors"]] == ["Bulk orders over 100 need a discount code"]


async def test_codes_are_compared_in_capitals(client: AsyncClient) -> None:
    item_id = await lamp(client, await bearer(client, ALICE))

    response = await buy(client, await bearer(client, BOB), product_id=item_id, quantity=1, discount_code="PROMO-spring")

    assert (response.status_code, response.json()["code"]) == (422, "PROMO-SPRING")


# -- tests in the way of the guide -------------------------------------------------------------------------------------
async def test_a_test_can_override_a_dependency(app: ContractAPI, client: AsyncClient) -> None:
    alice = await bearer(client, ALICE)
    me = (await client.get("/users/me", headers=alice)).json()

    def anonymous() -> Caller | None:
        return None

    app.dependency_overrides[optional_caller] = anonymous
    seen = (await client.get(f"/users/{me['id']}", headers=alice)).json()
    app.dependency_overrides = {}

    assert (me["view"], seen["view"]) == ("full", "public")


async def test_pages_of_the_allowed_origins_may_call(client: AsyncClient) -> None:
    for origin in ("http://localhost:3000", "https://myapp.example.com"):
        response = await client.options("/items", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})

        assert response.headers["access-control-allow-origin"] == origin
        assert response.headers["access-control-allow-credentials"] == "true"


async def test_other_hosts_are_not_served(app: ContractAPI) -> None:
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://evil.example") as client:
        assert (await client.get("/")).status_code == 400
