"""Responses: values, pages and problems; notices of the server; secrets; copies."""

import copy
import json
import logging
import pickle
import shlex
import warnings
from typing import Any

import httpx
import pytest

from steelyard_client import CONTRACT_DIGEST, CONTRACT_VERSION, UNSET, Answer, Retries, calls, errors, models, operations
from steelyard_runtime import notices
from steelyard_runtime.model import jsonable
from tests.sdk.kit import EXAMPLES, PROBLEMS, Scripted, ok, problem

DIGEST = "sha-256=" + "0" * 64
SECRET = "correct horse battery"


def test_a_response_has_the_headers_and_attempts_beside_the_value() -> None:
    fields = {
        "x-request-id": "r1",
        "etag": '"4"',
        "ratelimit": '"default";r=299;t=1',
        "idempotency-replayed": "true",
        "location": "/items/7",
    }
    response = Scripted([ok("get_item", headers=fields)]).client().send(calls.get_item(7))

    assert isinstance(response.value, models.Item)
    assert (response.status, response.request_id, response.etag, response.replayed, response.attempts) == (200, "r1", '"4"', True, 1)
    assert response.location == "/items/7"
    assert response.rate_limit is not None
    assert (response.rate_limit.policy, response.rate_limit.left, response.rate_limit.reset) == ("default", 299, 1.0)
    assert response.json()["id"] == 7
    assert response.elapsed >= 0
    assert Scripted([ok("get_item")]).client().send(calls.get_item(7)).rate_limit is None


def test_a_304_has_no_value() -> None:
    server = Scripted([httpx.Response(304)])
    response = server.client().send(calls.get_item(7, if_none_match='"4"'))

    assert response.not_modified
    assert server.seen[0].headers["if-none-match"] == '"4"'
    with pytest.raises(ValueError, match="not modified"):
        response.value  # noqa: B018  # the access raises


def pages(*cursors: str | None) -> Scripted:
    body = {**EXAMPLES["list_items"], "items": [EXAMPLES["get_item"]] * 2}
    return Scripted([httpx.Response(200, json={**body, "next_cursor": cursor}) for cursor in cursors])


def test_pages_are_fetched_on_demand_with_the_same_filters() -> None:
    server = pages("b", "c", None)
    listed = server.client().items.list(search="lamp", limit=2, skip=4)
    assert server.seen == []
    items = iter(listed)
    next(items), next(items)
    assert len(server.seen) == 1

    assert len(list(items)) == 4
    assert [dict(request.url.params) for request in server.seen] == [
        {"search": "lamp", "limit": "2", "skip": "4"},
        {"search": "lamp", "limit": "2", "skip": "0", "cursor": "b"},
        {"search": "lamp", "limit": "2", "skip": "0", "cursor": "c"},
    ]


def test_a_repeated_cursor_raises() -> None:
    with pytest.raises(errors.UnexpectedAnswer) as raised:
        list(pages("b", "c", "b").client().items.list())

    assert raised.value.pointer == "/next_cursor"


async def test_the_asynchronous_client_fetches_pages_too() -> None:
    client = pages("b", None).async_client()

    assert [len(page) async for page in client.items.list().pages()] == [2, 2]
    assert (await pages("b").async_client().items.list().page()).next_cursor == "b"


def test_each_problem_raises_its_exception_with_typed_members() -> None:
    client = Scripted([problem("InsufficientStock")]).client()

    with pytest.raises(errors.InsufficientStock) as raised:
        client.orders.create(product_id=7, quantity=3)

    error = raised.value
    assert isinstance(error.items[0], models.Shortage)
    assert (error.status, error.type, error.attempts) == (409, "/problems/insufficient-stock", 1)
    assert str(error) == "409 Insufficient stock: There is not enough in stock [/problems/insufficient-stock]"
    assert error.problem == PROBLEMS["InsufficientStock"]


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_of_the_contract_has_an_exception(name: str) -> None:
    with pytest.raises(errors.ProblemError) as raised:
        Scripted([problem(name)]).client(retries=once()).items.get(7)

    assert type(raised.value) is getattr(errors, name)
    assert raised.value.status == type(raised.value).STATUS
    for member in PROBLEMS[name].keys() - {"instance"}:
        assert hasattr(raised.value, member)


def once() -> Retries:
    return Retries(attempts=1)


def test_an_unknown_problem_keeps_all_members_and_the_page_of_a_proxy_raises_too() -> None:
    unknown = httpx.Response(418, json={"type": "/problems/teapot", "title": "Teapot", "status": 418, "spout": 1})
    with pytest.raises(errors.ProblemError) as raised:
        Scripted([unknown]).client().items.get(7)
    assert (type(raised.value), raised.value.problem["spout"]) == (errors.ProblemError, 1)

    for page in (httpx.Response(418, text="<html>"), httpx.Response(418, content=b"{", headers={"content-type": "application/json"})):
        with pytest.raises(errors.ApiError) as plain:
            Scripted([page]).client().items.get(7)
        assert (type(plain.value), plain.value.status, plain.value.title) == (errors.ApiError, 418, "I'm a teapot")


