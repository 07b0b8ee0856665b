"""The server serves the committed document, and nothing made from the code."""

import hashlib
import json

import yaml
from fastapi.routing import APIRoute

from steelyard.contract.api import CompiledRoute, ContractAPI
from tests.kit.clients.api import Api
from tests.kit.contract.checker import BUNDLE, CONTRACT

DIGEST = hashlib.sha256(BUNDLE.read_bytes()).hexdigest()


async def test_the_document_is_served_byte_for_byte(api: Api) -> None:
    response = await api.get("/openapi.json")

    assert response.status_code == 200
    assert response.content == BUNDLE.read_bytes()
    assert response.headers["content-type"] == "application/json"
    assert response.headers["etag"] == f'"{DIGEST}"'


async def test_a_caller_with_the_current_document_gets_a_304(api: Api) -> None:
    response = await api.get("/openapi.json", headers={"if-none-match": f'"{DIGEST}"'})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == f'"{DIGEST}"'


async def test_a_caller_with_an_old_document_gets_the_current_one(api: Api) -> None:
    response = await api.get("/openapi.json", headers={"if-none-match": f'"{"0" * 64}"'})

    assert response.status_code == 200


async def test_the_document_as_yaml_is_the_same_document(api: Api) -> None:
    response = await api.get("/openapi.yaml")

    assert response.headers["content-type"].startswith("application/yaml")
    assert yaml.load(response.content, yaml.CSafeLoader) == CONTRACT.tree
    assert list(yaml.load(response.content, yaml.CSafeLoader)["paths"]) == list(CONTRACT.tree["paths"])


async def test_every_response_has_the_digest_of_the_contract(api: Api) -> None:
    for path in ("/", "/items", "/items/0", "/users/me", "/nowhere", "/openapi.json", "/docs", "/problems/item-not-found"):
        response = await api.get(path)

        assert response.headers["contract-digest"] == f"sha-256={DIGEST}", path


async def test_the_application_returns_the_contract_as_its_schema(app: ContractAPI) -> None:
    assert app.openapi() == CONTRACT.tree


async def test_the_routes_are_the_operations_of_the_contract(app: ContractAPI) -> None:
    routed = {(route.path, method) for route in app.routes if isinstance(route, CompiledRoute) for method in route.methods or ()}

    assert routed == {(operation.path, operation.method) for operation in CONTRACT.operations.values()}


async def test_the_only_other_routes_are_web_pages_and_probes(app: ContractAPI) -> None:
    others = {getattr(route, "path", "?") for route in app.routes if not isinstance(route, CompiledRoute)}

    assert not any(isinstance(route, APIRoute) and not isinstance(route, CompiledRoute) for route in app.routes)
    assert {path.rstrip("/") for path in others if not path.startswith(("/docs", "/redoc", "/problems"))} == {
        "/openapi.json",
        "/openapi.yaml",
        "/livez",
        "/login",
    }


def test_the_bundle_is_one_document() -> None:
    assert json.loads(BUNDLE.read_bytes())["openapi"] == "3.1.1"
    assert BUNDLE.read_bytes().endswith(b"}\n")


def test_every_429_and_503_has_retry_after() -> None:
    silent = [
        (operation.id, status)
        for operation in CONTRACT.operations.values()
        for status, response in CONTRACT.responses(operation).items()
        if status in {429, 503} and not CONTRACT.resolve(response["headers"].get("Retry-After", {})).get("required", False)
    ]

    assert silent == []
