"""A client of the application in the same process. It checks every exchange against the contract, so each test is a contract test."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self
from urllib.parse import unquote

import httpx
from starlette.types import ASGIApp, Message

from tests.kit.contract.bodies import sent_as
from tests.kit.contract.checker import CONTRACT, Contract, Exchange
from tests.kit.contract.laws import Memory
from tests.kit.contract.recorder import Watched

if TYPE_CHECKING:
    from tests.kit.world.stage import Request

HERE = ("127.0.0.1", 50_000)


class HasToken(Protocol):
    """A user who has logged in."""

    @property
    def token(self) -> str: ...


async def perform(
    app: ASGIApp,
    method: str,
    target: bytes,
    headers: Iterable[tuple[bytes, bytes]] = (),
    body: AsyncIterable[bytes] | bytes = b"",
    *,
    client: tuple[str, int] = HERE,
    scheme: str = "http",
) -> Exchange:
    """One exchange, as an ASGI server would perform it. Nothing is normalized. A breach of the protocol is an AssertionError."""
    path, _, query = target.partition(b"?")
    scope_headers = [(name.lower(), value) for name, value in headers]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "headers": scope_headers,
        "scheme": scheme,
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "server": ("localhost", 80),
        "client": client,
        "root_path": "",
    }
    parts = _parts(body)
    complete = asyncio.Event()
    start: Message | None = None
    sent: list[bytes] = []

    async def receive() -> Message:
        try:
            return {"type": "http.request", "body": await anext(parts), "more_body": True}
        except StopAsyncIteration:
            if not ended:
                ended.append(True)
                return {"type": "http.request", "body": b"", "more_body": False}
        await complete.wait()
        return {"type": "http.disconnect"}

    ended: list[bool] = []

    async def send(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            assert start is None, "a response starts once"
            start = message
        else:
            assert start is not None, "the status comes before the body"
            assert not complete.is_set(), "nothing follows the end of the body"
            sent.append(message.get("body", b""))
            if not message.get("more_body", False):
                complete.set()

    await Watched(app)(scope, receive, send)
    assert start is not None, "there was no response"
    assert complete.is_set(), "the response was not complete"
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
    assert all(name == name.lower() for name, _ in fields), "ASGI requires names in lower case"
    sent_fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope_headers]
    return Exchange(method, target.decode("latin-1"), start["status"], fields, b"".join(sent), sent_fields)


async def _parts(body: AsyncIterable[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(body, bytes):
        if body:
            yield body
        return
    async for part in body:
        yield part


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends requests to the application and checks each response."""

    def __init__(self, app: ASGIApp, contract: Contract = CONTRACT, client: tuple[str, int] = HERE) -> None:
        self.app = app
        self.contract = contract
        self.client = client
        self.memory = Memory()

    async def send_exactly(
        self,
        method: str,
        target: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        body: AsyncIterable[bytes] | bytes,
        scheme: str = "http",
    ) -> Exchange:
        """Exactly this request with its response, which has been checked."""
        exchange = await perform(self.app, method, target, headers, body, client=self.client, scheme=scheme)
        self.contract.check(exchange)
        contradictions = self.contract.contradictions(self.memory, exchange)
        assert not contradictions, contradictions
        return exchange

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        exchange = await self.send_exactly(request.method, request.url.raw_path, request.headers.raw, request.stream, request.url.scheme)
        return httpx.Response(
            exchange.status,
            headers=exchange.headers,
            content=exchange.body if request.method != "HEAD" else b"",
            request=request,
            extensions={"exchange": exchange},
        )


class Api(httpx.AsyncClient):
    """`await api.as_(alice).get("/users/me")`: an httpx client. `raw` sends requests that httpx would correct."""

    def __init__(self, transport: CheckedTransport, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(transport=transport, base_url="http://localhost", headers=dict(headers or {}), trust_env=False)
        self.transport = transport

    @classmethod
    def of(cls, app: ASGIApp, client: tuple[str, int] = HERE) -> Self:
        return cls(CheckedTransport(app, client=client))

    def as_(self, who: HasToken | str | None) -> "Api":
        """The same client with the token of a user, with a text as token, or without one."""
        if who is None:
            return Api(self.transport)
        token = who if isinstance(who, str) else who.token
        return Api(self.transport, {"authorization": f"Bearer {token}"})

    def from_(self, address: str) -> "Api":
        """The same client, from another address."""
        return Api(CheckedTransport(self.transport.app, self.transport.contract, (address, HERE[1])), dict(self.headers))

    async def raw(self, method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]] = (), body: bytes = b"") -> Exchange:
        """Send exactly these bytes. The response is checked, too."""
        fields = [(b"host", b"localhost"), *headers]
        if body and not any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in fields):
            fields.append((b"content-length", b"%d" % len(body)))
        return await self.transport.send_exactly(method, target, fields, body)

    async def send_as_is(self, request: "Request", *, method: str | None = None) -> httpx.Response:
        """Send a request of the stage with the token of this client, perhaps by another method."""
        media = {} if request.content_type is None else {"content-type": request.content_type}
        return await self.request(
            method or request.operation.method, request.path + request.query, headers={**request.headers, **media}, content=request.content
        )

    async def send_as_sender(self, request: "Request") -> httpx.Response:
        """Send a request of the stage with the token of its sender."""
        return await self.as_(request.sender).send_as_is(request)

    async def call(self, operation_id: str, body: Any = None, **parameters: Any) -> httpx.Response:
        """Call an operation by its id, with its parameters by name. `_` stands for `-`."""
        contract = self.transport.contract
        operation = contract.operations[operation_id]
        path, query, headers = operation.path, {}, {}
        for parameter in contract.parameters(operation):
            name = parameter["name"]
            value = parameters.pop(name, parameters.pop(name.lower().replace("-", "_"), None))
            if value is None:
                continue
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", str(value))
            elif parameter["in"] == "query":
                query[name] = value
            elif parameter["in"] == "cookie":
                headers["Cookie"] = f"{name}={value}"
            else:
                headers[name] = str(value)
        assert not parameters, f"{operation_id} has no parameter {', '.join(parameters)}"
        media = contract.body(operation)
        if body is None or media is None:
            return await self.request(operation.method, path, params=query, headers=headers)
        headers["content-type"] = sent_as(media[0])
        return await self.request(operation.method, path, params=query, headers=headers, content=contract.encoded(operation, body))