def test_a_problem_without_its_members_raises_the_same_exception() -> None:
    bare = {"type": "/problems/insufficient-stock", "title": "Insufficient stock", "status": 409}
    with pytest.raises(errors.InsufficientStock) as raised:
        Scripted([httpx.Response(409, json=bare)]).client().items.get(7)
    assert raised.value.problem == bare


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda order: order.pop("id"), "/id"),
        (lambda order: order.update(created_at="soon"), "/created_at"),
        (lambda order: order["lines"][0]["unit_price"].pop("amount"), "/lines/0/unit_price/amount"),
        (lambda order: order.update(total=None), "/total"),
        (lambda order: order.update(status=7), "/status"),
    ],
)
def test_a_response_that_breaks_the_contract_raises_with_the_place_and_without_the_value(change: Any, pointer: str) -> None:
    body = copy.deepcopy(EXAMPLES["get_order"])
    body["buyer_id"] = "a secret"
    change(body)

    with pytest.raises(errors.UnexpectedAnswer) as raised:
        Scripted([httpx.Response(200, json=body)]).client().orders.get(7)

    assert raised.value.pointer == pointer
    assert "soon" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_an_undeclared_success_is_read_as_the_declared_one_and_a_body_without_json_raises() -> None:
    assert Scripted([ok("get_item", 203)]).client().items.get(7).id == 7
    with pytest.raises(errors.UnexpectedAnswer, match="not JSON"):
        Scripted([httpx.Response(200, text="<html>")]).client().items.get(7)


# -- notices -----------------------------------------------------------------------------------------------------------
MAJOR = int(CONTRACT_VERSION.split(".")[0])
NEWER = f"{MAJOR}.999.0"


def server_with_contract(version: str) -> Scripted:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            return httpx.Response(200, json={**EXAMPLES["get_root"], "version": version})
        return ok("get_item", headers={"contract-digest": DIGEST})

    return Scripted(respond)


def test_a_newer_contract_of_the_same_major_version_is_logged_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    server = server_with_contract(NEWER)
    client = server.client()
    with caplog.at_level(logging.INFO, "steelyard_client"):
        client.items.get(7)
        client.items.get(7)

    assert [record.message for record in caplog.records] == [f"The server's contract is {NEWER}, this SDK was made from {CONTRACT_VERSION}"]
    assert len(server.seen) == 3
    assert server.seen[1].headers.get("authorization") is None


@pytest.mark.parametrize(("version", "reason"), [(CONTRACT_VERSION, "same version"), (f"{MAJOR + 1}.0.0", "another major")])
def test_an_incompatible_contract_causes_one_warning_per_client(version: str, reason: str) -> None:
    client = server_with_contract(version).client()

    with pytest.warns(errors.ContractMismatch, match=reason) as warned:
        client.items.get(7)
    client.items.get(7)

    assert len(warned) == 1


def test_a_deprecated_operation_causes_one_warning_per_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_announced", set())
    fields = {"deprecation": "@1798761600", "sunset": "Wed, 01 Sep 2027 00:00:00 GMT"}
    server = Scripted([ok("get_item", headers=fields)])

    with pytest.warns(errors.ApiDeprecation, match="getItem is deprecated since 2027-01-01 and ends on 2027-09-01") as warned:
        server.client().items.get(7)
    server.client().items.get(7)

    assert len(warned) == 1


def test_the_same_contract_causes_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Scripted([ok("get_item", headers={"contract-digest": f"sha-256={CONTRACT_DIGEST}"})]).client().items.get(7)


# -- secrets -----------------------------------------------------------------------------------------------------------
def test_the_log_has_no_secrets(caplog: pytest.LogCaptureFixture) -> None:
    server = Scripted([httpx.Response(503), ok("list_items")])
    with caplog.at_level(logging.DEBUG, "steelyard_client"):
        server.client(token="t0ken").items.list(search="private words").page()
        Scripted([ok("create_user", 201)]).client().users.create(name="Ann", email="ann@example.com", password=SECRET)
        Scripted([httpx.ReadTimeout("x")]).client(retries=once()).with_options()

    log = "\n".join(record.getMessage() for record in caplog.records)
    assert "listItems GET /items -> 503" in log
    assert "listItems: attempt 1 failed (503)" in log
    for secret in ("t0ken", "private", SECRET, "ann@example.com", "Bearer"):
        assert secret not in log


