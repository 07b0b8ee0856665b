"""The kit's checker and the server's validator reject malformed values of every header of the contract.

The server never sends a malformed header, so no other test shows that one would be detected. The malformed values come from the
standard of each header, not from its schema: a pattern that is removed, or too wide, fails here.
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
    """A header of one response of an operation."""

    operation: Operation
    status: int
    name: str
    place: str
    """Where the document describes it."""

    def __str__(self) -> str:
        return f"{self.operation.id} {self.status} {self.name}"


def promises() -> Iterator[Promise]:
    for operation in CONTRACT.operations.values():
        for status, response in CONTRACT.responses(operation).items():
            for name, node in response.get("headers", {}).items():
                ref = operation.node["responses"][str(status)].get("$ref", f"#{operation.pointer}/responses/{status}")
                yield Promise(operation, status, name, node.get("$ref", f"{ref}/headers/{escaped(name)}").removeprefix("#"))


# Each place of the document once: a shared header has one schema.
PLACES = list({promise.place: promise for promise in promises()}.values())


@pytest.fixture(scope="module")
def validator() -> ResponseValidator:
    return ResponseValidator(Document.load(), "enforce")


def rejected_by(validator: ResponseValidator, promise: Promise, value: str) -> set[str]:
    """Which of the two independent checks reject this value of this header."""
    exchange = Exchange(promise.operation.method, promise.operation.path, promise.status, [(promise.name, value)], b"")
    response = RawResponse(promise.status, [(promise.name.lower().encode(), value.encode())], b"")
    mismatches = validator.check(OPERATIONS[promise.operation.id], response)
    names = {"checker"} if any(f"{promise.name}: breaks " in text for text in CONTRACT.mismatches(exchange)) else set[str]()
    return names | {"validator" for mismatch in mismatches if mismatch.where == promise.name.lower() and mismatch.keyword != "required"}


@pytest.mark.parametrize("promise", PLACES, ids=str)
def test_a_malformed_value_is_rejected_by_both(validator: ResponseValidator, promise: Promise) -> None:
    rejected = {value: rejected_by(validator, promise, value) for value in FORMS[promise.name].malformed}

    assert {value: by for value, by in rejected.items() if by != {"checker", "validator"}} == {}, (
        f"{promise.name} is {FORMS[promise.name].source}"
    )


@pytest.mark.parametrize(("place", "value"), [(place, value) for place, values in RIGHT.items() for value in values])
def test_the_largest_and_the_smallest_possible_value_are_accepted(validator: ResponseValidator, place: str, value: str) -> None:
    (promise,) = [promise for promise in PLACES if promise.place == place]

    assert rejected_by(validator, promise, value) == set()


@pytest.mark.parametrize("value", FORMS["Allow"].malformed)
def test_the_checker_rejects_a_malformed_allow_header(value: str) -> None:
    # The validator only checks responses of operations; this request matches none.
    exchange = Exchange("DELETE", "/items", 405, [("Allow", value)], b"")

    assert [text for text in CONTRACT.mismatches(exchange) if "Allow: breaks " in text]


def test_every_header_of_the_contract_has_a_form_and_every_form_a_header() -> None:
    assert {promise.name for promise in PLACES} | set(CONTRACT.tree["components"]["responses"]["MethodNotAllowed"]["headers"]) == set(FORMS)
    assert {promise.place for promise in PLACES} >= set(RIGHT)
