"""Shared by the tests of the SDK: the contract's examples, and a scripted server."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx

from steelyard_client import AsyncSteelyard, Retries, Steelyard

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "generated" / "client" / "steelyard_client"
CONTRACT: dict[str, Any] = json.loads((ROOT / "generated" / "server" / "steelyard_contract" / "openapi.json").read_bytes())
EXAMPLES: dict[str, Any] = json.loads((GENERATED / "examples.json").read_bytes())["answers"]
"""The contract's example of each operation's response."""
PROBLEMS: dict[str, dict[str, Any]] = {
    name: response["content"]["application/problem+json"]["example"] for name, response in CONTRACT["components"]["responses"].items()
}
"""The contract's example of each problem."""
AT_ONCE = Retries(base=0.0)
BASE_URL = "https://shop.test"

Outcome = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Scripted:
    """A server that returns scripted outcomes in turn, then repeats the last. It keeps all requests."""

    def __init__(self, outcomes: Iterable[Outcome] | Callable[[httpx.Request], httpx.Response]) -> None:
        self.seen: list[httpx.Request] = []
        self._function = outcomes if callable(outcomes) else None
        self._outcomes = [] if callable(outcomes) else list(outcomes)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        outcome: Outcome = self._function or (self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0])
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, httpx.Response):
            # Reading a response consumes it, so each request gets a copy.
            return httpx.Response(outcome.status_code, headers=outcome.headers, content=outcome.content)
        return outcome(request)

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
    """The contract's example of a response."""
    return httpx.Response(status, json=EXAMPLES[key], headers=headers)


def problem(name: str, **more: Any) -> httpx.Response:
    """The contract's example of a problem."""
    body = {**PROBLEMS[name], **more}
    return httpx.Response(body["status"], json=body, headers={"content-type": "application/problem+json"})
