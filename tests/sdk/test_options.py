"""Options of a client and of one call: a wrong one raises at once, with the right form and without a secret."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

import steelyard_client
from steelyard_client import AsyncSteelyard, Retries, Steelyard, calls, errors, models
from tests.sdk.kit import BASE_URL, CONTRACT, EXAMPLES, Scripted, ok, problem

SECRET = "hush\nhush"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "retries as a number": ({"retries": 3}, "retries=Retries(attempts=3); given: 3"),
    "no retries": ({"retries": None}, "retries=Retries(attempts=1) to send once; given: None"),
    "a timeout of the library": ({"timeout": httpx.Timeout(5)}, "timeout=10.0; given: Timeout"),
    "no timeout": ({"timeout": None}, "timeout=10.0; given: None"),
    "a timeout as text": ({"timeout": "10"}, "timeout=10.0; given: str"),
    "a flag as a timeout": ({"timeout": True}, "timeout=10.0; given: True"),
    "a negative deadline": ({"deadline": -1}, "deadline=30.0, or None for no bound; given: -1"),
    "headers as pairs": ({"headers": [("a", "b")]}, "headers={'X-Tenant': 'a'}; given: list"),
    "a number in a header": ({"headers": {"a": 1}}, "headers={'X-Tenant': 'a'}; given: dict"),
    "a line end in a header": (
        {"headers": {"X-Tenant": SECRET}},
        "headers must be printable ASCII without spaces at their ends; the value of X-Tenant",
    ),
    "another alphabet in a header": (
        {"headers": {"X-Tenant": "é"}},
        "headers must be printable ASCII without spaces at their ends; the value of X-Tenant",
    ),
    "a space in the name of a header": (
        {"headers": {"X Tenant": "a"}},
        "headers must be named with letters, digits and hyphens; given: 'X Tenant'",
    ),
    "a pair as auth": ({"auth": ("ann", SECRET)}, "username= and password=; given: tuple"),
    "a float as max_answer": ({"max_answer": 1.5}, "max_answer=1_000_000; given: 1.5"),
    "bytes as a token": ({"token": SECRET.encode()}, "token must be text; given: bytes"),
    "a token with a line end": ({"token": SECRET}, "no header can carry"),
    "an empty key": ({"api_key": ""}, "no header can carry"),
    "a list of scopes": ({"username": "a", "password": "b", "scope": ["orders:read"]}, "words separated by spaces; given: list"),
    "bytes as a password": ({"username": "a", "password": SECRET.encode()}, "password must be text, or a function"),
    "a path as tokens": ({"tokens": "session.json"}, "FileTokens('~/.steelyard/session'); given: str"),
}


@pytest.mark.parametrize("client", [Steelyard, AsyncSteelyard])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_option_raises_when_the_client_is_created(client: Callable[..., object], name: str) -> None:
    options, message = WRONG[name]

    with pytest.raises((TypeError, ValueError)) as raised:
        client(BASE_URL, **options)

    assert message in str(raised.value)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("name", [name for name, (options, _) in WRONG.items() if options.keys() <= {"timeout", "retries", "headers"}])
def test_a_wrong_option_of_with_options_or_of_one_call_raises_before_a_request_is_sent(name: str) -> None:
    options, message = WRONG[name]
    server = Scripted([ok("get_item")])
    client = server.client()

    with pytest.raises((TypeError, ValueError), match="must be") as raised:
        client.with_options(**options)
    if "retries" not in options:
        with pytest.raises((TypeError, ValueError), match="must be"):
            client.items.get(7, **options)

    assert message in str(raised.value)
    assert server.seen == []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("attempts", "3", "attempts must be a whole number, such as Retries(attempts=3); given: '3'"),
        ("attempts", 2.5, "attempts must be a whole number"),
        ("attempts", True, "attempts must be a whole number"),
        ("attempts", 0, "1 or more; given: 0"),
        ("base", "1", "base must be seconds, such as Retries(base=2.0); given: '1'"),
        ("cap", -1, "cap must be seconds, 0 or more; given: -1"),
        ("max_retry_after", None, "max_retry_after must be seconds"),
        ("max_retry_after", float("nan"), "max_retry_after must be seconds, 0 or more; given: nan"),
    ],
)
def test_a_wrong_number_raises_when_retries_are_created(name: str, value: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        Retries(**{name: value})

    assert message in str(raised.value)


MISUSED: dict[str, tuple[Callable[[Any], object], str]] = {
    "no id": (lambda client: client.items.get(None), "such as item.id; given: NoneType"),
    "an item as an id": (lambda client: client.items.get(models.Item.from_dict(EXAMPLES["get_item"])), "such as item.id; given: Item"),
    "text as a call": (lambda client: client.send("getItem"), "such as calls.get_item(7); given: str"),
    "a function as a call": (lambda client: client.call(calls.get_item), "such as calls.get_item(7); given: function"),
    "a number as a tag": (lambda client: client.items.update(7, title="x", if_match=2), "such as response.etag, or a resource"),
    "a tag with a line end": (
        lambda client: client.items.update(7, title="x", if_match='"1"\r\na: b'),
        "if_match must be an unchanged tag",
    ),
    "a key with a line end": (
        lambda client: client.orders.create(product_id=7, quantity=1, idempotency_key="a\nb"),
        "idempotency_key must be",
    ),
    "a number as a key": (lambda client: client.orders.create(product_id=7, quantity=1, idempotency_key=7), "idempotency_key must be"),
    "no page": (lambda client: client.items.list().next_page(None), "takes a page that page() or next_page() returned; given: NoneType"),
}


@pytest.mark.parametrize("name", MISUSED)
def test_a_wrong_argument_raises_with_the_right_form_before_a_request_is_sent(name: str) -> None:
    use, message = MISUSED[name]
    server = Scripted([ok("get_item")])

    with pytest.raises((TypeError, ValueError)) as raised:
        use(server.client())

    assert message in str(raised.value)
    assert server.seen == []


def test_the_base_url_is_text_and_an_error_does_not_quote_its_password() -> None:
    for address in (None, httpx.URL(BASE_URL)):
        with pytest.raises(TypeError, match=r"such as 'https://shop\.example'"):
            Steelyard(address)  # type: ignore[arg-type]  # what is tried
    with pytest.raises(ValueError, match="cannot have credentials") as raised:
        Steelyard("ftp://ann:hush@shop.example")

    assert "hush" not in str(raised.value)


def test_a_passed_http_client_of_the_other_kind_raises() -> None:
    with pytest.raises(TypeError, match=r"http must be an httpx\.Client for Steelyard; given: AsyncClient\. Use the other client"):
        Steelyard(BASE_URL, http=httpx.AsyncClient())  # type: ignore[arg-type]  # what is tried
    with pytest.raises(TypeError, match=r"http must be an httpx\.AsyncClient for AsyncSteelyard; given: Client\."):
        AsyncSteelyard(BASE_URL, http=httpx.Client())  # type: ignore[arg-type]  # what is tried
    with pytest.raises(TypeError, match="given: str"):
        Steelyard(BASE_URL, http="http://proxy")  # type: ignore[arg-type]  # what is tried


async def test_one_call_can_have_another_timeout_and_other_headers() -> None:
    server = Scripted([ok("get_item")])
    client, async_client = server.client(headers={"X-Tenant": "a\tb", "X-Kept": "k"}), server.async_client(headers={"X-Kept": "k"})

    client.items.get(7, timeout=2, headers={"x-tenant": "b"})
    await async_client.items.get(7, timeout=2, headers={"x-tenant": "b"})
    client.send(calls.get_item(7), timeout=2, headers={"x-tenant": "b"})
    client.items.get(7)

    *first, last = server.seen
    for request in first:
        assert (request.headers["x-tenant"], request.headers["x-kept"]) == ("b", "k")
        assert set(request.extensions["timeout"].values()) == {2}
    assert last.headers["x-tenant"] == "a\tb"
    assert set(last.extensions["timeout"].values()) == {10.0}


def test_the_options_of_a_list_apply_to_all_its_pages() -> None:
    page = {**EXAMPLES["list_items"], "items": [EXAMPLES["get_item"]], "next_cursor": "b"}
    server = Scripted([httpx.Response(200, json=page), httpx.Response(200, json={**page, "next_cursor": None})])

    assert len(list(server.client().items.list(timeout=3, headers={"x-tenant": "b"}))) == 2

    assert [request.headers["x-tenant"] for request in server.seen] == ["b", "b"]


async def test_a_list_has_a_first_item_and_next_pages() -> None:
    item = EXAMPLES["get_item"]
    pages = [{**EXAMPLES["list_items"], "items": [item] * count, "next_cursor": cursor} for count, cursor in ((2, "b"), (1, None))]
    server = Scripted([httpx.Response(200, json=page) for page in (pages[0], pages[0], pages[1])])
    client = server.client()

    listed = client.items.list(limit=2)
    first = listed.first()
    page = listed.page()
    after = listed.next_page(page)

    assert first is not None
    assert first.id == item["id"]
    assert after is not None
    assert (len(page), len(after), listed.next_page(after)) == (2, 1, None)
    assert [request.url.params.get("cursor") for request in server.seen] == [None, None, "b"]

    empty = Scripted([httpx.Response(200, json={**pages[1], "items": []})])
    assert empty.client().items.list().first() is None
    async_listed = empty.async_client().items.list()
    assert await async_listed.first() is None
    assert await async_listed.next_page(await async_listed.page()) is None


@pytest.mark.parametrize("make", [Scripted.client, Scripted.async_client])
def test_a_list_shows_that_no_page_is_fetched_and_has_no_truth_value(make: Callable[[Scripted], Any]) -> None:
    server = Scripted([ok("list_items")])
    listed = make(server).items.list()

    assert "Pages of listItems: nothing fetched yet; iterate it" in repr(listed)
    with pytest.raises(TypeError, match="compare first\\(\\) with None"):
        bool(listed)
    assert server.seen == []


async def test_a_closed_client_raises() -> None:
    server = Scripted([ok("get_item")])
    closed, passed, own = server.client(), server.client(), Steelyard(BASE_URL)
    async_closed = server.async_client()

    closed.close()
    passed.http.close()
    own.close()
    await async_closed.aclose()

    for client in (closed, closed.with_options(timeout=1), passed, own):
        with pytest.raises(errors.ClientClosed, match="has been closed, so nothing was sent"):
            client.items.get(7)
    with pytest.raises(errors.ClientClosed):
        await async_closed.items.get(7)
    assert server.seen == []


def test_the_package_states_its_version() -> None:
    assert steelyard_client.__version__ == CONTRACT["info"]["version"]


def test_an_error_states_status_reason_fields_type_and_request() -> None:
    wrong = [
        {"loc": ["body", "price", "amount"], "pointer": "/price/amount", "msg": "Input should be greater than 0", "type": "greater_than"}
    ]
    wrong += [{"loc": ["query", f"p{number}"], "msg": "Field required", "type": "missing"} for number in range(6)]
    server = Scripted([httpx.Response(422, json={**problem("ValidationFailed").json(), "errors": wrong}, headers=PROBLEM)])

    with pytest.raises(errors.ValidationFailed) as raised:
        server.client().items.get(7)

    text = str(raised.value)
    for part in ("422 ", "; /price/amount: Input should be greater than 0; query.p0: Field required", "; and 2 more [", "request 01a2"):
        assert part in text
    assert "/problems/validation-failed" in text
    assert "\n" not in text
    assert repr(raised.value) == f"ValidationFailed({text!r})"


PROBLEM = {"content-type": "application/problem+json", "x-request-id": "01a2"}


def test_a_network_error_states_the_attempts_and_a_possible_effect() -> None:
    lost = Scripted([httpx.ReadError("cut")]).client(retries=Retries(base=0.0))
    refused = Scripted([httpx.ConnectError("refused")]).client(retries=Retries(attempts=1))

    with pytest.raises(errors.ConnectionFailed, match=r"getItem: ReadError: cut \[3 attempts, the server may have acted on it\]"):
        lost.items.get(7)
    with pytest.raises(errors.ConnectionFailed, match=r"\[1 attempt, the server has not acted on it\]"):
        refused.items.get(7)


def test_an_unexpected_response_error_states_status_and_request() -> None:
    server = Scripted([httpx.Response(200, json={}, headers={"x-request-id": "01a2"})])

    with pytest.raises(errors.UnexpectedAnswer, match=r"\[status 200, request 01a2\]$"):
        server.client().items.get(7)
