"""A malformed header is refused wherever the contract promises one: by the kit's judge and by the server's own referee.

No test ever makes the server send a malformed header, so nothing but this tells whether anybody would see it. What is malformed is
told by the standard of each header, not by its schema: a pattern that is dropped, or drawn too wide, fails here.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from steelyard.contract.document import Document
from steelyard.contract.http.responses import RawResponse
from steelyard.contract.response.validator import ResponseValidator
from steelyard_contract.operations import OPERATIONS
from tests.contract.headers import FORMS, RIGHT
from tests.kit.contract.checker import CONTRACT, Exchange, Operation, escaped


class Promise(NamedTuple):
    """A header of one answer of an operation."""

    operation: Operation
    status: int
    name: str
    place: str
    """Where the document describes it."""

    def __str__(self) -> str:
        return f"{self.operation.id} {self.status} {self.name}"


def promises() -> Iterator[Promise]:
    for operation in CONTRACT.operations.values():
        for status, answer in CONTRACT.promised(operation).items():
            for name, node in answer.get("headers", {}).items():
                ref = operation.node["responses"][str(status)].get("$ref", f"#{operation.pointer}/responses/{status}")
                yield Promise(operation, status, name, node.get("$ref", f"{ref}/headers/{escaped(name)}").removeprefix("#"))


# Each place of the document once: what is written once is judged by one schema.
PLACES = list({one.place: one for one in promises()}.values())


@pytest.fixture(scope="module")
def referee() -> ResponseValidator:
    return ResponseValidator(Document.load(), "enforce")


def objecting(referee: ResponseValidator, one: Promise, value: str) -> set[str]:
    """Who objects to this value of this header, of the two that were written independently."""
    exchange = Exchange(one.operation.method, one.operation.path, one.status, [(one.name, value)], b"")
    answer = RawResponse(one.status, [(one.name.lower().encode(), value.encode())], b"")
    found = referee.check(OPERATIONS[one.operation.id], answer)
    told = {"judge"} if any(f"{one.name}: breaks " in text for text in CONTRACT.differences(exchange)) else set[str]()
    return told | {"referee" for each in found if each.where == one.name.lower() and each.keyword != "required"}


@pytest.mark.parametrize("one", PLACES, ids=str)
def test_a_malformed_value_is_refused_by_both(referee: ResponseValidator, one: Promise) -> None:
    passed = {value: objecting(referee, one, value) for value in FORMS[one.name].malformed}

    assert {value: who for value, who in passed.items() if who != {"judge", "referee"}} == {}, f"{one.name} is {FORMS[one.name].source}"


@pytest.mark.parametrize(("place", "value"), [(place, value) for place, values in RIGHT.items() for value in values])
def test_the_greatest_and_the_least_value_that_may_come_up_are_taken(referee: ResponseValidator, place: str, value: str) -> None:
    (one,) = [one for one in PLACES if one.place == place]

    assert objecting(referee, one, value) == set()


@pytest.mark.parametrize("value", FORMS["Allow"].malformed)
def test_methods_that_are_told_wrongly_are_refused_by_the_judge(value: str) -> None:
    # The referee judges answers of operations; this one comes where there is none.
    exchange = Exchange("DELETE", "/items", 405, [("Allow", value)], b"")

    assert [text for text in CONTRACT.differences(exchange) if "Allow: breaks " in text]


def test_every_header_of_the_contract_has_a_form_and_every_form_a_header() -> None:
    assert {one.name for one in PLACES} | set(CONTRACT.tree["components"]["responses"]["MethodNotAllowed"]["headers"]) == set(FORMS)
    assert {one.place for one in PLACES} >= set(RIGHT)
