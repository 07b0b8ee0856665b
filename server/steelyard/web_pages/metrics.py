"""/metrics, for requests with the token. For all others the path does not exist."""

import asyncio
from collections.abc import Callable
from secrets import compare_digest

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def routes(token: str, render: Callable[[], bytes]) -> list[Route]:
    """The route; `render` makes the body, and may be slow."""
    return [Route("/metrics", _Scraped(token, render))]


class _Scraped:
    """An ASGI application, so that every method comes here: a 405 would reveal that the path exists."""

    def __init__(self, token: str, render: Callable[[], bytes]) -> None:
        self._authorization = f"Bearer {token}".encode()
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        authorization = request.headers.get("authorization", "").encode("latin-1")
        if not compare_digest(authorization, self._authorization) or request.method not in {"GET", "HEAD"}:
            raise HTTPException(404)
        body = await asyncio.to_thread(self._render)
        await Response(body, media_type=TEXT_FORMAT, headers={"cache-control": "no-store"})(scope, receive, send)
