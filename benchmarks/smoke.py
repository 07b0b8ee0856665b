"""All contestants must behave the same before the measurement: equal JSON for reads, the same members and sums for an order."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

Response = tuple[int, Any]
# Values that differ between servers: ids, times and cursors.
OWN = {"id", "next_cursor", "expires_at", "created_at", "updated_at", "at"}
# Another item than the one that is looked at: its stock must not change between two contestants.
BODY = b'{"product_id":6,"quantity":2}'


class DiffersError(Exception):
    """A contestant's response differs from Steelyard's."""


def send(url: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Status and JSON."""
    sent = {"Content-Type": "application/json", **(headers or {})} if body is not None else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, body, sent), timeout=10) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None


def responses(url: str, token: str, name: str) -> dict[str, Response]:
    """What is compared. Two orders are placed, one of them by two equal requests."""

    def order(key: str, body: bytes = BODY, bearer: str = token) -> Response:
        return send(url, "/orders", body, {"Authorization": f"Bearer {bearer}", "Idempotency-Key": f"smoke-{name}-{key}"})

    first = order("1")
    second = order("2")
    for number, (status, _) in (("a first", first), ("a second", second)):
        if status != 201:
            raise DiffersError(f"{name} responds to {number} order with {status}")
    again = order("1")
    if again[1] != first[1]:
        raise DiffersError(f"{name} returns another order for a repeated key")
    if second[1]["id"] == first[1]["id"]:
        raise DiffersError(f"{name} returns the same order for another key")
    return {
        "one item": send(url, "/items/5"),
        "a page": send(url, "/items?limit=20"),
        "the next page": _next_page(url),
        "an order": (first[0], without_own(first[1])),
        "an unknown item": send(url, "/items/999999"),
        "no token": order("3", bearer="a.b.c"),
        "the same key for something else": order("1", b'{"product_id":6,"quantity":3}'),
        "an order for nothing": order("4", b'{"product_id":6,"quantity":0}'),
        "more than there is": order("5", b'{"product_id":999999,"quantity":2}'),
    }


def _next_page(url: str) -> Response:
    status, page = send(url, "/items?limit=20")
    if status != 200:
        return status, None
    return send(url, f"/items?limit=20&cursor={page['next_cursor']}")


def without_own(value: Any) -> Any:
    """The same, where members of OWN hold nothing."""
    if isinstance(value, dict):
        return {name: None if name in OWN else without_own(member) for name, member in value.items()}
    return [without_own(each) for each in value] if isinstance(value, list) else value


def compare(name: str, received: Mapping[str, Response], expected: Mapping[str, Response]) -> None:
    """DiffersError at the first difference. Cursors are not compared; items and their times are."""
    for what, (status, body) in expected.items():
        got_status, got = received[what]
        if got_status != status:
            raise DiffersError(f"{name} responds to {what} with {got_status} instead of {status}")
        if isinstance(body, dict) and _without_cursor(got) != _without_cursor(body):
            raise DiffersError(f"{name} responds to {what} with {json.dumps(got)[:600]} instead of {json.dumps(body)[:600]}")


def _without_cursor(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "next_cursor"}
