"""Two further checks for Schemathesis, a reader of streams, and valid values where a schema cannot state which are."""

import itertools
import uuid
from typing import Any

import schemathesis

from tests.contract.coverage.cases import schema_pointer
from tests.contract.fuzz import checks  # noqa: F401  # it registers its check
from tests.kit.contract.bodies import NDJSON, decoded, encoded
from tests.kit.contract.checker import CONTRACT

COUNT = itertools.count(1)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001  # the hook's signature
    """A fresh key for each request that should be accepted, existing ids, and conditions that hold."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    headers = case.headers or {}
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = uuid.uuid5(uuid.NAMESPACE_URL, str(next(COUNT))).hex
    if "If-Match" in headers and next(COUNT) % 4:
        headers["If-Match"] = "*"
    for name, value in (case.path_parameters or {}).items():
        if isinstance(value, int) and next(COUNT) % 2:
            small, where = 1 + value % 1000, schema_pointer(CONTRACT, case.operation.definition.raw["operationId"], name)
            case.path_parameters[name] = small if CONTRACT.validator(where).is_valid(small) else value


@schemathesis.serializer(NDJSON)
def write_lines(context: Any, value: Any) -> bytes:  # noqa: ARG001  # the signature of a serializer
    """A list as the items of a stream. Another value is none: it becomes an empty line, which is no item."""
    return encoded(NDJSON, value) or b"\n"


@schemathesis.deserializer(NDJSON)
def read_lines(context: Any, response: Any) -> Any:  # noqa: ARG001  # the signature of a deserializer
    """The items of a stream as a list."""
    return decoded(NDJSON, response.content)


@schemathesis.check
def valid_requests_are_not_rejected_as_invalid(context: Any, response: Any, case: Any) -> None:  # noqa: ARG001  # the check's signature
    """A 422 for a valid request has its own problem type."""
    if response.status_code == 422 and case.meta is not None and case.meta.generation.mode.is_positive:
        assert response.json()["type"] != "/problems/validation-failed", f"a valid request was rejected as invalid: {response.json()}"