def test_a_repr_masks_secrets() -> None:
    token = models.Token.from_dict({**EXAMPLES["issue_token"], "new_member": "hidden"})
    server = Scripted([ok("get_item")])

    for shown in (
        repr(token),
        repr(calls.create_user(name="Ann", email="a@b.c", password=SECRET)),
        repr(calls.list_items(search=SECRET)),
        repr(server.client(username="a", password=SECRET)),
        repr(server.client(token=SECRET).core.auth),
    ):
        for secret in (SECRET, EXAMPLES["issue_token"]["refresh_token"], "hidden"):
            assert secret not in shown, shown
    assert "refresh_token='***'" in repr(token)


def test_to_curl_masks_secrets_unless_they_are_requested() -> None:
    client = Scripted([problem("EmailAlreadyRegistered")]).client(api_key="k3y")
    call = calls.create_user(name="Ann's", email="ann@example.com", password=SECRET)

    shown, revealed = client.to_curl(call), client.to_curl(call, reveal=True)
    assert SECRET not in shown
    assert '"password":"***"' in shown
    assert SECRET in revealed
    order = calls.create_order(product_id=7, quantity=1)
    assert "k3y" not in client.to_curl(order)
    assert "Bearer k3y" in client.to_curl(order, reveal=True)
    form = client.to_curl(calls.issue_token(username="a", password=SECRET))
    assert "password=***" in form

    with pytest.raises(errors.EmailAlreadyRegistered) as raised:
        client.send(call)
    assert SECRET not in raised.value.to_curl()
    assert SECRET in raised.value.to_curl(reveal=True)
    again = pickle.loads(pickle.dumps(raised.value))
    assert SECRET not in again.to_curl(reveal=True)


def test_a_shell_can_read_the_curl_command() -> None:
    client = Scripted([ok("get_item")]).client()
    words = shlex.split(client.to_curl(calls.update_item(7, title="it's; $(rm) \n", if_match='"4"')))

    assert words[:4] == ["curl", "-X", "PATCH", "https://shop.test/items/7"]
    assert json.loads(words[words.index("--data-raw") + 1]) == {"title": "it's; $(rm) \n"}


# -- copies ------------------------------------------------------------------------------------------------------------
def test_values_survive_copies_and_pickles() -> None:
    server = Scripted([ok("get_order", headers={"x-request-id": "r1"})])
    response = server.client(token="t0ken").send(calls.get_order(7))
    order: models.Order = response.value
    draft = models.AddressCreate(street="1 A", city="B", zip_code="12345", label=None)
    values: list[Any] = [order, draft, order.status, models.OrderStatus("later"), UNSET, operations.get_item]
    values += [calls.create_order(product_id=7, quantity=1), models.Unknown.from_dict({"type": "x"})]

    for value in values:
        for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
            assert twin == value
            assert type(twin) is type(value)
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert pickle.loads(pickle.dumps(operations.get_item)) is operations.get_item
    assert pickle.loads(pickle.dumps(draft)).to_dict() == {"street": "1 A", "city": "B", "zip_code": "12345", "label": None}
    again: Answer[models.Order] = pickle.loads(pickle.dumps(response))
    assert (again.value, again.request_id, again.status) == (order, "r1", 200)
    assert b"t0ken" not in pickle.dumps(response)


def test_errors_survive_pickles_without_credentials() -> None:
    with pytest.raises(errors.InsufficientStock) as raised:
        Scripted([problem("InsufficientStock")]).client(token="t0ken").orders.create(product_id=7, quantity=1)
    kept = pickle.dumps(raised.value)
    twin = pickle.loads(kept)

    assert b"t0ken" not in kept
    assert (str(twin), twin.items, twin.response.json()) == (str(raised.value), raised.value.items, raised.value.problem)
    for outcome in (httpx.ReadTimeout("x"), httpx.Response(200, json={"id": 7})):
        with pytest.raises(errors.SteelyardError) as other:
            Scripted([outcome]).client(token="t0ken").items.get(7)
        again = pickle.loads(pickle.dumps(other.value))
        assert str(again) == str(other.value)
        assert b"t0ken" not in pickle.dumps(other.value)
    assert pickle.loads(pickle.dumps(errors.SignedOut("over"))).args == ("over",)


@pytest.mark.parametrize("kind", ["client", "async_client"])
def test_a_client_cannot_be_copied_and_the_error_states_the_reason(kind: str) -> None:
    client = getattr(Scripted([ok("get_item")]), kind)()

    for use in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds connections and credentials"):
            use(client)


def test_replace_returns_a_changed_copy_of_a_model() -> None:
    item = models.Item.from_dict(EXAMPLES["get_item"])
    twin = item.__replace__(title="Lamp")

    assert (twin.title, item.title == twin.title, twin == item) == ("Lamp", False, False)
    with pytest.raises(TypeError, match="no member 'titel'"):
        item.__replace__(titel="Lamp")
    assert jsonable({"a": item, "b": UNSET, "c": (1, True)}) == {"a": item.to_dict(), "c": [1, True]}
