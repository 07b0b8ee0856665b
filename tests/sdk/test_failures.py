"""Whatever a transport does, a caller gets a SteelyardError. No secret is in it, and `sent` states whether the call has left."""

import asyncio
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from steelyard_client import AsyncSteelyard, Steelyard, calls, errors, webhooks
from steelyard_runtime.call import Call
from steelyard_runtime.tokens import MemoryTokens, Tokens
from tests.sdk.kit import AT_ONCE, EXAMPLES, Scripted
from tests.sdk.loopback import Behaviour, Handler, ReceivedRequest, SentResponse, loopback

ITEM = json.dumps(EXAMPLES["get_item"]).encode()
READ: Call[Any] = calls.get_item(7)
WHO: Call[Any] = calls.get_current_user()
LOGIN: Call[Any] = calls.issue_token(username="a", password="b")
SECRET = "s3cret"


def send(address: str, call: Call[Any], **options: Any) -> Any:
    with Steelyard(address, retries=AT_ONCE, **options) as client:
        return client.send(call)


def send_in_a_loop(address: str, call: Call[Any], **options: Any) -> Any:
    async def use() -> Any:
        async with AsyncSteelyard(address, retries=AT_ONCE, **options) as client:
            return await client.send(call)

    return asyncio.run(use())


both = pytest.mark.parametrize("sender", [send, send_in_a_loop])
Sender = Callable[..., Any]


def raw(response: bytes) -> Behaviour:
    """A server that sends these bytes and closes the connection."""

    def behave(_: ReceivedRequest, handler: Handler) -> None:
        handler.wfile.write(response)

    return behave


def response(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"content-type: application/json", b"content-length: %d" % len(body), *fields]
    return b"\r\n".join([*lines, b"", body])


