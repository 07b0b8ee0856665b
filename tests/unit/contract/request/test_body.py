import json
from collections.abc import Iterator
from typing import Any

import pytest

from steelyard.contract.document import Document
from steelyard.contract.request.body import RequestBody
from steelyard.contract.request.heads import ClientDisconnected
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import BodyTooLarge, UnsupportedMediaType

DOCUMENT = Document.load()


def body_of(operation_id: str) -> RequestBody:
    return RequestBody(OPERATIONS[operation_id].bodies, DOCUMENT)


def parsed(operation_id: str, raw: bytes) -> tuple[Any, list[m.Violation]]:
    violations: list[m.Violation] = []
    model, _ = body_of(operation_id).parse(raw, violations)
    return model, violations


def places(violations: list[m.Violation]) -> list[tuple[str, str | None]]:
    return [(violation.type, violation.pointer) for violation in violations]


def test_the_members_of_a_body_decide_its_schema() -> None:
    single, _ = parsed("createOrder", b'{"product_id": 1, "quantity": 2}')
    basket, _ = parsed("createOrder", b'{"lines": [{"product_id": 1, "quantity": 2}]}')

    assert (type(single), type(basket)) == (m.SingleItemOrder, m.BasketOrder)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"product_id": 1}, [("missing", "/quantity")]),
        ({"product_id": 1, "quantity": 101}, [("bulk_discount_required", "/discount_code")]),
        ({"product_id": 1, "quantity": 101, "discount_code": None}, [("bulk_discount_required", "/discount_code")]),
        (
            {"product_id": 1, "quantity": 0, "discount_code": "SAVE"},
            [("greater_than_equal", "/quantity"), ("string_pattern_mismatch", "/discount_code")],
        ),
        ({"lines": []}, [("too_short", "/lines")]),
        ({"lines": [{"product_id": 1, "quantity": 1, "x": 1}]}, [("extra_forbidden", "/lines/0/x")]),
        ({"product_id": "1", "quantity": True}, [("int_type", "/product_id"), ("int_type", "/quantity")]),
        ({}, [("missing", "/product_id"), ("missing", "/quantity")]),
        ([], [("model_type", None)]),
    ],
)
def test_every_violation_is_reported_once_with_its_pointer(body: Any, expected: list[tuple[str, str | None]]) -> None:
    model, violations = parsed("createOrder", json.dumps(body).encode())

    assert model is None
    assert places(violations) == expected


def test_the_contract_replaces_the_message_of_a_violation() -> None:
    _, violations = parsed("createOrder", b'{"product_id": 1, "quantity": 1, "discount_code": "SAVE"}')

    assert [violation.msg for violation in violations] == ["Discount codes must start with PROMO-"]


def test_a_violation_never_quotes_the_value() -> None:
    secret = "swordfish" * 20

    _, violations = parsed("createUser", json.dumps({"name": "", "email": secret, "password": secret, "age": secret}).encode())

    assert len(violations) == 4
    assert not any("swordfish" in str(violation.model_dump()) for violation in violations)


def test_an_empty_patch_is_a_violation() -> None:
    _, violations = parsed("updateItem", b"{}")

    assert [(violation.type, violation.loc, violation.msg) for violation in violations] == [
        ("too_short", ["body"], "At least one member is required")
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"username=a&password=b", []),
        (b"username=a&password=b&x=1&x=2&%FF=%zz", []),
        (b"username=a&password=b&refresh_token=&grant_type=&client_id=", []),
        (b"username=&password=b", [("missing", "/username")]),
        (b"username=a&username=b&password=c", [("repeated", "/username")]),
        (b"username=%FF&password=c", [("string_unicode", "/username")]),
        (b"grant_type=refresh_token", [("missing", "/refresh_token")]),
        (b"&".join(b"x%d=1" % number for number in range(1001)), [("too_many_fields", None)]),
    ],
)
def test_forms_are_validated_as_strictly(raw: bytes, expected: list[tuple[str, str | None]]) -> None:
    _, violations = parsed("issueToken", raw)

    assert places(violations) == expected


@pytest.mark.parametrize(
    ("media", "encoding", "taken"),
    [
        (b"application/json", None, True),
        (b"Application/JSON; charset=UTF-8", None, True),
        (b'application/json; charset="utf-8"', None, True),
        (b"application/json", b"identity", True),
        (b"application/json; charset=latin-1", None, False),
        (b"application/json", b"gzip", False),
        (b"text/json", None, False),
        (b"", None, False),
    ],
)
def test_the_media_type_is_the_one_of_the_contract(media: bytes, encoding: bytes | None, taken: bool) -> None:
    headers = {b"content-type": media} | ({} if encoding is None else {b"content-encoding": encoding})

    if taken:
        body_of("createItem").check_head(headers)
    else:
        with pytest.raises(UnsupportedMediaType):
            body_of("createItem").check_head(headers)


def test_two_lines_with_the_same_media_type_are_no_media_type() -> None:
    with pytest.raises(UnsupportedMediaType):
        body_of("createItem").check_head({b"content-type": b"application/json; v=1, application/json; v=1"}, {b"content-type"})


def _messages(parts: list[bytes]) -> Iterator[dict[str, Any]]:
    for part in parts[:-1]:
        yield {"type": "http.request", "body": part, "more_body": True}
    yield {"type": "http.request", "body": parts[-1], "more_body": False}
    yield {"type": "http.disconnect"}


async def test_the_parts_of_a_body_are_joined() -> None:
    messages = _messages([b"[1,", b"2", b"]"])

    async def receive() -> Any:
        return next(messages)

    assert await body_of("createItem").read(receive) == b"[1,2]"


async def test_reading_stops_at_the_limit_of_the_body() -> None:
    body = body_of("createItem")
    messages = _messages([b"x" * (body.limit // 2)] * 3)

    async def receive() -> Any:
        return next(messages)

    with pytest.raises(BodyTooLarge):
        await body.read(receive)


async def test_a_client_that_disconnects_ends_the_request() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnected):
        await body_of("createItem").read(receive)
