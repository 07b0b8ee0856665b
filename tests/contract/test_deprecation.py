"""What is deprecated in the contract is deprecated on the wire: every response announces it, and callers are counted."""

import shutil
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from codegen.contract.bundle import bundle, to_text
from codegen.contract.document import Document
from codegen.server import operations
from steelyard.contract.api import CompiledRoute, ContractAPI
from steelyard.contract.http.cors import Cors
from steelyard_contract.operations import Operation
from tests.kit.clients.api import perform
from tests.kit.contract.checker import Contract, Exchange
from tests.kit.project import ROOT
from tests.kit.servers.running import Running
from tests.kit.servers.scraping import BEARER, TOKEN, scrape
from tests.kit.world.world import World

DEPRECATION = "deprecated: true\n    x-deprecation: {since: 2027-01-10, sunset: 2027-09-01, use: %s}\n    tags: [items]"
# One path with the same variable, one without a variable, and one whose variable the old path lacks.
INSTEAD = {"getItem": "listStockMovements", "deleteItem": "listItems", "listItems": "getItem"}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The bundle of a contract that deprecates three operations."""
    folder = tmp_path_factory.mktemp("contract") / "openapi"
    shutil.copytree(ROOT / "openapi", folder)
    file = folder / "paths" / "items.yaml"
    text = file.read_text("utf-8")
    for name, use in INSTEAD.items():
        plain = f"operationId: {name}\n    tags: [items]"
        assert plain in text, f"{name} is deprecated in the contract itself: use another operation"
        text = text.replace(plain, f"operationId: {name}\n    {DEPRECATION % use}")
    file.write_text(text, "utf-8")
    return Document(bundle(folder / "openapi.yaml"))


@pytest.fixture
def contract(edited: Document) -> Contract:
    return Contract(to_text(dict(edited.root)).encode())


@pytest.fixture
def served(app: ContractAPI, edited: Document) -> ContractAPI:
    """The application with these operations, as the generator writes them."""
    module: dict[str, Any] = {}
    exec(operations.render(edited), module)
    deprecated: Mapping[str, Operation] = module["OPERATIONS"]
    handlers = {route.operation.operation.id: route.endpoint for route in app.routes if isinstance(route, CompiledRoute)}
    for name in INSTEAD:
        app.add_operation(deprecated[name], handlers[name])
    return app


async def call(app: ContractAPI, contract: Contract, method: str, target: str, token: str | None = None, **headers: str) -> Exchange:
    sent = [(b"host", b"localhost")] + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    sent += [(b"authorization", f"Bearer {token}".encode())] if token else []
    exchange = await perform(app, method, target.encode(), sent)
    contract.check(exchange)
    return exchange


async def test_every_response_announces_its_deprecation_and_sunset(served: ContractAPI, contract: Contract, world: World) -> None:
    seller = await world.user()
    item = await world.item(seller)
    current = await call(served, contract, "GET", f"/items/{item}")
    responses = [
        current,
        await call(served, contract, "HEAD", f"/items/{item}"),
        await call(served, contract, "GET", f"/items/{item}", if_none_match=current.header("etag") or ""),
        await call(served, contract, "GET", "/items/abc"),
        await call(served, contract, "GET", "/items/999"),
        await call(served, contract, "DELETE", f"/items/{item}"),
        await call(served, contract, "DELETE", f"/items/{item}", seller.token),
    ]

    assert [response.status for response in responses] == [200, 200, 304, 422, 404, 401, 204]
    assert {response.header("deprecation") for response in responses} == {"@1799539200"}
    assert {response.header("sunset") for response in responses} == {"Wed, 01 Sep 2027 00:00:00 GMT"}


@pytest.mark.parametrize(
    ("method", "target", "link"),
    [
        ("GET", "/items/{item}", "</items/{item}/stock-movements>"),
        ("GET", "/items/a%2Fb", "</items/a%2Fb/stock-movements>"),
        ("DELETE", "/items/{item}", "</items>"),
        ("GET", "/items?skip=0", "</openapi.json#/paths/~1items~1%7Bitem_id%7D>"),
    ],
)
async def test_the_link_leads_to_the_successor(
    served: ContractAPI, contract: Contract, world: World, method: str, target: str, link: str
) -> None:
    item = str(await world.item(await world.user()))

    response = await call(served, contract, method, target.replace("{item}", item))

    assert response.header("link") == f'{link.replace("{item}", item)}; rel="successor-version"'


async def test_a_page_links_to_the_next_one_as_well(served: ContractAPI, contract: Contract, world: World) -> None:
    await world.items(await world.user(), 2)

    response = await call(served, contract, "GET", "/items?limit=1")

    link = response.header("link") or ""
    assert link.startswith("</items?")
    assert '; rel="next", </openapi.json#' in link
    assert link.endswith('; rel="successor-version"')


async def test_callers_are_counted_by_their_credentials(served: ContractAPI, contract: Contract, shop: Running) -> None:
    seller = await shop.world.user()
    item = await shop.world.item(seller)
    token = seller.token
    for _ in range(2):
        await call(served, contract, "GET", f"/items/{item}", token)
    await call(served, contract, "GET", f"/items/{item}")
    await call(served, contract, "GET", "/items/999/stock-movements", token)

    with capture_logs() as lines:
        shop.journal.report_deprecated_calls()

    logged = [(line["event"], line["operation"], line["credential_id"], line["count"]) for line in lines]
    assert logged == [("deprecated", "getItem", seller.credential_id, 2), ("deprecated", "getItem", None, 1)]


@pytest.mark.parametrize("overrides", [{"metrics_token": SecretStr(TOKEN)}])
async def test_calls_are_counted_for_prometheus_without_their_callers(served: ContractAPI, contract: Contract, shop: Running) -> None:
    seller = await shop.world.user()
    item = await shop.world.item(seller)
    for token in (seller.token, None, "nonsense"):
        await call(served, contract, "GET", f"/items/{item}", token)
    await call(served, contract, "GET", "/items/999/stock-movements", seller.token)

    with capture_logs():
        shop.journal.report_deprecated_calls()
    metrics = await perform(served, "GET", b"/metrics", [(b"host", b"localhost"), (b"authorization", BEARER.encode())])

    assert scrape(metrics.body.decode()).of("steelyard_deprecated_calls_total", operation="getItem") == 3


# Headers for browsers, caches and proxies; scripts do not read them.
FOR_OTHERS = {"Allow", "Cache-Control", "Content-Security-Policy", "Referrer-Policy", "Vary", "WWW-Authenticate", "X-Content-Type-Options"}


def test_a_script_of_an_allowed_origin_may_read_what_the_contract_declares(edited: Document) -> None:
    declared = {
        name for operation in edited.operations() for response in operation.responses() for name in response.spec.get("headers", {})
    }

    sent = dict(Cors(["https://shop.example"]).headers(b"https://shop.example"))

    exposed = sent[b"access-control-expose-headers"].decode().split(", ")
    assert {"Deprecation", "Sunset", "Link"} <= declared
    assert declared - FOR_OTHERS == set(exposed)


async def test_an_operation_without_deprecation_has_no_wrapper(served: ContractAPI) -> None:
    compiled = {route.operation.id: route for route in served._compiled}

    wrapped = {name for name, route in compiled.items() if served._announced(route) is not route}

    assert wrapped == set(INSTEAD)
