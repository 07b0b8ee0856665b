"""What the tests of the SDK share: the contract's examples, and servers that answer as they are told."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx

from steelyard_client import AsyncSteelyard, Retries, Steelyard

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "generated" / "client" / "steelyard_client"
CONTRACT: dict[str, Any] = json.loads((ROOT / "generated" / "server" / "steelyard_contract" / "openapi.json").read_bytes())
ANSWERS: dict[str, Any] = json.loads((GENERATED / "examples.json").read_bytes())["answers"]
"""The contract's example of each operation's answer."""
PROBLEMS: dict[str, dict[str, Any]] = {
    name: response["content"]["application/problem+json"]["example"] for name, response in CONTRACT["components"]["responses"].items()
}
"""The contract's example of each refusal."""
AT_ONCE = Retries(base=0.0)
BASE_URL = "https://shop.test"

Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Scripted:
    """A server that gives its answers in turn, or the last one for ever, and keeps what it was sent."""

    def __init__(self, replies: Iterable[Reply] | Callable[[httpx.Request], httpx.Response]) -> None:
        self.seen: list[httpx.Request] = []
        self._function = replies if callable(replies) else None
        self._replies = [] if callable(replies) else list(replies)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        reply: Reply = self._function or (self._replies.pop(0) if len(self._replies) > 1 else self._replies[0])
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            # A response is consumed when it is read: each request gets its own.
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)

    def client(self, **options: Any) -> Steelyard:
        chosen = {"retries": AT_ONCE, "token": "t", **options}
        return Steelyard(BASE_URL, http=httpx.Client(transport=httpx.MockTransport(self)), **_credentials(chosen))

    def async_client(self, **options: Any) -> AsyncSteelyard:
        chosen = {"retries": AT_ONCE, "token": "t", **options}
        return AsyncSteelyard(BASE_URL, http=httpx.AsyncClient(transport=httpx.MockTransport(self)), **_credentials(chosen))


def _credentials(options: dict[str, Any]) -> dict[str, Any]:
    if options.keys() & {"username", "tokens", "api_key", "auth", "anonymous"}:
        options.pop("token")
        options.pop("anonymous", None)
    return options


def ok(key: str, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    """The contract's example of an answer."""
    return httpx.Response(status, json=ANSWERS[key], headers=headers)


def problem(name: str, **more: Any) -> httpx.Response:
    """The contract's example of a refusal."""
    body = {**PROBLEMS[name], **more}
    return httpx.Response(body["status"], json=body, headers={"content-type": "application/problem+json"})
