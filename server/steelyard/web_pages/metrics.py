"""/metrics, for who knows the token. To everybody else there is no such path."""

import asyncio
from collections.abc import Callable
from secrets import compare_digest

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def routes(token: str, told: Callable[[], bytes]) -> list[Route]:
    """The route; `told` makes what is read there, and may take its time."""
    return [Route("/metrics", _Scraped(token, told))]


class _Scraped:
    """An ASGI application, so that every method comes here: a 405 would tell that there is something."""

    def __init__(self, token: str, told: Callable[[], bytes]) -> None:
        self._wanted = f"Bearer {token}".encode()
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        given = request.headers.get("authorization", "").encode("latin-1")
        if not compare_digest(given, self._wanted) or request.method not in {"GET", "HEAD"}:
            raise HTTPException(404)
        body = await asyncio.to_thread(self._told)
        await Response(body, media_type=TEXT_FORMAT, headers={"cache-control": "no-store"})(scope, receive, send)
