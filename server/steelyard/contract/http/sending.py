"""Sends a response: as ASGI messages, or as a whole if the server can do that."""

from collections.abc import Callable

from starlette.types import Message, Scope, Send

from steelyard.contract.http.responses import Header, RawResponse

# Responses without content-length (RFC 9110, section 8.6).
_BODILESS = frozenset({204, 304})

# Three ASGI extensions of this server. SEND_WHOLE sends status, headers, further header lines and body with one write, or returns
# False. HOST_CHECKED states that the server has rejected foreign hosts itself, before there was a scope. CUT is a message
# that ends a response before its end; other servers do so, and report it as a fault, when the application returns.
SEND_WHOLE = "steelyard.send_whole"
CUT = "steelyard.cut"
HOST_CHECKED = "steelyard.host_checked"
SendWhole = Callable[[int, list[Header], bytes, bytes], bool]


class ResponseSender:
    """An ASGI `send` that can also send a response as a whole."""

    __slots__ = ()

    async def __call__(self, message: Message) -> None:
        """An ASGI `send`."""
        raise NotImplementedError

    def send_whole(self, status: int, headers: list[Header], body: bytes) -> bool:
        """Send the whole response, or return False if that is impossible and nothing has been sent."""
        raise NotImplementedError


async def send_response(response: RawResponse, scope: Scope, send: Send) -> None:
    """Send an encoded response; HEAD gets its headers only."""
    status, headers, body, _ = response
    if status not in _BODILESS:
        headers = [*headers, (b"content-length", b"%d" % len(body))]
    if scope["method"] == "HEAD":
        body = b""
    # A `send` that a middleware has put around the edge's sees every message.
    if isinstance(send, ResponseSender) and send.send_whole(status, headers, body):
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def cut_response(scope: Scope, send: Send) -> None:
    """End a response that has begun so that its client takes it for broken."""
    if CUT in scope.get("extensions", ()):
        await send({"type": CUT})
