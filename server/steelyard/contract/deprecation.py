"""Deprecated operations: each response states since when, until when and the replacement; the observer counts the callers."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steelyard.contract.http.responses import Header
from steelyard.contract.observer import RequestObserver
from steelyard_contract.operations import Deprecation

_VARIABLE = re.compile(r"{(.+?)}")


def announce_deprecation(operation: ASGIApp, deprecation: Deprecation, observer: RequestObserver) -> ASGIApp:
    """The operation, with the header fields of its deprecation on every response."""
    announced: list[Header] = [(name.lower().encode(), value.encode()) for name, value in deprecation.headers]

    async def announce(scope: Scope, receive: Receive, send: Send) -> None:
        link = successor_link(deprecation.path, scope["path_params"])

        async def send_announced(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*_linked(message["headers"], link), *announced]
            await send(message)

        await operation(scope, receive, send_announced)
        observer.deprecated_call(scope["record"])

    return announce


def successor_link(path: str, variables: Mapping[str, str]) -> bytes:
    """The link to the replacement: the same resource, or the operation's description where its path needs further variables."""
    if all(name in variables for name in _VARIABLE.findall(path)):
        target = _VARIABLE.sub(lambda match: quote(variables[match[1]], safe=""), path)
    else:
        target = f"/openapi.json#/paths/{quote(path.replace('~', '~0').replace('/', '~1'), safe='~')}"
    return f'<{target}>; rel="successor-version"'.encode()


def _linked(headers: Iterable[Header], link: bytes) -> list[Header]:
    """One Link header, with the successor behind the links that are there."""
    others = [value for name, value in headers if name == b"link"]
    return [*(header for header in headers if header[0] != b"link"), (b"link", b", ".join((*others, link)))]
