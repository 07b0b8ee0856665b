"""What the server shows of its contract is the contract: the committed bytes, and nothing made from the code."""

import hashlib
import json

import yaml
from fastapi.routing import APIRoute

from steelyard.contract.api import CompiledRoute, ContractAPI
from tests.kit.clients.api import Api
from tests.kit.contract.checker import BUNDLE, CONTRACT

DIGEST = hashlib.sha256(BUNDLE.read_bytes()).hexdigest()


async def test_the_document_is_served_byte_for_byte(api: Api) -> None:
    answer = await api.get("/openapi.json")

    assert answer.status_code == 200
    assert answer.content == BUNDLE.read_bytes()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{DIGEST}"'


async def test_whoever_has_the_document_need_not_load_it_again(api: Api) -> None:
    answer = await api.get("/openapi.json", headers={"if-none-match": f'"{DIGEST}"'})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == f'"{DIGEST}"'


async def test_a_document_of_yesterday_is_replaced(api: Api) -> None:
    answer = await api.get("/openapi.json", headers={"if-none-match": f'"{"0" * 64}"'})

    assert answer.status_code == 200


async def test_the_document_as_yaml_is_the_same_document(api: Api) -> None:
    answer = await api.get("/openapi.yaml")

    assert answer.headers["content-type"].startswith("application/yaml")
    assert yaml.load(answer.content, yaml.CSafeLoader) == CONTRACT.tree
    assert list(yaml.load(answer.content, yaml.CSafeLoader)["paths"]) == list(CONTRACT.tree["paths"])


async def test_every_answer_names_the_contract_that_made_it(api: Api) -> None:
    for path in ("/", "/items", "/items/0", "/users/me", "/nowhere", "/openapi.json", "/docs", "/problems/item-not-found"):
        answer = await api.get(path)

        assert answer.headers["contract-digest"] == f"sha-256={DIGEST}", path


async def test_the_application_says_of_itself_what_it_serves(app: ContractAPI) -> None:
    assert app.openapi() == CONTRACT.tree


async def test_what_is_routed_is_what_is_promised(app: ContractAPI) -> None:
    routed = {(route.path, method) for route in app.routes if isinstance(route, CompiledRoute) for method in route.methods or ()}

    assert routed == {(one.path, one.method) for one in CONTRACT.operations.values()}


async def test_nothing_is_routed_besides_but_pages(app: ContractAPI) -> None:
    others = {getattr(route, "path", "?") for route in app.routes if not isinstance(route, CompiledRoute)}

    assert not any(isinstance(route, APIRoute) and not isinstance(route, CompiledRoute) for route in app.routes)
    assert {path.rstrip("/") for path in others if not path.startswith(("/docs", "/redoc", "/problems"))} == {
        "/openapi.json",
        "/openapi.yaml",
        "/livez",
    }


def test_the_bundle_is_one_document() -> None:
    assert json.loads(BUNDLE.read_bytes())["openapi"] == "3.1.1"
    assert BUNDLE.read_bytes().endswith(b"}\n")


def test_every_429_and_503_says_when_to_come_again() -> None:
    silent = [
        (operation.id, status)
        for operation in CONTRACT.operations.values()
        for status, response in CONTRACT.promised(operation).items()
        if status in {429, 503} and not CONTRACT.resolve(response["headers"].get("Retry-After", {})).get("required", False)
    ]

    assert silent == []
