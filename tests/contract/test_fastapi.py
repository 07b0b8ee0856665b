"""The application is a FastAPI application: what its users add works as usual, beside and around the contract's operations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from steelyard.app.application import create_app
from steelyard.contract.access.caller import Caller
from steelyard.contract.api import ContractAPI
from steelyard.contract.dependencies import current_caller, optional_caller, read_only
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.execution.injection import InjectionError
from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly
from tests.kit.clients.api import Api, perform
from tests.kit.contract.checker import PROBLEM_JSON
from tests.kit.servers.running import Running, settings_for
from tests.kit.world.world import World

OTHER_CALLER = Caller(4711, "user", frozenset({"account:read"}), 1, "session", datetime(2027, 1, 1, tzinfo=UTC))


# -- added routes ----------------------------------------------------------------------------------------------------
def extra(app: ContractAPI) -> None:
    router = APIRouter(prefix="/extra", tags=["extra"])

    @router.get("/hello")
    async def hello(name: Annotated[str, Query(max_length=5)] = "you") -> dict[str, str]:
        return {"hello": name}

    @router.get("/missing")
    async def missing() -> None:
        raise HTTPException(404, "No such parcel")

    @router.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "I am a teapot", headers={"X-Pot": "short"})

    @router.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    app.include_router(router)


async def test_a_router_can_be_added(app: ContractAPI, api: Api) -> None:
    extra(app)

    response = await api.get("/extra/hello", params={"name": "Bob"})

    assert (response.status_code, response.json()) == (200, {"hello": "Bob"})
    assert response.headers["x-request-id"]


async def test_added_routes_do_not_enter_the_contract(app: ContractAPI, api: Api) -> None:
    before = (await api.get("/openapi.json")).content

    extra(app)

    assert (await api.get("/openapi.json")).content == before
    assert "/extra/hello" not in app.openapi()["paths"]


async def test_a_path_without_a_route_is_not_found(app: ContractAPI, api: Api) -> None:
    extra(app)

    response = await api.get("/extra/nothing")

    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")
    assert response.headers["content-type"] == PROBLEM_JSON


async def test_an_http_exception_of_an_added_route_keeps_its_detail(app: ContractAPI, api: Api) -> None:
    extra(app)

    missing, teapot = await api.get("/extra/missing"), await api.get("/extra/teapot")

    assert (missing.status_code, missing.json()["detail"]) == (404, "No such parcel")
    assert (teapot.status_code, teapot.json()["detail"], teapot.headers["x-pot"]) == (418, "I am a teapot", "short")
    for response in (missing, teapot):
        assert response.headers["content-type"] == PROBLEM_JSON
        assert response.json()["type"] == "about:blank"
        assert response.json()["status"] == response.status_code
        assert response.json()["instance"] == f"urn:uuid:{response.headers['x-request-id']}"


async def test_a_violation_in_an_added_route_is_reported_without_the_input(app: ContractAPI, api: Api) -> None:
    extra(app)

    response = await api.get("/extra/hello", params={"name": "far too long a secret"})

    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM_JSON)
    (violation,) = response.json()["errors"]
    assert (violation["type"], violation["loc"]) == ("string_too_long", ["query", "name"])
    assert "secret" not in response.text


async def test_other_methods_of_an_added_route_get_the_same_problem(app: ContractAPI, api: Api) -> None:
    extra(app)

    response = await api.post("/extra/hello")

    assert (response.status_code, response.headers["content-type"], response.headers["allow"]) == (405, PROBLEM_JSON, "GET")


async def test_a_fault_in_an_added_route_gets_a_500_and_is_logged_once(shop: Running) -> None:
    extra(shop.app)

    response = await shop.api.get("/extra/broken")

    assert (response.status_code, response.json()["type"]) == (500, "/problems/internal-error")
    (fault,) = shop.journal.faults
    assert isinstance(fault, ZeroDivisionError)
    shop.journal.faults.clear()


async def test_an_added_exception_handler_is_used(app: ContractAPI, api: Api) -> None:
    extra(app)

    async def handle(request: Request, error: Exception) -> Response:
        return PlainTextResponse(f"{type(error).__name__} at {request.url.path}", 400)

    app.add_exception_handler(ZeroDivisionError, handle)

    response = await api.get("/extra/broken")

    assert (response.status_code, response.text) == (400, "ZeroDivisionError at /extra/broken")


async def test_a_mounted_application_is_reached(app: ContractAPI, api: Api) -> None:
    inner = FastAPI()

    @inner.get("/ping")
    async def ping() -> str:
        return "pong"

    app.mount("/inner", inner)

    assert (await api.get("/inner/ping")).json() == "pong"
    assert (await api.get("/items")).status_code == 200


# -- middleware ----------------------------------------------------------------------------------------------------------
class Stamp:
    """A pure ASGI layer, as users of FastAPI write them."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        self.app = app
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def stamped(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-stamp", self.name.encode())]
            await send(message)

        await self.app(scope, receive, stamped)


async def test_middleware_wraps_the_operations_of_the_contract(app: ContractAPI, api: Api) -> None:
    app.add_middleware(Stamp, name="inner")
    app.add_middleware(Stamp, name="outer")

    with pytest.raises(AssertionError, match="x-stamp: is sent and not promised"):
        await api.get("/items")
    exchange = await perform(app, "GET", b"/items", [(b"host", b"localhost")])

    assert [value for name, value in exchange.headers if name == "x-stamp"] == ["inner", "outer"]


async def test_middleware_can_respond_itself_and_the_edge_adds_its_headers(app: ContractAPI, api: Api) -> None:
    class Closed(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
            return PlainTextResponse("closed", 503) if request.url.path == "/closed" else await call_next(request)

    app.add_middleware(Closed)

    closed, items = await api.get("/closed"), await api.get("/items")

    assert (closed.status_code, closed.text) == (503, "closed")
    assert closed.headers["x-request-id"]
    assert items.status_code == 200


async def test_a_fault_in_middleware_gets_a_500_and_is_logged_once(shop: Running) -> None:
    class Broken(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
            raise ZeroDivisionError(request, call_next)

    shop.app.add_middleware(Broken)

    response = await shop.api.get("/items")

    assert (response.status_code, response.json()["type"]) == (500, "/problems/internal-error")
    assert [type(fault) for fault in shop.journal.faults] == [ZeroDivisionError]
    shop.journal.faults.clear()


# -- lifespan --------------------------------------------------------------------------------------------------------
async def test_an_added_lifespan_runs_around_the_application(database: Database) -> None:
    app = create_app(settings_for(database.url))
    seen: list[str] = []
    ours = app.router.lifespan_context

    @asynccontextmanager
    async def mine(inner: FastAPI) -> AsyncIterator[None]:
        seen.append("open")
        async with ours(inner):
            yield
        seen.append("closed")

    app.router.lifespan_context = mine

    async with app.router.lifespan_context(app):
        response = await Api.of(app).get("/items")

    assert (response.status_code, seen) == (200, ["open", "closed"])


async def test_the_application_works_behind_plain_asgi_transport(app: ContractAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        response = await client.get("/")

    assert response.json()["message"] == "What is promised is what is delivered."


# -- dependencies ----------------------------------------------------------------------------------------------------
async def other_caller() -> Caller:
    return OTHER_CALLER


def other_caller_plain() -> Caller:
    return OTHER_CALLER


@pytest.mark.parametrize("override", [other_caller, other_caller_plain, lambda: OTHER_CALLER], ids=["async def", "def", "lambda"])
async def test_a_dependency_can_be_replaced(override: Any, app: ContractAPI, api: Api, world: World) -> None:
    alice = await world.user()
    app.dependency_overrides[current_caller] = override

    with_override = await api.as_(alice).get("/users/me")
    app.dependency_overrides.clear()
    without = await api.as_(alice).get("/users/me")

    assert with_override.json()["type"] == "/problems/invalid-token"  # no user has the id 4711
    assert without.json()["id"] == alice.id


async def test_overrides_can_be_replaced_and_removed(app: ContractAPI, api: Api, world: World) -> None:
    alice = await world.user()

    app.dependency_overrides = {current_caller: other_caller}
    with_override = await api.as_(alice).get("/users/me")
    app.dependency_overrides = {}
    without = await api.as_(alice).get("/users/me")

    assert (with_override.status_code, without.status_code) == (401, 200)


async def test_an_override_may_have_dependencies_and_use_request_and_context(app: ContractAPI, api: Api, world: World) -> None:
    alice = await world.user()
    seen: list[object] = []

    async def witness(exchange: RequestContext, request: Request) -> str:
        seen.extend([exchange.operation_id, request.url.path, request.headers["x-hint"]])
        return "seen"

    async def override(word: Annotated[str, Depends(witness)]) -> Caller | None:
        seen.append(word)
        return None

    app.dependency_overrides[optional_caller] = override

    response = await api.as_(alice).get(f"/users/{alice.id}", headers={"x-hint": "here"})

    assert response.json()["view"] == "public"
    assert seen == ["getUser", f"/users/{alice.id}", "here", "seen"]


@pytest.mark.parametrize("scope", ["function", "request"])
async def test_a_generator_is_closed_before_or_after_the_response(scope: Any, shop: Running) -> None:
    seen: list[str] = []
    database = shop.world.database

    async def opened() -> AsyncIterator[ReadOnly]:
        seen.append("opened")
        yield database.read()
        seen.append("closed")

    async def override(read: Annotated[ReadOnly, Depends(opened, scope=scope)]) -> ReadOnly:
        return read

    shop.app.dependency_overrides[read_only] = override
    shop.app.add_middleware(_Recording, seen=seen)

    response = await shop.api.get("/items")

    assert response.status_code == 200
    assert seen == {"function": ["opened", "closed", "sent"], "request": ["opened", "sent", "closed"]}[scope]


async def test_a_generator_sees_the_fault_that_ends_its_request(shop: Running) -> None:
    seen: list[type[BaseException]] = []

    async def opened() -> AsyncIterator[ReadOnly]:
        try:
            yield shop.world.database.read()
        except BaseException as error:
            seen.append(type(error))
            raise

    shop.app.dependency_overrides[read_only] = opened

    response = await shop.api.get("/items/7")

    assert response.status_code == 404
    assert [each.__name__ for each in seen] == ["ItemNotFound"]


async def test_an_override_that_cannot_be_injected_is_a_fault_with_a_reason(shop: Running) -> None:
    def needs(what: int) -> None: ...

    shop.app.dependency_overrides[read_only] = needs

    response = await shop.api.get("/items")

    assert response.status_code == 500
    (fault,) = shop.journal.faults
    assert isinstance(fault, InjectionError)
    assert "takes 'what', which is neither" in str(fault)
    shop.journal.faults.clear()


async def test_a_dependency_runs_once_for_each_request(app: ContractAPI, api: Api, world: World) -> None:
    alice = await world.user()
    runs: list[int] = []

    async def counted() -> Caller | None:
        runs.append(1)
        return None

    app.dependency_overrides[optional_caller] = counted

    await api.as_(alice).get("/items")
    await api.as_(alice).get("/items")

    assert len(runs) == 2


class _Recording:
    """Records when the response has been sent."""

    def __init__(self, app: ASGIApp, seen: list[str]) -> None:
        self.app = app
        self.seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def recording(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body":
                self.seen.append("sent")

        await self.app(scope, receive, recording)
