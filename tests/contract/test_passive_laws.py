"""Laws that every response is held against: a response that keeps them, and one fault at a time."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.contract.test_checker import GOOD, ITEM, NOT_FOUND, response, with_body, with_header
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.contract.laws import Memory

ORDERS = CONTRACT.operations["createOrder"].node["responses"]["201"]["content"]["application/json"]["examples"]
ORDER: dict[str, Any] = next(iter(ORDERS.values()))["value"]
PLACED = response(201, ORDER, "application/json", ("etag", '"1"'), ("location", f"/orders/{ORDER['id']}"), target="/orders", method="POST")
ME: dict[str, Any] = next(
    iter(CONTRACT.operations["getCurrentUser"].node["responses"]["200"]["content"]["application/json"]["examples"].values())
)["value"]
ADDRESS = {**dict.fromkeys(("label", "street", "city", "country", "zip_code"), "US"), "is_default": False, "version": 1}
ADDRESS |= {"id": 1, "created_at": ME["created_at"], "updated_at": ME["created_at"]}
WITH_TOKEN = [("authorization", "Bearer x")]


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def own(*ids: int) -> Exchange:
    """The caller's account with addresses of these ids."""
    body = {**ME, "addresses": [{**ADDRESS, "id": each} for each in ids]}
    return response(200, body, "application/json", ("etag", '"1"'), target="/users/me")


def test_responses_that_keep_the_laws_pass() -> None:
    for exchange in (GOOD, PLACED, own(1, 2)):
        assert CONTRACT.mismatches(exchange) == []


def test_a_total_that_is_a_cent_off_is_reported_by_its_sum() -> None:
    off = CONTRACT.mismatches(with_body(total=money(ORDER["total"]["amount"] + 1))(PLACED))
    line = {**ORDER["lines"][0], "quantity": ORDER["lines"][0]["quantity"] + 1}
    of_line = CONTRACT.mismatches(with_body(lines=[line, *ORDER["lines"][1:]])(PLACED))

    assert [each.partition(" (")[0] for each in off] == [
        "createOrder 201: /: breaks 'x-sum' of Order: total/amount = subtotal/amount - discount/amount + tax/amount"
    ]
    assert [each.partition(" of ")[0] for each in of_line] == [
        "createOrder 201: /: breaks 'x-sum'",
        "createOrder 201: /lines/*: breaks 'x-sum'",
    ]


def test_a_sum_with_a_null_says_nothing() -> None:
    assert CONTRACT.mismatches(with_body(on_hand=None, reserved=None)(GOOD)) == []
    assert "x-sum" in CONTRACT.mismatches(with_body(on_hand=ITEM["available"] + 5, reserved=0)(GOOD))[0]


def test_a_list_that_is_the_wrong_way_round_is_reported_by_its_order() -> None:
    (mismatch,) = CONTRACT.mismatches(own(2, 1))

    assert mismatch.startswith("getCurrentUser 200: /addresses: breaks 'x-order': id (")


@pytest.mark.parametrize(
    ("exchange", "sent", "cache", "vary", "broken"),
    [
        (GOOD, [], "public, max-age=60", "Authorization, Origin", []),
        (GOOD, WITH_TOKEN, "private, no-store", "Authorization, Origin", []),
        (NOT_FOUND, WITH_TOKEN, "no-store", "Authorization, Origin", []),
        (GOOD, WITH_TOKEN, "public, max-age=60", "Authorization, Origin", ["Cache-Control"]),
        (GOOD, [], "private, no-store", "Authorization, Origin", ["Cache-Control"]),
        (NOT_FOUND, [], "public, max-age=60", "Authorization, Origin", ["Cache-Control"]),
        (GOOD, [], "public, max-age=60", "Origin", ["Vary"]),
    ],
)
def test_caching_depends_on_the_credential(
    exchange: Exchange, sent: list[tuple[str, str]], cache: str, vary: str, broken: list[str]
) -> None:
    seen = with_header("vary", vary)(with_header("cache-control", cache)(replace(exchange, sent=sent)))

    mismatches = [each.split(": ")[1] for each in CONTRACT.mismatches(seen) if "x-cache" in each]

    assert mismatches == broken


def again(exchange: Exchange, number: int, **members: Any) -> Exchange:
    return with_header("x-request-id", f"01a2027b-d680-7000-8000-00000000000{number}")(with_body(**members)(exchange))


def test_two_responses_contradict_each_other() -> None:
    memory = Memory()
    assert CONTRACT.contradictions(memory, GOOD) == []
    assert CONTRACT.contradictions(memory, again(GOOD, 2, title="Another title")) == []

    (same_id,) = CONTRACT.contradictions(memory, GOOD)
    (moved,) = CONTRACT.contradictions(memory, again(GOOD, 3, created_at="2027-01-01T00:00:00Z"))

    assert same_id.startswith("getItem 200: X-Request-ID: breaks 'x-unique'")
    assert f"breaks 'x-immutable' of Item: created_at (it was ['{ITEM['created_at']}']" in moved


def test_a_list_and_its_resource_contradict_each_other() -> None:
    memory = Memory()
    summary = {
        name: ORDER[name] for name in ("id", "buyer_id", "seller_id", "status", "payment_status", "created_at", "updated_at", "version")
    }
    page = {"items": [{**summary, "total": money(1), "units": 1}], "skip": 0, "limit": 20, "total": 1, "next_cursor": None}
    assert CONTRACT.contradictions(memory, PLACED) == []

    contradictions = CONTRACT.contradictions(memory, again(response(200, page, "application/json", target="/orders"), 2))

    assert [each.partition(" (")[0] for each in contradictions] == ["listOrders 200: /items/*: breaks 'x-immutable' of OrderSummary: total"]
    assert json.dumps(ORDER["total"]["amount"]) in contradictions[0]
