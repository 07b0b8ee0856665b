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


def findings(answer: RawResponse, operation_id: str = "getItem") -> list[tuple[str, str]]:
    return [(found.where, found.keyword) for found in ResponseValidator(DOCUMENT, "enforce").check(OPERATIONS[operation_id], answer)]


def answer(code: int = 200, headers: list[Header] | None = None, body: bytes | None = None, **changes: Any) -> RawResponse:
    return RawResponse(code, HEADERS if headers is None else headers, to_json(ITEM | changes) if body is None else body)


def test_an_answer_as_promised_is_fine() -> None:
    assert findings(answer()) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"id": "7"}, [("/id", "type")]),
        ({"title": None}, [("/title", "type")]),
        ({"status": "sold"}, [("/status", "enum")]),
        ({"created_at": "yesterday"}, [("/created_at", "format")]),
        ({"password": "x"}, [("/", "additionalProperties")]),
        ({"price": {"amount": -1, "currency": "USD"}}, [("/price/amount", "minimum")]),
    ],
)
def test_a_body_that_differs_is_told_by_place_and_keyword(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert findings(answer(**changes)) == found


def test_a_missing_member_is_told() -> None:
    assert findings(answer(body=to_json({name: value for name, value in ITEM.items() if name != "title"}))) == [("/", "required")]


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([(b"content-type", b"application/json")], [("etag", "required")]),
        ([(b"content-type", b"application/json"), (b"etag", b"1.1")], [("etag", "pattern")]),
        ([(b"content-type", b"text/plain"), (b"etag", b'"1.1"')], [("content-type", "content")]),
    ],
)
def test_headers_are_judged(headers: list[Header], found: list[tuple[str, str]]) -> None:
    assert findings(answer(headers=headers)) == found


def test_an_undeclared_status_is_told() -> None:
    assert findings(answer(code=418)) == [("", "responses")]


def test_an_answer_without_a_body_has_none() -> None:
    assert findings(RawResponse(204, [], b""), "revokeCurrentCredential") == []
    assert findings(RawResponse(204, [], b"{}"), "revokeCurrentCredential") == [("", "content")]


def test_a_body_that_is_no_json_is_told() -> None:
    assert findings(answer(body=b"{")) == [("/", "json")]


def test_places_in_lists_and_names_that_callers_give_are_not_told() -> None:
    health = DOCUMENT.get("/paths/~1health/get/responses/200/content/application~1json/examples")
    (up, *_) = [one["value"] for one in health.values()]
    headers: list[Header] = [(b"content-type", b"application/json")]

    body = to_json(up | {"components": {**up["components"], "of somebody's making": 5}})
    tags = answer(tags=["fine", 5])

    assert all("somebody" not in where for where, _ in findings(RawResponse(200, headers, body), "getHealth"))
    assert findings(tags) == [("/tags/*", "type")]


def test_findings_are_counted_without_values() -> None:
    referee = ResponseValidator(DOCUMENT, "observe")

    referee.check(OPERATIONS["getItem"], answer(title=None))
    referee.check(OPERATIONS["getItem"], answer(title=None))
    referee.check(OPERATIONS["getItem"], answer())

    assert {str(found): count for found, count in referee.counts.items()} == {"getItem 200: /title breaks 'type'": 2}
    assert referee.checked == {"getItem": 3}


def test_of_each_operation_and_status_the_first_answer_and_one_in_so_many_is_looked_at() -> None:
    referee = ResponseValidator(DOCUMENT, "observe", one_in=3)

    often = [referee.samples("getItem", 200) for _ in range(7)]
    seldom = [referee.samples("getItem", 404), referee.samples("cancelOrder", 200)]

    assert often == [True, False, False, True, False, False, True]
    assert seldom == [True, True]


def test_a_referee_that_enforces_looks_at_everything() -> None:
    referee = ResponseValidator(DOCUMENT, "enforce", one_in=100)

    assert all(referee.samples("getItem", 200) for _ in range(5))


def test_an_absent_referee_looks_at_nothing() -> None:
    assert not any(ResponseValidator(DOCUMENT, "off").samples("getItem", 200) for _ in range(1000))
