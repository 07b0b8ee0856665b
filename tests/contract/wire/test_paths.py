"""Paths: ids, escapes, slashes."""

import pytest

from tests.contract.wire.requests import OPERATIONS, READS, StagedServer, parameters, path_of, problem_slug, violations, with_parameters
from tests.kit.contract.checker import CONTRACT, Operation


@pytest.mark.parametrize("operation", with_parameters("path", "integer"), ids=str)
def test_an_id_outside_of_its_schema_is_rejected(staged: StagedServer, operation: Operation) -> None:
    ((name, schema),) = parameters(operation, "path")
    beyond = str(schema["maximum"] + 1).encode()
    for segment in (
        b"abc",
        b"0",
        b"-1",
        b"01",
        b"1.0",
        b"1e1",
        b"+1",
        b"%31%20",
        b"%00",
        b"1%2F2",
        b"%2F",
        b"%2e%2e%2f",
        beyond,
        b"9" * 400,
    ):
        response = staged.send(staged.valid_request(operation).with_path(path_of(operation, segment)))

        assert response.status == 422, (segment, response)
        assert [place for _, place in violations(response)] == [("path", name)], (segment, response.body)


@pytest.mark.parametrize("operation", with_parameters("path", "integer"), ids=str)
def test_a_percent_encoded_id_is_decoded(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation, **{parameters(operation, "path")[0][0]: 123_456_789})
    escaped = b"".join(b"%%%02x" % byte for byte in b"123456789")

    plain, other = staged.send(request), staged.send(request.with_path(path_of(operation, escaped)))

    assert (plain.status, problem_slug(plain)) == (other.status, problem_slug(other))


@pytest.mark.parametrize("operation", with_parameters("path"), ids=str)
def test_a_dot_segment_or_an_undecodable_one_is_not_found(staged: StagedServer, operation: Operation) -> None:
    for segment in (b".", b"..", b"%2e", b"%2E%2e", b"%ff", b"%zz", b"%", b"%C3%28"):
        response = staged.send(staged.valid_request(operation).with_path(path_of(operation, segment) or b"/"))

        assert (response.status, problem_slug(response)) == (404, "not-found"), (segment, response)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_paths_are_never_normalised(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    path = request.path
    for target in (b"/" + path, b"/." + path, b"/.." + path, path + b"//", b"/x/.." + path, path + b"/.", path.replace(b"/", b"//", 1)):
        if target == b"//" and path != b"/":
            continue
        response = staged.send(request.with_path(target))

        assert (response.status, problem_slug(response)) == (404, "not-found"), (target, response)


@pytest.mark.parametrize("operation", READS, ids=str)
def test_a_trailing_slash_reaches_the_same_operation_without_a_redirect(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    plain, slash = staged.send(request), staged.send(request.with_path(request.path.rstrip(b"/") + b"/"))

    assert (slash.status, slash.body, slash.header("etag")) == (plain.status, plain.body, plain.header("etag"))


@pytest.mark.parametrize("operation_id", ["createItem", "createOrder", "createUser"])
def test_a_location_header_has_no_trailing_slash(staged: StagedServer, operation_id: str) -> None:
    request = staged.valid_request(CONTRACT.operations[operation_id])

    response = staged.send(request.with_path(request.path + b"/"))

    assert response.status == 201
    assert response.header("location") == f"{request.path.decode()}/{response.json()['id']}"
