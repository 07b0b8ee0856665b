"""What comes back: values, pages, refusals, streams, and what is noticed beside them."""

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
from tests.sdk.kit import ANSWERS, PROBLEMS, Scripted, ok, problem

DIGEST = "sha-256=" + "0" * 64
SECRET = "correct horse battery"


def test_an_answer_tells_more_than_its_value() -> None:
    fields = {
        "x-request-id": "r1",
        "etag": '"4"',
        "ratelimit": '"default";r=299;t=1',
        "idempotency-replayed": "true",
        "location": "/items/7",
    }
    answer = Scripted([ok("get_item", headers=fields)]).client().send(calls.get_item(7))

    assert isinstance(answer.value, models.Item)
    assert (answer.status, answer.request_id, answer.etag, answer.replayed, answer.attempts) == (200, "r1", '"4"', True, 1)
    assert answer.location == "/items/7"
    assert answer.rate_limit is not None
    assert (answer.rate_limit.policy, answer.rate_limit.left, answer.rate_limit.reset) == ("default", 299, 1.0)
    assert answer.json()["id"] == 7
    assert answer.elapsed >= 0
    assert Scripted([ok("get_item")]).client().send(calls.get_item(7)).rate_limit is None


def test_what_is_still_current_has_no_value() -> None:
    server = Scripted([httpx.Response(304)])
    answer = server.client().send(calls.get_item(7, if_none_match='"4"'))

    assert answer.not_modified
    assert server.seen[0].headers["if-none-match"] == '"4"'
    with pytest.raises(ValueError, match="not modified"):
        answer.value  # noqa: B018  # the access is what is tried


def pages(*cursors: str | None) -> Scripted:
    body = {**ANSWERS["list_items"], "items": [ANSWERS["get_item"]] * 2}
    return Scripted([httpx.Response(200, json={**body, "next_cursor": cursor}) for cursor in cursors])


def test_pages_are_fetched_as_they_are_walked_with_the_same_filters() -> None:
    server = pages("b", "c", None)
    found = server.client().items.list(search="lamp", limit=2, skip=4)
    assert server.seen == []
    items = iter(found)
    next(items), next(items)
    assert len(server.seen) == 1

    assert len(list(items)) == 4
    assert [dict(request.url.params) for request in server.seen] == [
        {"search": "lamp", "limit": "2", "skip": "4"},
        {"search": "lamp", "limit": "2", "skip": "0", "cursor": "b"},
        {"search": "lamp", "limit": "2", "skip": "0", "cursor": "c"},
    ]


def test_a_cursor_that_comes_twice_is_told() -> None:
    with pytest.raises(errors.UnexpectedAnswer) as raised:
        list(pages("b", "c", "b").client().items.list())

    assert raised.value.pointer == "/next_cursor"


async def test_pages_are_walked_asynchronously_too() -> None:
    client = pages("b", None).async_client()

    assert [len(page) async for page in client.items.list().pages()] == [2, 2]
    assert (await pages("b").async_client().items.list().page()).next_cursor == "b"


def test_a_refusal_is_an_exception_of_its_own_with_typed_members() -> None:
    client = Scripted([problem("InsufficientStock")]).client()

    with pytest.raises(errors.InsufficientStock) as raised:
        client.orders.create(product_id=7, quantity=3)

    error = raised.value
    assert isinstance(error.items[0], models.Shortage)
    assert (error.status, error.type, error.attempts) == (409, "/problems/insufficient-stock", 1)
    assert str(error) == "409 Insufficient stock: There is not enough in stock [/problems/insufficient-stock]"
    assert error.problem == PROBLEMS["InsufficientStock"]


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_of_the_contract_has_its_exception(name: str) -> None:
    with pytest.raises(errors.ProblemError) as raised:
        Scripted([problem(name)]).client(retries=errors_once()).items.get(7)

    assert type(raised.value) is getattr(errors, name)
    assert raised.value.status == type(raised.value).STATUS
    for member in PROBLEMS[name].keys() - {"instance"}:
        assert hasattr(raised.value, member)


