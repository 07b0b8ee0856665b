import pytest
from starlette.types import Receive, Scope, Send

from steelyard.contract.dispatch import RouteTable, path_of


async def _app(scope: Scope, receive: Receive, send: Send) -> None: ...


ROUTES = RouteTable(
    (method, path, _app)
    for method, path in [
        ("GET", "/"),
        ("GET", "/users/me"),
        ("GET", "/users/{user_id}"),
        ("DELETE", "/users/{user_id}"),
        ("PUT", "/users/{user_id}/access"),
        ("PUT", "/users/me/addresses/{address_id}"),
        ("POST", "/orders/quote"),
        ("GET", "/orders/{order_id}"),
        ("GET", "/orders/{order_id}.csv"),
        ("POST", "/orders/{order_id}:pay"),
        ("POST", "/orders/{order_id}:{action}"),
        ("GET", "/orders/{year}-{month}/sums"),
        ("GET", "/orders/{order_id}/items"),
        ("GET", "/files/v{version}"),
    ]
)


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        (b"/", "/", {}),
        (b"/users/me", "/users/me", {}),
        (b"/users/me/", "/users/me", {}),
        (b"/users/%6de", "/users/me", {}),
        (b"/users/7", "/users/{user_id}", {"user_id": "7"}),
        (b"/users/7/", "/users/{user_id}", {"user_id": "7"}),
        (b"/users/a%2Fb", "/users/{user_id}", {"user_id": "a/b"}),
        (b"/users/me/access", "/users/{user_id}/access", {"user_id": "me"}),
        (b"/users/me/addresses/5", "/users/me/addresses/{address_id}", {"address_id": "5"}),
        (b"/orders/quote", "/orders/quote", {}),
        (b"/orders/7.csv", "/orders/{order_id}.csv", {"order_id": "7"}),
        (b"/orders/7.csv/", "/orders/{order_id}.csv", {"order_id": "7"}),
        (b"/orders/a.csv.csv", "/orders/{order_id}.csv", {"order_id": "a.csv"}),
        (b"/orders/.csv", "/orders/{order_id}", {"order_id": ".csv"}),
        (b"/orders/7:pay", "/orders/{order_id}:pay", {"order_id": "7"}),
        (b"/orders/7%3apay", "/orders/{order_id}:pay", {"order_id": "7"}),
        (b"/orders/7%2F8:pay", "/orders/{order_id}:pay", {"order_id": "7/8"}),
        (b"/orders/7:send", "/orders/{order_id}:{action}", {"order_id": "7", "action": "send"}),
        (b"/orders/2027-3/sums", "/orders/{year}-{month}/sums", {"year": "2027", "month": "3"}),
        (b"/orders/2027-3/items", "/orders/{order_id}/items", {"order_id": "2027-3"}),
        (b"/orders/7/items", "/orders/{order_id}/items", {"order_id": "7"}),
        (b"/files/v2", "/files/v{version}", {"version": "2"}),
    ],
)
def test_a_path_finds_its_resource(path: bytes, resource: str, parameters: dict[str, str]) -> None:
    match = ROUTES.find(path)

    assert match is not None
    assert (match[0].path, match[1]) == (resource, parameters)


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"//",
        b"/users",
        b"/users//",
        b"/users/..",
        b"/users/.",
        b"/users/%2e%2e",
        b"//users/7",
        b"/users/7//",
        b"/users/%ff",
        b"/users/%zz",
        b"/Users/7",
        b"/users/7/x",
        b"/orders/..",
        b"/orders/-3/sums",
        b"/orders/2027-/sums",
        b"/files/2",
        b"/files/v",
        b"/files/..",
    ],
)
def test_a_path_outside_of_the_contract_is_not_found(path: bytes) -> None:
    assert ROUTES.find(path) is None


def test_a_literal_path_has_only_its_own_methods() -> None:
    match = ROUTES.find(b"/users/me")

    assert match is not None
    assert match[0].allow == ("GET", "HEAD", "OPTIONS")


def test_allow_names_every_method_of_a_path() -> None:
    match = ROUTES.find(b"/users/1")

    assert match is not None
    assert match[0].allow == ("DELETE", "GET", "HEAD", "OPTIONS")


@pytest.mark.parametrize(
    ("raw", "below"),
    [
        (b"/shop/items", b"/items"),
        (b"/shop/", b"/"),
        (b"/shop", b"/"),
        (b"/items", b"/items"),
        (b"/shopping/items", b"/shopping/items"),
        (b"/shop%2Fitems", b"/shop%2Fitems"),
        (b"/shop/shop/items", b"/shop/items"),
    ],
)
def test_the_root_path_is_removed_from_a_path_as_a_whole(raw: bytes, below: bytes) -> None:
    assert path_of({"raw_path": raw, "path": raw.decode(), "root_path": "/shop"}) == below
