"""nginx and Traefik with TLS in front of a container of the image, with the files of deploy/."""

import asyncio
import json
import re
import socket
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from tests.deploy.live.callers import SecureCaller, connect, curl, too_large, trickle
from tests.deploy.live.conftest import Site
from tests.kit.clients.raw import Connection
from tests.kit.servers.children import free_port
from tests.kit.servers.containers import Container, container
from tests.kit.servers.images import Image
from tests.kit.servers.proxies import HOST, Proxy, nginx, traefik
from tests.kit.servers.waiting import until

BODIES = 25
SLOW_SENDERS = 100
FORGED = "203.0.113.9"
Start = Callable[[Path, list[str]], AbstractContextManager[Proxy]]
each_proxy = pytest.mark.parametrize("start", [nginx, traefik], ids=["nginx", "traefik"])


@dataclass(frozen=True)
class Front:
    """A proxy with the API behind it."""

    proxy: Proxy
    api: Container


async def responds(proxy: Proxy) -> bool:
    try:
        async with httpx.AsyncClient(verify=proxy.trust(), timeout=5) as client:
            response = await client.get(
                f"https://127.0.0.1:{proxy.https}/health", headers={"Host": HOST}, extensions={"sni_hostname": HOST}
            )
    except httpx.TransportError:
        return False
    return response.status_code == 200