def errors_once() -> Retries:
    return Retries(attempts=1)


def test_an_unknown_problem_keeps_all_its_members_and_a_proxys_page_is_a_refusal_too() -> None:
    unknown = httpx.Response(418, json={"type": "/problems/teapot", "title": "Teapot", "status": 418, "spout": 1})
    with pytest.raises(errors.ProblemError) as raised:
        Scripted([unknown]).client().items.get(7)
    assert (type(raised.value), raised.value.problem["spout"]) == (errors.ProblemError, 1)

    for page in (httpx.Response(418, text="<html>"), httpx.Response(418, content=b"{", headers={"content-type": "application/json"})):
        with pytest.raises(errors.ApiError) as plain:
            Scripted([page]).client().items.get(7)
        assert (type(plain.value), plain.value.status, plain.value.title) == (errors.ApiError, 418, "I'm a teapot")


def test_a_problem_without_its_members_is_still_that_problem() -> None:
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
def test_an_answer_that_breaks_the_contract_says_where_and_not_what(change: Any, pointer: str) -> None:
    body = copy.deepcopy(ANSWERS["get_order"])
    body["buyer_id"] = "a secret"
    change(body)

    with pytest.raises(errors.UnexpectedAnswer) as raised:
        Scripted([httpx.Response(200, json=body)]).client().orders.get(7)

    assert raised.value.pointer == pointer
    assert "soon" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_an_undeclared_success_is_read_as_the_declared_one_and_garbage_is_told() -> None:
    assert Scripted([ok("get_item", 203)]).client().items.get(7).id == 7
    with pytest.raises(errors.UnexpectedAnswer, match="not JSON"):
        Scripted([httpx.Response(200, text="<html>")]).client().items.get(7)


# -- what is noticed ---------------------------------------------------------------------------------------------------
MAJOR = int(CONTRACT_VERSION.split(".")[0])
NEWER = f"{MAJOR}.999.0"


def noticing(version: str) -> Scripted:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            return httpx.Response(200, json={**ANSWERS["get_root"], "version": version})
        return ok("get_item", headers={"contract-digest": DIGEST})

    return Scripted(answer)


def test_a_newer_contract_of_the_same_major_is_a_line_and_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    server = noticing(NEWER)
    client = server.client()
    with caplog.at_level(logging.INFO, "steelyard_client"):
        client.items.get(7)
        client.items.get(7)

    assert [record.message for record in caplog.records] == [f"The server's contract is {NEWER}, this SDK was made from {CONTRACT_VERSION}"]
    assert len(server.seen) == 3
    assert server.seen[1].headers.get("authorization") is None


@pytest.mark.parametrize(("version", "reason"), [(CONTRACT_VERSION, "same version"), (f"{MAJOR + 1}.0.0", "another major")])
def test_a_contract_that_cannot_go_with_this_sdk_is_warned_of_once_per_client(version: str, reason: str) -> None:
    client = noticing(version).client()

    with pytest.warns(errors.ContractMismatch, match=reason) as warned:
        client.items.get(7)
    client.items.get(7)

    assert len(warned) == 1


def test_an_operation_that_will_go_is_warned_of_once_per_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_announced", set())
    fields = {"deprecation": "@1798761600", "sunset": "Wed, 01 Sep 2027 00:00:00 GMT"}
    server = Scripted([ok("get_item", headers=fields)])

    with pytest.warns(errors.ApiDeprecation, match="getItem is deprecated since 2027-01-01 and ends on 2027-09-01") as warned:
        server.client().items.get(7)
    server.client().items.get(7)

    assert len(warned) == 1


def test_an_equal_contract_is_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Scripted([ok("get_item", headers={"contract-digest": f"sha-256={CONTRACT_DIGEST}"})]).client().items.get(7)


