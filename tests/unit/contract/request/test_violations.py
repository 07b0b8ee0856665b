from collections.abc import Iterable, Iterator

import jsonschema_rs
import pytest
from pydantic import TypeAdapter, ValidationError

from steelyard.contract.document import Document
from steelyard.contract.request.violations import document_violations, model_violations, validation_failed
from steelyard_contract.bounds import MAX_VIOLATIONS

MANY_WRONG = [""] * 1000
DOCUMENT = Document(b'{"openapi": "3.1.0", "paths": {}}')


class Counted:
    """Counts what is taken of it."""

    def __init__(self, inner: Iterable[jsonschema_rs.ValidationError]) -> None:
        self._inner = inner
        self.taken = 0

    def __iter__(self) -> Iterator[jsonschema_rs.ValidationError]:
        for each in self._inner:
            self.taken += 1
            yield each


def test_no_more_violations_of_the_document_are_read_than_decide_that_there_are_too_many() -> None:
    errors = Counted(jsonschema_rs.Draft202012Validator({"items": {"type": "integer"}}).iter_errors(MANY_WRONG))

    violations = document_violations(DOCUMENT, errors, ["body"])

    assert (len(violations), errors.taken) == (MAX_VIOLATIONS + 1, MAX_VIOLATIONS + 1)


def test_no_more_violations_of_the_model_are_kept_than_decide_that_there_are_too_many() -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(list[int]).validate_python(MANY_WRONG)

    assert len(model_violations(raised.value, ["body"])) == MAX_VIOLATIONS + 1


@pytest.mark.parametrize("more", [0, 1])
def test_the_problem_says_whether_the_list_is_complete(more: int) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(list[int]).validate_python([""] * (MAX_VIOLATIONS + more))

    problem = validation_failed(model_violations(raised.value, ["body"]))

    errors = problem.members["errors"]
    assert isinstance(errors, list)
    assert (len(errors), problem.members["truncated"]) == (MAX_VIOLATIONS, bool(more))
