"""Undeclared headers, pipelining, upgrades, probes, and bodies that no handler reads."""

import json

import pytest

from tests.contract.wire.requests import READS, StagedServer, assert_success, problem_slug
from tests.kit.clients.raw import chunked, request_bytes
from tests.kit.contract.checker import CONTRACT, Operation


@pytest.mark.parametrize("operation", READS, ids=str)
def test_undeclared_headers_are_ignored(staged: StagedServer, operation: Operation) -> None:
    plain = staged.send(staged.valid_request(operation))
    odd = staged.valid_request(operation)
    for name, value in (
        (b"range", b"bytes=0-1"),
        (b"prefer", b"code=500"),
        (b"if-modified-since", b"Tue, 24 Nov 2026 09:02:14 GMT"),
        (b"x-http-method-override", b"DELETE"),
        (b"x-forwarded-host", b"evil.example"),
        (b"x-request-id", b"01a2027b-d680-7000-8000-000000000001"),
        (b"expect", b"nothing"),
        (b"cookie", b"a=b"),
        (b"x-unknown", b"\xff\xfe"),
    ):
        odd = odd.with_header(name, value)

    response = staged.send(odd)

    assert (response.status, response.body) == (plain.status, plain.body)
    assert response.header("x-request-id") != "01a2027b-d680-7000-8000-000000000001"


def test_pipelined_requests_share_a_connection(staged: StagedServer) -> None:
    with staged.server.connect() as connection:
        connection.send(b"".join(request_bytes("GET", b"/items", host=staged.server.host) for _ in range(20)))

        responses = [connection.read_response("GET", b"/items") for _ in range(20)]

    assert {response.status for response in responses} == {200}
    assert len({response.header("x-request-id") for response in responses}) == 20


UPGRADE = ((b"connection", b"Upgrade, HTTP2-Settings"), (b"upgrade", b"h2c"), (b"http2-settings", b"AAMAAABkAARAAAAAAAIAAAAA"))


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("is_whole", [False, True], ids=["two packets", "one packet"])
def test_an_upgrade_request_hides_no_body(staged: StagedServer, is_chunked: bool, is_whole: bool) -> None:
    request = staged.valid_request(CONTRACT.operations["quoteOrder"])
    content = json.dumps(request.body).encode()
    body = chunked(content) if is_chunked else content
    framing = (b"transfer-encoding", b"chunked") if is_chunked else (b"content-length", b"%d" % len(body))
    head = request_bytes(request.method, request.target, [*request.fields, *UPGRADE, framing], host=staged.server.host)
    behind = request_bytes("GET", b"/items", host=staged.server.host)

    with staged.server.connect() as connection:
        for packet in [head + body + behind] if is_whole else [head, body + behind]:
            connection.send(packet)
        assert_success(connection.read_response(request.method, request.target))
        assert_success(connection.read_response("GET", b"/items"))


def test_requests_before_a_malformed_one_are_served(staged: StagedServer) -> None:
    with staged.server.connect() as connection:
        connection.send(request_bytes("GET", b"/items", host=staged.server.host) * 2 + b"nonsense\r\n\r\n")

        for _ in range(2):
            assert_success(connection.read_response("GET", b"/items"))
        assert connection.read_response("GET", b"/items").status == 400
        assert connection.is_closed()


@pytest.mark.parametrize("path", [b"/health", b"/livez"])
def test_health_probes_are_served_for_any_host(staged: StagedServer, path: bytes) -> None:
    for raw in (b"GET " + path + b" HTTP/1.1\r\nhost: 10.1.2.3:8000\r\n\r\n", b"GET " + path + b" HTTP/1.0\r\n\r\n"):
        with staged.server.connect() as connection:
            connection.send(raw)

            assert connection.read_response("GET", path).status == 200


@pytest.mark.parametrize("size", [1_100_000, 3_000_000])
def test_a_413_reaches_a_client_that_sends_the_whole_body_first(staged: StagedServer, size: int) -> None:
    request = staged.valid_request(CONTRACT.operations["createUser"])
    for _ in range(5):
        with staged.server.connect() as connection:
            connection.send_request(request.method, request.target, request.fields, b" " * size)

            response = connection.read_response(request.method, request.target)

            assert (response.status, problem_slug(response)) == (413, "body-too-large")
            assert connection.is_closed()