DEEP = b"[" * 100_000 + b"]" * 100_000
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
FAULTS: dict[str, tuple[bytes, type[errors.SteelyardError]]] = {
    "broken gzip": (response(b"hello", b"content-encoding: gzip"), errors.UnexpectedAnswer),
    "broken deflate": (response(b"hello", b"content-encoding: deflate"), errors.UnexpectedAnswer),
    "deep JSON": (response(DEEP), errors.UnexpectedAnswer),
    "a deep problem": (response(DEEP, status=b"404 Not Found"), errors.ApiError),
    "a deep 401": (response(DEEP, status=b"401 Unauthorized"), errors.ApiError),
    "a deep 409": (response(DEEP, status=b"409 Conflict"), errors.ApiError),
    "a long number": (response(b'{"id": ' + b"9" * 5000 + b"}"), errors.UnexpectedAnswer),
    "half of a text in UTF-16": (response(b"\xff\xfe{"), errors.UnexpectedAnswer),
    "a cut body": (HEAD + b"content-length: 999\r\n\r\n{", errors.ConnectionFailed),
    "a cut chunk": (HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n{", errors.ConnectionFailed),
    "a chunk without a length": (HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n{", errors.ConnectionFailed),
    "no HTTP": (b"hello\r\n\r\n", errors.ConnectionFailed),
    "another protocol": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", errors.ConnectionFailed),
    "a header without a colon": (HEAD + b"set-cookie s3cret\r\n\r\n", errors.ConnectionFailed),
    "endless headers": (HEAD + b"x: " + b"a" * 200_000 + b"\r\n\r\n", errors.ConnectionFailed),
    "a status outside the standard": (response(b"", status=b"700 \xff"), errors.ApiError),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", errors.UnexpectedAnswer),
}
ODD_DELAYS = ("1e400", "-1", "nan", "9" * 400, "", ",", "Mon, 99 Foo 2020 00:00:00 +99999999", "Thu, 01 Jan 0001 00:00:00 -0000", "1 1 1 1")


@both
@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_response_raises_an_error_of_the_sdk(sender: Sender, fault: str) -> None:
    sent, kind = FAULTS[fault]

    with loopback(raw(sent)) as server, pytest.raises(errors.SteelyardError) as raised:
        sender(server.url, READ)

    assert isinstance(raised.value, kind)
    assert SECRET not in everything(raised.value)


@both
@pytest.mark.parametrize("delay", ODD_DELAYS)
def test_an_odd_retry_after_raises_the_problem_itself(sender: Sender, delay: str) -> None:
    # Announced, because a retry over a connection that is about to close would fail in another way.
    sent = response(b"", b"retry-after: " + delay.encode(), b"connection: close", status=b"503 Service Unavailable")

    with loopback(raw(sent)) as server, pytest.raises(errors.ApiError) as raised:
        sender(server.url, READ)

    assert raised.value.status == 503


TOKENS = (DEEP, b'["s3cret"]', b'{"access_token": "s3cret", "expires_in": "s3cret"}', b'{"expires_in": ' + b"9" * 400 + b"}")


@both
@pytest.mark.parametrize("token", TOKENS, ids=range(len(TOKENS)))
def test_a_faulty_response_to_a_login_raises_an_error_of_the_sdk(sender: Sender, token: bytes) -> None:
    with loopback(lambda *_: (200, token, {})) as server, pytest.raises(errors.UnexpectedAnswer, match="is not a token") as raised:
        sender(server.url, WHO, username="a", password="b")

    assert SECRET not in everything(raised.value)


BROKEN_STREAMS = {
    "cut": (HEAD + b"content-length: 999\r\n\r\nline\n", errors.ConnectionFailed),
    "broken gzip": (response(b"hello", b"content-encoding: gzip"), errors.UnexpectedAnswer),
}


@pytest.mark.parametrize("name", BROKEN_STREAMS)
@pytest.mark.parametrize("read", ["iter_bytes", "iter_lines"])
async def test_a_stream_that_breaks_off_raises_an_error_of_the_sdk(name: str, read: str) -> None:
    sent, kind = BROKEN_STREAMS[name]
    with loopback(raw(sent)) as server:
        with Steelyard(server.url) as client, client.stream(READ) as stream, pytest.raises(kind):
            list(getattr(stream, read)())
        async with AsyncSteelyard(server.url) as client_of_tasks, client_of_tasks.stream(READ) as arriving:
            with pytest.raises(kind):
                [part async for part in getattr(arriving, read)()]


# -- what is sent --------------------------------------------------------------------------------------------------------
PROXIES = ("http://ann:s3cret:x@proxy:port", "http://ann:s3cret/x@proxy", "[::1", "socks5://ann:s3cret@proxy", "gopher://ann:s3cret@proxy")


@both
@pytest.mark.parametrize("value", PROXIES)
def test_an_odd_proxy_raises_an_error_of_the_sdk(monkeypatch: pytest.MonkeyPatch, sender: Sender, value: str) -> None:
    monkeypatch.setenv("ALL_PROXY", value)

    with pytest.raises(errors.ConnectionFailed, match="ALL_PROXY or NO_PROXY in the environment cannot be used") as raised:
        sender("http://127.0.0.1:1", READ)

    assert not raised.value.sent
    assert SECRET not in everything(raised.value)


@both
@pytest.mark.parametrize("value", ["[::1", "http://ann:s3cret:x@host:port", "host:port"])
def test_an_odd_exception_from_proxies_raises_an_error_of_the_sdk(monkeypatch: pytest.MonkeyPatch, sender: Sender, value: str) -> None:
    monkeypatch.setenv("NO_PROXY", value)

    with pytest.raises(errors.ConnectionFailed, match="NO_PROXY in the environment cannot be used") as raised:
        sender("http://127.0.0.1:1", READ)

    assert SECRET not in everything(raised.value)


@both
@pytest.mark.parametrize("address", ["https://localhost:{port}", "http://{label}.test", "http://127.0.0.1:99999"])
def test_a_call_that_cannot_leave_was_not_sent(monkeypatch: pytest.MonkeyPatch, sender: Sender, address: str) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    with loopback(lambda *_: (200, ITEM, {})) as server, pytest.raises(errors.ConnectionFailed) as raised:
        sender(address.format(port=server.server_address[1], label="a" * 70), LOGIN)

    assert not raised.value.sent


class SignsWithALineEnd(httpx.Auth):
    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]  # a part of its type
        request.headers["authorization"] = f"Bearer {SECRET}\n"
        yield request


class Kept(MemoryTokens):
    """A store that another program has filled."""

    def __init__(self, access: str) -> None:
        super().__init__()
        self.save(Tokens(access, None, 9e12))


def everything(error: BaseException | None) -> str:
    """All texts of an exception and of the exceptions behind it."""
    if error is None:
        return ""
    shown = "".join(traceback.format_exception_only(error)) + repr(error) + repr(vars(error))
    return shown + everything(error.__cause__) + everything(error.__context__)


@both
def test_a_token_with_a_line_end_is_neither_sent_nor_shown(sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    token = json.dumps({"access_token": f"{SECRET}\n", "expires_in": 60}).encode()

    def behave(request: ReceivedRequest, _: Handler) -> SentResponse:
        return 200, token if request.path == "/token" else ITEM, {}

    with loopback(behave) as server, caplog.at_level(logging.DEBUG):
        with pytest.raises(errors.UnexpectedAnswer) as login:
            sender(server.url, WHO, username="a", password="b")
        with pytest.raises(errors.SignedOut) as kept:
            sender(server.url, WHO, tokens=Kept(f"{SECRET}\n"))
        with pytest.raises(errors.ConnectionFailed) as signed:
            sender(server.url, WHO, auth=SignsWithALineEnd())

    assert not signed.value.sent
    assert {request.path for request in server.requests} == {"/token"}
    for error in (login, kept, signed):
        assert SECRET not in everything(error.value)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("steelyard")]
    assert SECRET not in "".join(ours)


def test_a_header_of_a_passed_client_that_no_request_can_carry_raises_when_the_client_is_created() -> None:
    with pytest.raises(ValueError, match="the value of x-key is not") as raised:
        Steelyard("https://shop.test", http=httpx.Client(headers={"X-Key": f"{SECRET}\n"}))

    assert SECRET not in everything(raised.value)


BROKEN_TEXT = f"{SECRET}\ud800"


def test_text_that_cannot_be_encoded_raises_without_it() -> None:
    client = Scripted([httpx.Response(500)]).client(username="a", password=BROKEN_TEXT)
    uses: list[Callable[[], object]] = [
        lambda: calls.create_user(name="Ann", email="a@b.c", password=BROKEN_TEXT),
        lambda: calls.issue_token(username="a", password=BROKEN_TEXT),
        client.users.get_current,
        lambda: calls.get_item(7, if_none_match=f"{SECRET}\n"),
    ]

    for use in uses:
        with pytest.raises(ValueError, match=r"surrogate|If-None-Match") as raised:
            use()
        assert SECRET not in everything(raised.value)


@pytest.mark.parametrize("failure", [httpx.LocalProtocolError("x"), httpx.UnsupportedProtocol("x"), httpx.ProxyError("x")], ids=repr)
def test_a_request_that_could_not_be_sent_was_not_sent_unless_an_earlier_attempt_was(failure: Exception) -> None:
    for outcomes, sent in (([failure], False), ([httpx.ReadTimeout("x"), failure], True)):
        with pytest.raises(errors.ConnectionFailed) as raised:
            Scripted(outcomes).client().send(READ)
        assert raised.value.sent is sent


def test_a_login_that_fails_after_an_attempt_that_was_sent_does_not_deny_it() -> None:
    class Locked(MemoryTokens):
        """Another process renews the session from the second attempt on, and does not finish."""

        tries = 0

        def try_lock(self) -> bool:
            self.tries += 1
            return self.tries == 1

    seconds = count()
    token = httpx.Response(200, json={"access_token": "t", "expires_in": 20})

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return token
        for _ in range(10):
            next(seconds)
        raise httpx.ReadTimeout("x")

    client = Scripted(respond).client(username="a", password="b", tokens=Locked())
    auth: Any = client.core.auth
    client.core.clock = auth._clock = lambda: float(next(seconds))

    with pytest.raises(errors.TimedOut, match="another process") as raised:
        client.send(WHO)

    assert (raised.value.sent, raised.value.attempts) == (True, 2)


# -- deliveries --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("body", [DEEP, b"{"])
def test_a_delivery_that_is_not_json_raises_bad_signature(body: bytes) -> None:
    key = "whsec_c2VjcmV0"
    with pytest.raises(errors.BadSignature, match="not JSON"):
        webhooks.verify(body, webhooks.sign(body, key), key)


def test_a_delivery_with_an_endless_number_as_its_time_raises_bad_signature() -> None:
    key = "whsec_c2VjcmV0"
    with pytest.raises(errors.BadSignature, match="malformed"):
        webhooks.verify(b"{}", {**webhooks.sign(b"{}", key), "webhook-timestamp": "9" * 400}, key)