@pytest.fixture(scope="module")
async def front(request: pytest.FixtureRequest, image: Image, site: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    start: Start = request.param
    settings = site.settings | {"rate_limits": "false"}
    async with container(image, "serve", "--port", "0", "--workers", "1", secrets=site.secrets, **settings) as api:
        direct = await api.ready()
        with start(tmp_path_factory.mktemp("front") / "proxy", [direct.removeprefix("http://")]) as proxy:
            await until(lambda: responds(proxy), 30)
            yield Front(proxy, api)


each_front = pytest.mark.parametrize("front", [nginx, traefik], ids=["nginx", "traefik"], indirect=True)


@each_front
async def test_a_proxy_speaks_tls_and_http_2_and_names_the_client(front: Front) -> None:
    proxy = front.proxy
    forged = ("-H", f"X-Forwarded-For: {FORGED}", "-H", f"X_Forwarded_For: {FORGED}", "-H", "X-Forwarded-Proto: http")
    names = ("-H", f"Forwarded: for={FORGED}", "-H", "X-Request-ID: 01920000-0000-7000-8000-000000000000")

    head = curl(proxy, "/items?search=lamp", "-o", "/dev/null", "-D", "-", "-w", "%{http_version}", *forged, *names)
    (named,) = re.findall(r"^x-request-id: (\S+)", head, re.MULTILINE | re.IGNORECASE)
    logged = await until(lambda: [event for event in map(json.loads, front.api.stdout) if event.get("request_id") == named])

    assert head.startswith("HTTP/2 200")
    assert head.endswith("2")
    assert "strict-transport-security:" in head.lower()
    assert str(UUID(named)) == named != "01920000-0000-7000-8000-000000000000"
    assert [(event["operation"], event["address"]) for event in logged] == [("listItems", "127.0.0.1")]
    log = "".join(path.read_text() for path in (proxy.folder / "steelyard.log", proxy.folder / "access.log") if path.exists())
    assert "lamp" not in log


@each_front
async def test_a_proxy_has_no_old_tls_and_only_our_name(front: Front) -> None:
    old = ssl.create_default_context(cafile=str(front.proxy.folder / "tls" / "fullchain.pem"))
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    foreign = front.proxy.trust()
    foreign.check_hostname = False

    for context, name in ((old, HOST), (foreign, "other.example.com")):
        with pytest.raises((ssl.SSLError, ConnectionError)), socket.create_connection(("127.0.0.1", front.proxy.https)) as plain:
            context.wrap_socket(plain, server_hostname=name)
    async with httpx.AsyncClient() as client:
        redirected = await client.get(f"http://127.0.0.1:{front.proxy.http}/items", headers={"Host": HOST})
    assert redirected.status_code in {301, 308}
    assert redirected.headers["location"].startswith(f"https://{HOST}")


@pytest.mark.promise("R27")
@pytest.mark.parametrize("front", [traefik], ids=["traefik"], indirect=True)
async def test_traefik_passes_on_that_a_body_is_too_large(front: Front, tmp_path: Path) -> None:
    """To clients that read while they send. Unlike nginx, Traefik closes the connection of one that does not, or that sends chunks."""
    large = tmp_path / "large"
    large.write_bytes(b"x" * 3_000_000)
    sent = ("--http1.1", "-H", "Content-Type: application/json", "--data-binary", f"@{large}", "-o", "/dev/null")

    printed = [curl(front.proxy, "/users", *sent, "-w", "%{http_code} %{content_type}") for _ in range(BODIES)]

    assert set(printed) == {"413 application/problem+json"}


@pytest.mark.parametrize("front", [traefik], ids=["traefik"], indirect=True)
@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunks"])
async def test_a_client_that_reads_late_gets_the_413_from_traefik_or_a_closed_connection(front: Front, is_chunked: bool) -> None:
    outcomes = Counter[str]()
    for _ in range(BODIES):
        with connect(front.proxy) as connection:
            try:
                outcomes[str((await asyncio.to_thread(too_large, connection, is_chunked=is_chunked)).status)] += 1
            except (ConnectionError, ssl.SSLError):
                outcomes["closed"] += 1

    print(f"Traefik, {'chunks' if is_chunked else 'length'}: {dict(outcomes)}")  # noqa: T201  # the figure of docs/operations
    assert outcomes.keys() <= {"413", "closed"}


@pytest.mark.promise("R27")
@pytest.mark.parametrize("front", [nginx], ids=["nginx"], indirect=True)
async def test_every_sender_of_a_large_body_reads_that_it_is_too_large(front: Front) -> None:
    exchanges = []
    for is_chunked in (False, True):
        for _ in range(BODIES):
            with connect(front.proxy) as connection:
                exchanges.append(await asyncio.to_thread(too_large, connection, is_chunked=is_chunked))

    assert [each.status for each in exchanges] == [413] * 2 * BODIES
    assert {each.header("content-type") for each in exchanges} == {"application/problem+json"}
    assert {json.loads(each.body)["type"] for each in exchanges} == {"/problems/body-too-large"}
    assert all(UUID(json.loads(each.body)["instance"].removeprefix("urn:uuid:")) for each in exchanges)


@each_front
async def test_slow_senders_hold_up_no_other_client(front: Front) -> None:
    opened, send_more = trickle(front.proxy, SLOW_SENDERS)
    took_s = []
    with SecureCaller(front.proxy) as caller:
        for _ in range(200):
            send_more()
            began_s = time.monotonic()
            assert (await caller.request("GET", "/health")).status == 200
            took_s.append(time.monotonic() - began_s)
    for each in opened:
        each.close()

    print(f"beside {SLOW_SENDERS} slow senders, p99: {sorted(took_s)[-2] * 1000:.0f} ms")  # noqa: T201  # the figure of docs/operations
    assert sorted(took_s)[-2] < 1


async def streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, go_on: asyncio.Event) -> None:
    """A server of events in our place, which sends the second one when the client has the first."""
    await reader.readuntil(b"\r\n\r\n")
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-accel-buffering: no\r\nconnection: close\r\n\r\n"
    writer.write(head + b"data: first\n\n")
    await writer.drain()
    await go_on.wait()
    writer.write(b"data: second\n\n")
    writer.close()


@each_proxy
async def test_a_stream_of_events_arrives_piece_by_piece(tmp_path: Path, start: Start) -> None:
    go_on = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await streams(reader, writer, go_on)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with start(tmp_path / "proxy", [f"127.0.0.1:{port}"]) as proxy:
            first = await until(lambda: asyncio.to_thread(first_event, proxy), 30)
            with first:
                go_on.set()
                second = await asyncio.to_thread(first._until, b"second")

    assert second.endswith(b"second")


def first_event(proxy: Proxy) -> Connection | None:
    """The connection on which the first event has arrived, once the proxy is up."""
    try:
        connection = connect(proxy)
        connection.send_request("GET", b"/stream")
        connection._until(b"first")
    except (ConnectionError, TimeoutError, ssl.SSLError):
        return None
    return connection


@pytest.mark.parametrize("start", [nginx])
async def test_without_a_server_nginx_reports_a_problem_in_our_form(tmp_path: Path, start: Start) -> None:
    with start(tmp_path / "proxy", [f"127.0.0.1:{free_port()}"]) as proxy:
        await until((proxy.folder / "nginx.pid").exists)
        head = curl(proxy, "/items", "-D", "-")

    assert "503" in head.split("\n", 1)[0]
    assert "application/problem+json" in head
    assert '"/problems/unavailable"' in head
