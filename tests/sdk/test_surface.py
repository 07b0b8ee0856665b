"""The public names of the SDK, and the requests that its calls send."""

import inspect
import json
import tomllib
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import httpx
import pytest

import steelyard_client
from steelyard_client import UNSET, AsyncSteelyard, Steelyard, calls, errors, login, models, operations, webhooks
from steelyard_client.testing import FakeSteelyard
from tests.sdk.kit import BASE_URL, ROOT, Scripted, ok
from tests.sdk.names import METHODS

SNAPSHOT = ROOT / "tests" / "sdk" / "surface.txt"


def signature(function: Any) -> str:
    parameters = inspect.signature(function).parameters.values()
    return ", ".join(
        f"{'*' if each.kind is each.KEYWORD_ONLY else '**' if each.kind is each.VAR_KEYWORD else ''}{each.name}"
        for each in parameters
        if each.name != "self"
    )


def surface() -> str:
    """Every public name with its parameters, a line each."""
    lines = [f"steelyard_client.{name}" for name in steelyard_client.__all__]
    for module in (models, errors, operations, calls, login, webhooks):
        lines += [f"{module.__name__}.{name}" for name in module.__all__]
    for kind in (Steelyard, AsyncSteelyard, FakeSteelyard):
        lines += [f"{kind.__name__}({signature(kind.__init__)})"]
        for name, member in inspect.getmembers(kind):
            if not name.startswith("_"):
                lines.append(f"{kind.__name__}.{name}" + (f"({signature(member)})" if callable(member) else ""))
    with Steelyard(BASE_URL) as client:
        for tag, method in METHODS.values():
            lines.append(f"client.{tag}.{method}({signature(getattr(getattr(client, tag), method))})")
    return "\n".join(sorted(lines)) + "\n"


def test_the_public_surface_equals_the_reviewed_one() -> None:
    made = surface()
    reviewed = SNAPSHOT.read_text() if SNAPSHOT.exists() else ""
    if not reviewed:
        SNAPSHOT.write_text(made)

    assert made == reviewed, "the surface changed: delete surface.txt, run this once, review the difference with git and commit it"


@pytest.mark.parametrize("module", [steelyard_client, models, calls, operations], ids=lambda module: module.__name__)
def test_every_listed_name_exists(module: ModuleType) -> None:
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        module.nothing  # noqa: B018  # the access raises


def sent_by(use: Any, key: str, status: int = 200) -> httpx.Request:
    server = Scripted([ok(key, status)])
    use(server.client())
    return server.seen[0]


def test_a_body_has_the_arguments_of_the_call_and_keeps_null() -> None:
    request = sent_by(lambda client: client.items.update(7, title="Lamp", sku=None, category=UNSET), "update_item")

    assert (request.method, request.url.path) == ("PATCH", "/items/7")
    assert request.headers["content-type"] == "application/merge-patch+json"
    assert json.loads(request.content) == {"title": "Lamp", "sku": None}


@pytest.mark.parametrize(
    "address",
    [
        models.ShippingAddressCreate(name="Ann", street="1 A", city="B", zip_code="12345"),
        {"name": "Ann", "street": "1 A", "city": "B", "zip_code": "12345"},
    ],
)
def test_arguments_may_be_models_or_dictionaries(address: Any) -> None:
    lines = [models.BasketLine(product_id=7, quantity=1), {"product_id": 8, "quantity": 2}]
    request = sent_by(lambda client: client.orders.create(lines=lines, shipping_address=address), "create_order", 201)

    assert json.loads(request.content) == {
        "lines": [{"product_id": 7, "quantity": 1}, {"product_id": 8, "quantity": 2}],
        "shipping_address": {"name": "Ann", "street": "1 A", "city": "B", "zip_code": "12345"},
    }


def test_a_form_is_sent_urlencoded() -> None:
    request = sent_by(lambda client: client.auth.issue_token(username="a+b@c.de", password="x y&z"), "issue_token")

    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.content == b"username=a%2Bb%40c.de&password=x+y%26z"


def test_query_parameters_of_every_type_are_sent_as_text() -> None:
    since = datetime(2027, 1, 10, 9, 30, tzinfo=UTC)
    server = Scripted([ok("list_orders")])
    server.client().orders.list(status=models.OrderStatus.PENDING, created_after=since, limit=5).page()

    assert server.seen[0].url.raw_path == b"/orders?limit=5&status=pending&created_after=2027-01-10T09%3A30%3A00.000000Z"
    assert b"in_stock=true" in sent_by(lambda client: client.items.list(in_stock=True, search="a&b c").page(), "list_items").url.query
    with pytest.raises(ValueError, match="time zone"):
        server.client().orders.list(created_after=datetime(2027, 1, 10)).page()  # noqa: DTZ001  # this raises


