"""Bodies as a whole: their syntax, their size, and whether there should be one."""

import json
from dataclasses import replace

import pytest

from tests.contract.wire.requests import (
    WITH_BODY,
    WITH_JSON,
    WITHOUT_BODY,
    StagedServer,
    assert_success,
    assert_violations,
    max_bytes,
    path_of,
    planted,
    problem_slug,
    violations,
)
from tests.kit.clients import hostile_bodies
from tests.kit.clients.raw import chunked
from tests.kit.contract.checker import CONTRACT, SEE_OTHER, Operation


@pytest.mark.promise("R11")
@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_a_body_that_is_not_json_is_one_violation(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for what, raw in request.unreadable.items():
        response = staged.send(request, raw)

        assert response.status == 422, (what, response)
        assert_violations(response, ("json_invalid", ("body",)))


@pytest.mark.parametrize("operation", [operation for operation in WITH_BODY if operation not in WITH_JSON], ids=str)
def test_a_form_text_or_stream_that_cannot_be_read_is_a_violation_of_the_body(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for what, raw in request.unreadable.items():
        response = staged.send(request, raw)

        assert (response.status, problem_slug(response)) == (422, "validation-failed"), (what, response)
        assert {place[0] for _, place in violations(response)} == {"body"}, (what, response.body)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_duplicate_deep_and_long_values_are_named_in_the_violation(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    good = json.dumps(request.body).encode()
    name = next(iter(request.body))
    twice = good[:-1] + b", " + json.dumps({name: request.body[name]}).encode()[1:]
    nested = planted(request.body, (name,), b'{"a": 1, "b": {"c": 1, "c": 2}}')
    deep = planted(request.body, (name,), b"[" * 32 + b"]" * 32)
    deeper = planted(request.body, (name,), b"[" * 900 + b"]" * 900)
    digits = planted(request.body, (name,), b"1" * 4301)

    for raw, words in ((twice, name), (nested, "'c'"), (deep, "deeper than 32"), (deeper, "deeper than 32"), (digits, "digits")):
        response = staged.send(request, raw)

        assert_violations(response, ("json_invalid", ("body",)))
        assert words in response.json()["errors"][0]["msg"], response.body


@pytest.mark.parametrize("operation", [each for each in WITH_BODY if CONTRACT.resolve(each.node["requestBody"]).get("required")], ids=str)
def test_a_missing_or_empty_required_body_is_a_violation(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    nothing = replace(request, body=None)

    for changed, raw in ((nothing, None), (nothing.without_header(b"content-type"), None), (request, b"")):
        assert_violations(staged.send(changed, raw), ("missing", ("body",)))


def test_an_empty_patch_is_rejected(staged: StagedServer) -> None:
    request = staged.valid_request(CONTRACT.operations["updateItem"])

    assert_violations(staged.send(request, b"{}"), ("too_short", ("body",)))


@pytest.mark.parametrize("operation", WITHOUT_BODY, ids=str)
def test_an_unexpected_body_is_rejected(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation).with_header(b"content-type", b"application/json")
    if operation.id == "revokeCurrentCredential":
        request = request.without_header(b"authorization")  # the token of the stage would be revoked

    for changed, raw in ((request, b"{}"), (request.with_header(b"transfer-encoding", b"chunked"), chunked(b"{}"))):
        response = staged.send(changed, raw)

        if "422" in operation.node["responses"]:
            assert_violations(response, ("unexpected_body", ("body",)))
        else:
            assert response.status == 401 if operation.id == "revokeCurrentCredential" else response.is_success, response


@pytest.mark.parametrize("operation", WITHOUT_BODY, ids=str)
def test_an_empty_chunked_body_counts_as_no_body(staged: StagedServer, operation: Operation) -> None:
    expected = (401, 404) if operation.method == "DELETE" else (200, 202, 204, SEE_OTHER)
    for raw in (chunked(), b"000\r\nTrailer-Field: 1\r\n\r\n"):
        request = staged.valid_request(operation).with_header(b"transfer-encoding", b"chunked")
        if operation.method == "DELETE":
            # Nothing of the stage is deleted: the missing id shows that the body was accepted.
            request = request.with_path(path_of(operation, b"999999999"))
            request = request.without_header(b"authorization") if operation.id == "revokeCurrentCredential" else request

        response = staged.send(request, raw)

        assert response.status in expected, response


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_a_body_above_the_limit_is_rejected_before_it_is_read(staged: StagedServer, operation: Operation) -> None:
    most = max_bytes(operation)
    request = staged.valid_request(operation).with_header(b"content-length", b"%d" % (most + 1))
    with staged.server.connect() as connection:
        connection.send_request(request.method, request.target, request.fields)

        response = connection.read_response(request.method, request.target)

        assert (response.status, problem_slug(response), response.json().get("limit")) == (413, "body-too-large", most)
        assert connection.is_closed()


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_a_chunked_body_is_rejected_when_it_exceeds_the_limit(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation).with_header(b"transfer-encoding", b"chunked")
    with staged.server.connect() as connection:
        connection.send_request(request.method, request.target, request.fields)
        for _ in range(max_bytes(operation) // 1024):
            connection.send(b"400\r\n" + b" " * 1024 + b"\r\n")
        over = max_bytes(operation) % 1024 + 1
        connection.send(b"%x\r\n" % over + b" " * over + b"\r\n")

        response = connection.read_response(request.method, request.target)

        assert (response.status, problem_slug(response)) == (413, "body-too-large")
        assert connection.is_closed()


@pytest.mark.promise("R11")
@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_a_body_reports_at_most_a_hundred_violations(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    members = b",".join(b'"x%d":0' % number for number in range(700))

    response = staged.send(request, b"{" + members + b"}")

    assert (response.status, problem_slug(response)) == (422, "validation-failed"), response
    assert (len(response.json()["errors"]), response.json()["truncated"]) == (100, True)
    for attack in hostile_bodies.documents(max_bytes(operation) * 3 // 4, next(iter(request.body)), "lines").values():
        hurt = staged.send(request, attack)
        assert (hurt.status, problem_slug(hurt)) == (422, "validation-failed"), (attack[:100], hurt)
        assert len(hurt.json()["errors"]) <= 100


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_a_chunked_body_is_accepted(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation).with_header(b"transfer-encoding", b"chunked")
    good = request.content or b""

    # Only requests that succeed more than once are sent again.
    if operation.id not in {"changePassword", "cancelOrder", "setUserAccess"}:
        assert_success(staged.send(request, chunked(*(good[at : at + 3] for at in range(0, len(good), 3)))))
    for raw in list(request.unreadable.values())[:1]:
        assert staged.send(request, chunked(raw)).status == 422
