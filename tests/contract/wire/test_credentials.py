"""The Authorization header, and the order of the checks."""

import pytest

from tests.contract.wire.requests import (
    CHOOSING,
    LOGIN_OPTIONAL,
    LOGIN_REQUIRED,
    OPERATIONS,
    WITH_BODY,
    WITH_LOGIN,
    StagedServer,
    assert_success,
    max_bytes,
    problem_slug,
    violations,
)
from tests.kit.contract.checker import CONTRACT, Operation


@pytest.mark.parametrize("operation", LOGIN_REQUIRED, ids=str)
def test_a_request_without_a_bearer_token_gets_a_401(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    token = dict(request.fields)[b"authorization"]

    for changed in (
        request.without_header(b"authorization"),
        request.with_header(b"authorization", b"Basic YTpi"),
        request.with_header(b"authorization", token.removeprefix(b"Bearer ")),
        request.with_header(b"authorization", b"Bearer"),
        request.with_header(b"authorization", b""),
        request.with_further_header(b"authorization", token),
    ):
        response = staged.send(changed)

        assert (response.status, problem_slug(response)) == (401, "not-authenticated"), (changed.fields, response)
        assert response.header("www-authenticate") == "Bearer"


@pytest.mark.parametrize("operation", WITH_LOGIN, ids=str)
def test_an_invalid_token_gets_a_401(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    good = f"Bearer {staged.stage.buyer.token}".encode()
    head, claims, signature = good.split(b".")

    for token in (
        b"Bearer x",
        b"Bearer a.b.c",
        good + b"x",
        good + b"=",
        good + b".x",
        head + b"." + claims + b".",
        head + b"." + claims[:-1] + b"." + signature,
        b"Bearer eyJhbGciOiJub25lIn0." + claims + b".",
        b"Bearer " + b"a" * 4097,
        b"Bearer \xff\xfe",
        b"Bearer " + b"[" * 2700 + b".a.b",
    ):
        response = staged.send(request.with_header(b"authorization", token))

        assert (response.status, problem_slug(response)) == (401, "invalid-token"), (token, response)
        assert response.header("www-authenticate") == "Bearer"


@pytest.mark.parametrize("operation", LOGIN_OPTIONAL, ids=str)
def test_a_malformed_authorization_header_gets_a_401_where_login_is_optional(staged: StagedServer, operation: Operation) -> None:
    for value in (b"Basic YTpi", b"Bearer", b"nonsense"):
        response = staged.send(staged.valid_request(operation).with_header(b"authorization", value))

        assert (response.status, problem_slug(response)) == (401, "not-authenticated"), (value, response)


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if not any(CONTRACT.security(operation))], ids=str)
def test_public_operations_ignore_the_authorization_header(staged: StagedServer, operation: Operation) -> None:
    for value in (b"Bearer nonsense", b"Basic YTpi", f"Bearer {staged.stage.buyer.token}".encode()):
        assert_success(staged.send(staged.valid_request(operation).with_header(b"authorization", value)))


@pytest.mark.parametrize("operation", LOGIN_REQUIRED, ids=str)
def test_the_bearer_scheme_is_case_insensitive(staged: StagedServer, operation: Operation) -> None:
    # The requests are invalid in another way as well, so that they have no effect.
    request = staged.valid_request(operation).with_header(b"accept", b"image/png").with_query(b"surprise=1")
    token = dict(request.fields)[b"authorization"].removeprefix(b"Bearer ")
    for scheme in (b"bearer ", b"BEARER ", b"Bearer  "):
        response = staged.send(request.with_header(b"authorization", scheme + token))

        assert response.status in {406, 422, 202, 204}, (scheme, response)
        if operation.id == "revokeCurrentCredential":
            break  # this operation has no other check, so the session of the guest has ended


@pytest.mark.parametrize("operation", [operation for operation in WITH_BODY if operation in LOGIN_REQUIRED], ids=str)
def test_problems_come_in_the_documented_order(staged: StagedServer, operation: Operation) -> None:
    worst = (
        staged.valid_request(operation)
        .without_header(b"authorization")
        .with_header(b"accept", b"image/png")
        .with_header(b"content-type", b"application/xml")
        .with_query(b"x=1")
    )
    good = dict(staged.valid_request(operation).fields)
    with staged.server.connect() as connection:
        connection.send_request(worst.method, worst.target, worst.with_header(b"content-length", b"%d" % (max_bytes(operation) + 1)).fields)
        seen = [connection.read_response(worst.method, worst.target).status]

    seen.append(staged.send(worst, b"{").status)
    worst = worst.with_header(
        b"authorization", f"Bearer {staged.stage.world.token(staged.stage.buyer.id, staged.stage.buyer.credential_id, [])}".encode()
    )
    seen.append(staged.send(worst, b"{").status)
    worst = worst.with_header(b"authorization", good[b"authorization"])
    if operation in CHOOSING:
        seen.append(staged.send(worst, b"{").status)
    worst = worst.with_header(b"accept", b"*/*")
    seen.append(staged.send(worst, b"{").status)
    worst = worst.with_header(b"content-type", good[b"content-type"])
    unreadable = next(iter(worst.unreadable.values()), None)
    response = staged.send(worst, unreadable)

    assert seen == [413, 401, 403, 406, 415] if operation in CHOOSING else [413, 401, 403, 415]
    assert (response.status, violations(response)[0]) == (422, ("extra_forbidden", ("query", "x")))
    assert {place[0] for _, place in violations(response)[1:]} == ({"body"} if unreadable is not None else set())
