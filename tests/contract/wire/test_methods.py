"""Methods: HEAD, OPTIONS, CORS, and those that a path does not have."""

from dataclasses import replace

import pytest

from tests.contract.wire.requests import EDGE, OPERATIONS, READS, StagedServer, path_of, problem_slug
from tests.kit.contract.bodies import is_stream
from tests.kit.contract.checker import CONTRACT, Operation

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "LOCK", "PROPFIND")


@pytest.mark.parametrize("path", CONTRACT.tree["paths"])
def test_a_wrong_method_is_rejected_before_authentication(staged: StagedServer, path: str) -> None:
    target = path_of(next(operation for operation in OPERATIONS if operation.path == path), b"1")
    _, allowed = CONTRACT.find("NONE", target.decode())
    assert "OPTIONS" in allowed
    for method in METHODS:
        if method in allowed:
            continue
        response = staged.server.request(method, target, [(b"authorization", b"Bearer nonsense")])

        assert response.status == 405, (method, response)
        assert response.header("allow") == ", ".join(allowed)
        if method != "HEAD":
            assert (problem_slug(response), response.json()["allow"]) == ("method-not-allowed", allowed)


def test_a_literal_path_takes_precedence_for_all_methods(staged: StagedServer) -> None:
    stage = staged.stage
    for target in (b"/users/me", b"/users/m%65", b"/users/me/"):
        response = staged.server.request("DELETE", target, [(b"authorization", f"Bearer {stage.stranger.token}".encode())])

        assert (response.status, response.header("allow")) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_path_is_not_found_whatever_the_method(staged: StagedServer, method: str) -> None:
    for target in (b"/nowhere", b"/items/1/nothing", b"/Items", b"/users/me/addresses/1/2", b"/%2F", b"/items%2F1", b"/;", b"/items;a=b"):
        response = staged.server.request(method, target)

        assert response.status == 404, (target, response)
        assert method == "HEAD" or problem_slug(response) == "not-found"


@pytest.mark.parametrize("operation", READS, ids=str)
def test_head_is_get_without_the_body(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    get, head = staged.send(request), staged.send(replace(request, method="HEAD"))

    assert head.body == b""
    assert head.status == get.status
    # HEAD makes no item of a stream, so it has no body that could be chunked.
    ignored = EDGE | ({"transfer-encoding"} if is_stream(get.header("content-type")) else set())
    assert [field for field in head.headers if field[0] not in ignored] == [field for field in get.headers if field[0] not in ignored]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_head_gets_the_same_error_status_as_get(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation).with_header(b"accept", b"image/png")

    head = staged.send(replace(request, method="HEAD"))

    assert (head.status, head.body) == (406, b"")


@pytest.mark.parametrize("path", CONTRACT.tree["paths"])
def test_options_returns_the_methods_and_serves_preflights(staged: StagedServer, path: str) -> None:
    target = path_of(next(operation for operation in OPERATIONS if operation.path == path), b"1")
    preflight = (b"access-control-request-method", b"POST")

    plain = staged.server.request("OPTIONS", target)
    ours = staged.server.request("OPTIONS", target, [(b"origin", b"http://localhost:3000"), preflight])
    foreign = staged.server.request("OPTIONS", target, [(b"origin", b"https://evil.example"), preflight])

    _, allowed = CONTRACT.find("NONE", target.decode())
    assert (plain.status, plain.header("allow"), plain.body) == (204, ", ".join(allowed), b"")
    assert (ours.status, ours.header("access-control-allow-origin")) == (204, "http://localhost:3000")
    assert ours.header("access-control-max-age") == "600"
    assert foreign.status == 204
    assert not [name for name, _ in foreign.headers if name.startswith("access-control-")]


def test_only_known_origins_may_read_responses(staged: StagedServer) -> None:
    ours = staged.server.request("GET", b"/items", [(b"origin", b"https://myapp.example.com")])
    foreign = staged.server.request("GET", b"/items", [(b"origin", b"https://evil.example")])

    assert ours.header("access-control-allow-origin") == "https://myapp.example.com"
    assert foreign.header("access-control-allow-origin") is None
    assert foreign.header("cross-origin-resource-policy") == "same-origin"
    for response in (ours, foreign):
        assert "Origin" in (response.header("vary") or "")
