from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from steelyard.contract.edge import Edge
from steelyard.contract.http.cors import Cors
from steelyard.contract.http.responses import Header, RawResponse
from steelyard.contract.http.sending import HOST_CHECKED, SEND_WHOLE, send_response
from steelyard.contract.observer import RequestRecord
from steelyard.settings.http import DEVELOPMENT_ORIGINS
from steelyard.sources import Sources

SHOP = "https://shop.example"


class Notebook:
    """A journal whose entries a test can read."""

    def __init__(self) -> None:
        self.exchanges: list[RequestRecord] = []
        self.faults: list[BaseException] = []
        self.rejected_origins: list[bytes] = []

    def request_finished(self, _method: str, record: RequestRecord) -> None:
        self.exchanges.append(record)

    def unhandled_error(self, error: BaseException, _record: RequestRecord) -> None:
        self.faults.append(error)

    def rejected_origin(self, origin: bytes) -> None:
        self.rejected_origins.append(origin)

    def deprecated_call(self, _record: RequestRecord) -> None:
        raise AssertionError("nothing of the edge's is deprecated")


async def page(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["path"] == "/broken":
        raise RuntimeError("broken")
    headers = [(b"content-type", b"text/plain")] + ([(b"content-security-policy", b"own")] if scope["path"] == "/own" else [])
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})
    if scope["path"] == "/late":
        raise RuntimeError("too late")


@pytest.fixture
def journal() -> Notebook:
    return Notebook()


def edge(journal: Notebook, **changes: Any) -> Edge:
    ticks = iter(range(1000))
    sources = Sources(lambda: datetime(2026, 11, 24, tzinfo=UTC), lambda count: b"\x01" * count, lambda: float(next(ticks)))
    arguments = {"digest": "0" * 64, "cors": Cors([SHOP]), "hosts": ["test"], "proxies": [], "sources": sources, "observer": journal}
    return Edge(**({"app": page} | arguments | changes))  # type: ignore[arg-type]  # checked where it is used


async def fetch(
    app: Edge, path: str = "/", method: str = "GET", base: str = "http://test", client: str = "127.0.0.1", **headers: str
) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        return await http.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_every_response_has_an_id_a_time_and_security_headers(journal: Notebook) -> None:
    response = await fetch(edge(journal))

    assert UUID(response.headers["x-request-id"]).version == 7
    assert response.headers["x-response-time"] == "1.0000s"
    assert response.headers["contract-digest"] == "sha-256=" + "0" * 64
    assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "strict-transport-security" not in response.headers
    assert [(record.status, record.address) for record in journal.exchanges] == [(200, "127.0.0.1")]


async def test_the_security_policy_of_a_page_is_kept(journal: Notebook) -> None:
    assert (await fetch(edge(journal), "/own")).headers.get_list("content-security-policy") == ["own"]


async def test_https_is_remembered_for_two_years(journal: Notebook) -> None:
    assert (await fetch(edge(journal), base="https://test")).headers["strict-transport-security"] == "max-age=63072000"


async def test_an_unhandled_error_is_a_problem_and_is_reported_once(journal: Notebook) -> None:
    response = await fetch(edge(journal), "/broken")

    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert response.json()["instance"] == f"urn:uuid:{response.headers['x-request-id']}"
    assert [str(fault) for fault in journal.faults] == ["broken"]


async def test_an_error_after_the_response_is_reported_too(journal: Notebook) -> None:
    assert (await fetch(edge(journal), "/late")).text == "hello"
    assert [str(fault) for fault in journal.faults] == ["too late"]


@pytest.mark.parametrize(("host", "status"), [("test", 200), ("TEST:8000", 200), ("test.evil", 400), ("evil", 400), ("", 400)])
async def test_only_trusted_hosts_are_served(journal: Notebook, host: str, status: int) -> None:
    assert (await fetch(edge(journal), host=host)).status_code == status


async def test_a_host_that_the_server_has_checked_is_not_checked_again(journal: Notebook) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"evil.example")], "scheme": "http", "client": None}
    servers: list[dict[str, Any]] = [{}, {SEND_WHOLE: lambda *_: False}, {HOST_CHECKED: {}}]
    for extensions in servers:
        await edge(journal)({**scope, "extensions": extensions}, receive, send)

    assert [message["status"] for message in sent if "status" in message] == [400, 400, 200]


@pytest.mark.parametrize("path", ["/health", "/livez"])
async def test_probes_are_served_under_any_host(journal: Notebook, path: str) -> None:
    assert (await fetch(edge(journal), path, host="10.0.0.1")).status_code == 200
    assert (await fetch(edge(journal), path, host="10.0.0.1:abc")).status_code == 400


async def test_a_client_that_hangs_up_is_not_reported_as_a_fault(journal: Notebook) -> None:
    async def reading(scope: Scope, receive: Receive, _send: Send) -> None:
        await Request(scope, receive).body()

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    sent: list[object] = []

    async def send(message: object) -> None:
        sent.append(message)

    app = edge(journal)
    app._app = reading
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"test")], "scheme": "http"}
    await app(scope, gone, send)

    assert (journal.faults, sent) == ([], [])
    assert len(journal.exchanges) == 1