# -- what must not be told ---------------------------------------------------------------------------------------------
def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    server = Scripted([httpx.Response(503), ok("list_items")])
    with caplog.at_level(logging.DEBUG, "steelyard_client"):
        server.client(token="t0ken").items.list(search="private words").page()
        Scripted([ok("create_user", 201)]).client().users.create(name="Ann", email="ann@example.com", password=SECRET)
        Scripted([httpx.ReadTimeout("x")]).client(retries=errors_once()).with_options()

    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "listItems GET /items -> 503" in told
    assert "listItems: attempt 1 failed (503)" in told
    for secret in ("t0ken", "private", SECRET, "ann@example.com", "Bearer"):
        assert secret not in told


def test_a_repr_masks_what_is_secret() -> None:
    token = models.Token.from_dict({**ANSWERS["issue_token"], "new_member": "hidden"})
    server = Scripted([ok("get_item")])

    for shown in (
        repr(token),
        repr(calls.create_user(name="Ann", email="a@b.c", password=SECRET)),
        repr(calls.list_items(search=SECRET)),
        repr(server.client(username="a", password=SECRET)),
        repr(server.client(token=SECRET).core.auth),
    ):
        for secret in (SECRET, ANSWERS["issue_token"]["refresh_token"], "hidden"):
            assert secret not in shown, shown
    assert "refresh_token='***'" in repr(token)


def test_a_request_is_shown_as_a_command_without_its_secrets() -> None:
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


def test_a_curl_command_is_one_that_a_shell_takes() -> None:
    client = Scripted([ok("get_item")]).client()
    words = shlex.split(client.to_curl(calls.update_item(7, title="it's; $(rm) \n", if_match='"4"')))

    assert words[:4] == ["curl", "-X", "PATCH", "https://shop.test/items/7"]
    assert json.loads(words[words.index("--data-raw") + 1]) == {"title": "it's; $(rm) \n"}


# -- copies ------------------------------------------------------------------------------------------------------------
def test_values_survive_copies_and_pickles() -> None:
    server = Scripted([ok("get_order", headers={"x-request-id": "r1"})])
    answer = server.client(token="t0ken").send(calls.get_order(7))
    order: models.Order = answer.value
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
    again: Answer[models.Order] = pickle.loads(pickle.dumps(answer))
    assert (again.value, again.request_id, again.status) == (order, "r1", 200)
    assert b"t0ken" not in pickle.dumps(answer)


def test_errors_survive_pickles_without_credentials() -> None:
    with pytest.raises(errors.InsufficientStock) as raised:
        Scripted([problem("InsufficientStock")]).client(token="t0ken").orders.create(product_id=7, quantity=1)
    kept = pickle.dumps(raised.value)
    twin = pickle.loads(kept)

    assert b"t0ken" not in kept
    assert (str(twin), twin.items, twin.response.json()) == (str(raised.value), raised.value.items, raised.value.problem)
    for reply in (httpx.ReadTimeout("x"), httpx.Response(200, json={"id": 7})):
        with pytest.raises(errors.SteelyardError) as other:
            Scripted([reply]).client(token="t0ken").items.get(7)
        again = pickle.loads(pickle.dumps(other.value))
        assert str(again) == str(other.value)
        assert b"t0ken" not in pickle.dumps(other.value)
    assert pickle.loads(pickle.dumps(errors.SignedOut("over"))).args == ("over",)


@pytest.mark.parametrize("kind", ["client", "async_client"])
def test_a_client_says_why_it_cannot_be_pickled(kind: str) -> None:
    client = getattr(Scripted([ok("get_item")]), kind)()

    for use in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds connections and credentials"):
            use(client)


def test_a_model_is_changed_in_a_copy() -> None:
    item = models.Item.from_dict(ANSWERS["get_item"])
    twin = item.__replace__(title="Lamp")

    assert (twin.title, item.title == twin.title, twin == item) == ("Lamp", False, False)
    with pytest.raises(TypeError, match="no member 'titel'"):
        item.__replace__(titel="Lamp")
    assert jsonable({"a": item, "b": UNSET, "c": (1, True)}) == {"a": item.to_dict(), "c": [1, True]}