def test_wrong_arguments_of_a_body_raise_before_a_request_is_sent() -> None:
    server = Scripted([ok("create_order", 201)])
    create: Any = server.client().orders.create

    with pytest.raises(TypeError, match="did you mean 'product_id'"):
        create(prodct_id=7, quantity=1)
    with pytest.raises(TypeError, match="takes product_id, quantity or lines"):
        create(product_id=7)
    with pytest.raises(TypeError, match="takes product_id, quantity or lines"):
        create(product_id=7, quantity=1, lines=[])
    assert server.seen == []


def test_a_path_parameter_cannot_change_the_path() -> None:
    get: Any = calls.get_item
    assert get("a/b?c").path == "/items/a%2Fb%3Fc"
    for value in ("", ".", ".."):
        with pytest.raises(ValueError, match="cannot stand in a path"):
            get(value)


def test_a_value_without_a_json_form_raises() -> None:
    create: Any = calls.create_item
    for value, error in ((float("nan"), ValueError), (b"x", TypeError), (object(), TypeError)):
        with pytest.raises(error):
            create(title="Lamp", price={"amount": value, "currency": "USD"})


def test_a_tag_is_text_or_a_resource() -> None:
    item = models.Item.from_dict(ok("get_item").json())

    for tag, sent in ((item, '"4"'), ('"5"', '"5"'), (None, None), ("*", "*")):
        assert (calls.update_item(7, title="x", if_match=tag).headers or {}).get("If-Match") == sent


@pytest.mark.parametrize(
    ("options", "kind", "reason"),
    [
        ({"token": "a", "api_key": "b"}, TypeError, "one kind of credentials"),
        ({"username": "a", "password": "b", "token": "c"}, TypeError, "one kind of credentials"),
        ({"username": "a"}, TypeError, "go together"),
        ({"scope": "orders:read"}, TypeError, "scope requires"),
        ({"base_url": "http://shop.example", "token": "a"}, ValueError, "readable on their way"),
        ({"base_url": "shop.example"}, ValueError, "address of a server"),
        ({"base_url": "https://ann:secret@shop.example"}, ValueError, "cannot have"),
        ({"http": httpx.Client(auth=("a", "b"))}, TypeError, "has auth, which"),
        ({"http": httpx.Client(cookies={"a": "b"})}, TypeError, "has cookies, which"),
        ({"http": httpx.Client(params={"a": "b"})}, TypeError, "has params, which"),
        ({"http": httpx.Client(base_url="https://other.example")}, TypeError, "has base_url, which"),
    ],
)
def test_a_client_with_contradictory_options_is_not_created(options: dict[str, Any], kind: type[Exception], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        Steelyard(**{"base_url": BASE_URL, **options})


def test_credentials_go_over_plain_http_only_to_loopback_or_with_insecure() -> None:
    for base_url in ("http://127.0.0.1:8000", "http://localhost", "http://[::1]:80"):
        assert Steelyard(base_url, token="a").base_url == base_url
    assert Steelyard("http://shop.example", token="a", insecure=True).base_url == "http://shop.example"
    assert Steelyard("http://shop.example").base_url == "http://shop.example"


def test_from_env_creates_a_client_from_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="STEELYARD_URL"):
        Steelyard.from_env()
    monkeypatch.setenv("STEELYARD_URL", BASE_URL)
    monkeypatch.setenv("STEELYARD_API_KEY", "k")

    assert repr(Steelyard.from_env()) == f"<Steelyard {BASE_URL}, Static(authorization, ***)>"
    assert AsyncSteelyard.from_env(timeout=3).core.timeout == 3


def test_headers_and_hooks_of_a_passed_httpx_client_are_used() -> None:
    ran = list[str]()
    server = Scripted([ok("get_item")])
    http = httpx.Client(
        transport=httpx.MockTransport(server),
        headers={"X-Team": "blue"},
        event_hooks={"request": [lambda request: ran.append(request.method)]},
    )

    Steelyard(BASE_URL, http=http, headers={"x-trace": "1"}).items.get(7)

    assert (server.seen[0].headers["x-team"], server.seen[0].headers["x-trace"], ran) == ("blue", "1", ["GET"])


def test_with_options_changes_settings_and_keeps_the_connections() -> None:
    server = Scripted([ok("get_item")])
    client = server.client()
    view = client.with_options(timeout=2, headers={"X-Trace": "1"})

    view.items.get(7)
    client.items.get(7)

    assert [request.extensions["timeout"]["read"] for request in server.seen] == [2, 10]
    assert ["x-trace" in request.headers for request in server.seen] == [True, False]
    assert view.http is client.http
    assert view.items is not client.items
    with pytest.raises(errors.CredentialsMissing):
        client.with_options(auth=None).orders.get(7)


def test_redirects_are_not_followed() -> None:
    server = Scripted([httpx.Response(307, headers={"location": "https://evil.example/items/7"})])

    with pytest.raises(errors.ApiError) as raised:
        server.client().items.get(7)

    assert (raised.value.status, len(server.seen)) == (307, 1)


def test_the_package_has_the_version_of_the_contract() -> None:
    described = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text())

    assert described["project"]["version"] == steelyard_client.CONTRACT_VERSION