async def test_pages_of_allowed_origins_may_read_responses(journal: Notebook) -> None:
    response = await fetch(edge(journal), origin=SHOP)

    assert response.headers["access-control-allow-origin"] == SHOP
    assert "X-Request-ID" in response.headers["access-control-expose-headers"]


async def test_pages_of_other_origins_may_not_read_responses(journal: Notebook) -> None:
    response = await fetch(edge(journal), origin="https://evil.example")

    assert "access-control-allow-origin" not in response.headers
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert journal.rejected_origins == [b"https://evil.example"]


@pytest.mark.parametrize("origin", [SHOP, "http://test", "http://localhost:5173"])
async def test_allowed_origins_and_the_servers_origin_are_not_reported(journal: Notebook, origin: str) -> None:
    await fetch(edge(journal, cors=Cors([SHOP, "http://localhost:*"])), method="POST", origin=origin)

    assert journal.rejected_origins == []


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost", True),
        ("http://localhost:3000", True),
        ("https://127.0.0.1:5173", True),
        ("https://myapp.example.com", True),
        ("http://localhost:*", False),
        ("http://localhost:", False),
        ("http://localhost:80x", False),
        ("http://localhost.evil.example:3000", False),
        ("http://evil.example:3000", False),
        ("https://myapp.example.com:3000", False),
        ("ftp://localhost:3000", False),
        ("null", False),
    ],
)
def test_in_development_every_local_port_is_allowed(origin: str, allowed: bool) -> None:
    assert Cors(DEVELOPMENT_ORIGINS).allows(origin.encode()) is allowed


@pytest.mark.parametrize(("origin", "allowed"), [(SHOP, True), ("https://evil.example", False)])
async def test_the_edge_responds_to_a_preflight(journal: Notebook, origin: str, allowed: bool) -> None:
    response = await fetch(edge(journal), method="OPTIONS", origin=origin, access_control_request_method="POST")

    assert response.status_code == 204
    assert ("access-control-allow-methods" in response.headers) is allowed


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("::ffff:192.0.2.1", "203.0.113.9", "192.0.2.1"),
    ],
)
async def test_only_proxies_may_name_the_client(journal: Notebook, client: str, forwarded: str, address: str) -> None:
    await fetch(edge(journal, proxies=["10.0.0.0/8"]), client=client, x_forwarded_for=forwarded)

    assert journal.exchanges[0].address == address


@pytest.mark.parametrize(
    ("client", "forwarded", "kept"),
    [
        ("10.0.0.1", ["https"], True),
        ("10.0.0.1", ["HTTPS"], True),
        ("10.0.0.1", ["http, https"], True),
        ("10.0.0.1", ["https", "http"], False),
        ("10.0.0.1", ["gopher"], False),
        ("::ffff:10.0.0.1", ["https"], True),
        ("192.0.2.1", ["https"], False),
    ],
)
async def test_only_proxies_may_say_that_the_client_uses_https(journal: Notebook, client: str, forwarded: list[str], kept: bool) -> None:
    transport = httpx.ASGITransport(edge(journal, proxies=["10.0.0.0/8"]), client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        response = await http.get("/", headers=[("x-forwarded-proto", value) for value in forwarded])

    assert ("strict-transport-security" in response.headers) is kept


async def test_every_line_of_forwarded_addresses_counts(journal: Notebook) -> None:
    transport = httpx.ASGITransport(edge(journal, proxies=["10.0.0.0/8"]), client=("::ffff:10.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        await http.get(
            "/", headers=[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9:4711"), ("x-forwarded-for", "10.0.0.2")]
        )

    assert journal.exchanges[0].address == "203.0.113.9"


@pytest.mark.parametrize(("client", "kept"), [("10.0.0.1", True), ("192.0.2.1", False)])
async def test_only_proxies_may_name_a_request(journal: Notebook, client: str, kept: bool) -> None:
    name = "019d3e7a-9b40-7000-8000-000000000001"

    response = await fetch(edge(journal, proxies=["10.0.0.0/8"]), client=client, x_request_id=name)

    assert (response.headers["x-request-id"] == name) is kept


@pytest.mark.parametrize("whole", [True, False])
async def test_a_response_leaves_in_one_piece_unless_that_is_switched_off(journal: Notebook, whole: bool) -> None:
    pieces: list[bytes] = []
    messages: list[Any] = []

    async def operation(scope: Scope, _receive: Receive, send: Send) -> None:
        scope["record"].operation_id = "getItem"
        await send_response(RawResponse(200, [], b"hello"), scope, send)

    def send_whole(_status: int, _headers: list[Header], _lines: bytes, body: bytes) -> bool:
        pieces.append(body)
        return True

    async def receive() -> Any:
        raise AssertionError("no operation of this test reads")

    async def send(message: Any) -> None:
        messages.append(message)

    app = edge(journal, app=operation, whole_responses=whole)
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": [(b"host", b"test")], "client": ("127.0.0.1", 1)}

    await app({**scope, "extensions": {SEND_WHOLE: send_whole}}, receive, send)

    assert (pieces, len(messages)) == (([b"hello"], 0) if whole else ([], 2))
