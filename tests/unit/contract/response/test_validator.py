from typing import Any

import pytest
from pydantic_core import to_json

from steelyard.contract.document import Document
from steelyard.contract.http.responses import Header, RawResponse
from steelyard.contract.response.validator import ResponseValidator
from steelyard_contract.operations import OPERATIONS

DOCUMENT = Document.load()
ITEM: dict[str, Any] = DOCUMENT.get("/paths/~1items~1{item_id}/get/responses/200/content/application~1json/examples/public/value")
HEADERS: list[Header] = [(b"content-type", b"application/json"), (b"etag", b'"1.1"')]


def mismatches(response: RawResponse, operation_id: str = "getItem") -> list[tuple[str, str]]:
    return [
        (mismatch.where, mismatch.keyword) for mismatch in ResponseValidator(DOCUMENT, "enforce").check(OPERATIONS[operation_id], response)
    ]


def response(code: int = 200, headers: list[Header] | None = None, body: bytes | None = None, **changes: Any) -> RawResponse:
    return RawResponse(code, HEADERS if headers is None else headers, to_json(ITEM | changes) if body is None else body)


def test_a_response_that_keeps_the_contract_has_no_mismatch() -> None:
    assert mismatches(response()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "7"}, [("/id", "type")]),
        ({"title": None}, [("/title", "type")]),
        ({"status": "sold"}, [("/status", "enum")]),
        ({"created_at": "yesterday"}, [("/created_at", "format")]),
        ({"password": "x"}, [("/", "additionalProperties")]),
        ({"price": {"amount": -1, "currency": "USD"}}, [("/price/amount", "minimum")]),
    ],
)
def test_a_mismatch_in_a_body_has_its_place_and_keyword(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert mismatches(response(**changes)) == expected


def test_a_missing_member_is_a_mismatch() -> None:
    assert mismatches(response(body=to_json({name: value for name, value in ITEM.items() if name != "title"}))) == [("/", "required")]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(b"content-type", b"application/json")], [("etag", "required")]),
        ([(b"content-type", b"application/json"), (b"etag", b"1.1")], [("etag", "pattern")]),
        ([(b"content-type", b"text/plain"), (b"etag", b'"1.1"')], [("content-type", "content")]),
    ],
)
def test_headers_are_validated(headers: list[Header], expected: list[tuple[str, str]]) -> None:
    assert mismatches(response(headers=headers)) == expected


def test_an_undeclared_status_is_a_mismatch() -> None:
    assert mismatches(response(code=418)) == [("", "responses")]


def test_a_response_without_content_has_no_body() -> None:
    assert mismatches(RawResponse(204, [], b""), "revokeCurrentCredential") == []
    assert mismatches(RawResponse(204, [], b"{}"), "revokeCurrentCredential") == [("", "content")]


def test_a_body_that_is_not_json_is_a_mismatch() -> None:
    assert mismatches(response(body=b"{")) == [("/", "json")]


def test_a_place_omits_list_indexes_and_the_names_of_free_members() -> None:
    health = DOCUMENT.get("/paths/~1health/get/responses/200/content/application~1json/examples")
    (up, *_) = [example["value"] for example in health.values()]
    headers: list[Header] = [(b"content-type", b"application/json")]

    body = to_json(up | {"components": {**up["components"], "a caller's name": 5}})
    tags = response(tags=["fine", 5])

    assert all("caller" not in where for where, _ in mismatches(RawResponse(200, headers, body), "getHealth"))
    assert mismatches(tags) == [("/tags/*", "type")]


def test_mismatches_are_counted_without_values() -> None:
    validator = ResponseValidator(DOCUMENT, "observe")

    validator.check(OPERATIONS["getItem"], response(title=None))
    validator.check(OPERATIONS["getItem"], response(title=None))
    validator.check(OPERATIONS["getItem"], response())

    assert {str(mismatch): count for mismatch, count in validator.counts.items()} == {"getItem 200: /title breaks 'type'": 2}
    assert validator.checked == {"getItem": 3}


def test_each_operation_and_status_samples_its_first_response_and_one_in_n() -> None:
    validator = ResponseValidator(DOCUMENT, "observe", one_in=3)

    often = [validator.samples("getItem", 200) for _ in range(7)]
    seldom = [validator.samples("getItem", 404), validator.samples("cancelOrder", 200)]

    assert often == [True, False, False, True, False, False, True]
    assert seldom == [True, True]


def test_enforcing_checks_every_response() -> None:
    validator = ResponseValidator(DOCUMENT, "enforce", one_in=100)

    assert all(validator.samples("getItem", 200) for _ in range(5))


def test_a_validator_that_is_off_checks_nothing() -> None:
    assert not any(ResponseValidator(DOCUMENT, "off").samples("getItem", 200) for _ in range(1000))
