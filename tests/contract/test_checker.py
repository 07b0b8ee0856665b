"""The kit's checker detects every mismatch: a valid response with one fault at a time."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.kit.contract.checker import CONTRACT, Exchange

EDGE = [
    ("x-request-id", "01a2027b-d680-7000-8000-000000000001"),
    ("x-response-time", "0.0012s"),
    ("contract-digest", "sha-256=" + "0" * 64),
    ("cache-control", "no-store"),
    ("vary", "Authorization, Origin"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
]
ITEM: dict[str, Any] = CONTRACT.operations["getItem"].node["responses"]["200"]["content"]["application/json"]["examples"]["public"]["value"]
PROBLEM = {
    "type": "/problems/item-not-found",
    "title": "Item not found",
    "status": 404,
    "detail": "Item not found",
    "instance": "urn:uuid:01a2027b-d680-7000-8000-000000000001",
}


def response(status: int, body: Any, media: str, *headers: tuple[str, str], target: str = "/items/7", method: str = "GET") -> Exchange:
    raw = json.dumps(body).encode()
    return Exchange(method, target, status, [*EDGE, *headers, ("content-type", media), ("content-length", str(len(raw)))], raw)


GOOD = response(200, ITEM, "application/json", ("etag", '"4.1"'))
NOT_FOUND = response(404, PROBLEM, "application/problem+json")


def without(name: str) -> Callable[[Exchange], Exchange]:
    return lambda exchange: replace(exchange, headers=[header for header in exchange.headers if header[0] != name])


def with_header(name: str, value: str) -> Callable[[Exchange], Exchange]:
    return lambda exchange: replace(exchange, headers=[header for header in exchange.headers if header[0] != name] + [(name, value)])


def with_body(**members: Any) -> Callable[[Exchange], Exchange]:
    def spoil(exchange: Exchange) -> Exchange:
        body = {name: value for name, value in {**exchange.json(), **members}.items() if value is not ...}
        raw = json.dumps(body).encode()
        return with_header("content-length", str(len(raw)))(replace(exchange, body=raw))

    return spoil


def test_responses_that_match_the_contract_pass() -> None:
    assert CONTRACT.mismatches(GOOD) == []
    assert CONTRACT.mismatches(NOT_FOUND) == []


@pytest.mark.parametrize(
    ("good", "spoil", "mismatch"),
    [
        (GOOD, lambda exchange: replace(exchange, status=201), "getItem 201: status"),
        (GOOD, without("etag"), "ETag: is missing"),
        (GOOD, without("x-request-id"), "X-Request-ID: is missing"),
        (GOOD, with_header("etag", "4"), "ETag: breaks 'pattern'"),
        (GOOD, with_header("referrer-policy", "origin"), "Referrer-Policy: breaks 'const'"),
        (GOOD, with_header("x-request-id", "abc"), "X-Request-ID: breaks 'format'"),
        (GOOD, with_header("x-debug", "1"), "x-debug: is sent and not promised"),
        (GOOD, lambda exchange: replace(exchange, headers=[*exchange.headers, ("vary", "Origin")]), "vary: is sent 2 times"),
        (GOOD, with_header("content-type", "application/json; charset=utf-8"), "content-type: is"),
        (GOOD, with_header("content-length", "3"), "content-length: says 3"),
        (GOOD, without("content-length"), "content-length: is missing"),
        (GOOD, with_body(price=...), "/: breaks 'required'"),
        (GOOD, with_body(secret=1), "/: breaks 'additionalProperties'"),
        (GOOD, with_body(id="7"), "/id: breaks 'type'"),
        (GOOD, with_body(status="gone"), "/status: breaks 'enum'"),
        (GOOD, with_body(available=-1), "/available: breaks 'minimum'"),
        (GOOD, with_body(created_at="yesterday"), "/created_at: breaks 'format'"),
        (GOOD, with_body(tags=["a", "a"]), "/tags: breaks 'uniqueItems'"),
        (GOOD, lambda exchange: replace(exchange, body=b"{" + b" " * (len(exchange.body) - 1)), "body: is not JSON"),
        (GOOD, lambda exchange: replace(exchange, method="HEAD"), "body: HEAD has none"),
        (GOOD, lambda exchange: replace(exchange, status=304, body=b""), "content-length: an empty response has none"),
        (NOT_FOUND, with_body(type="/problems/sku-taken"), "/type: breaks 'const'"),
        (NOT_FOUND, with_body(detail="You shall not pass"), "/detail: breaks 'const'"),
        (NOT_FOUND, with_body(instance="urn:uuid:01a2027b-d680-7000-8000-000000000002"), "/instance: is not the request's id"),
        (NOT_FOUND, with_body(status=400), "/status: is not the status"),
        (NOT_FOUND, with_header("content-type", "application/json"), "content-type: is"),
        (NOT_FOUND, lambda exchange: replace(exchange, target="/orders/7"), "/type: breaks 'const'"),
    ],
)
def test_each_mismatch_is_reported(good: Exchange, spoil: Callable[[Exchange], Exchange], mismatch: str) -> None:
    mismatches = CONTRACT.mismatches(spoil(good))

    assert any(mismatch in reported for reported in mismatches), mismatches


@pytest.mark.parametrize(
    ("method", "target", "operation", "methods"),
    [
        ("GET", "/", "getRoot", ["GET"]),
        ("GET", "/items/", "listItems", ["GET", "POST"]),
        ("HEAD", "/items/7", "getItem", ["DELETE", "GET", "PATCH"]),
        ("GET", "/users/me", "getCurrentUser", ["GET"]),
        ("DELETE", "/users/me", None, ["GET", "HEAD", "OPTIONS"]),
        ("DELETE", "/users/%6d%65", None, ["GET", "HEAD", "OPTIONS"]),
        ("GET", "/items/a%2Fb", "getItem", ["DELETE", "GET", "PATCH"]),
        ("GET", "//", None, []),
        ("GET", "/items//", None, []),
        ("GET", "/items/..", None, []),
        ("GET", "/items/%2E", None, []),
        ("GET", "/items/%ff", None, []),
        ("GET", "/items/%zz", None, []),
        ("GET", "/nowhere", None, []),
    ],
)
def test_a_request_is_for_a_single_operation_or_for_none(method: str, target: str, operation: str | None, methods: list[str]) -> None:
    match, allowed = CONTRACT.find(method, target)

    assert (None if match is None else match.id, allowed) == (operation, methods)
