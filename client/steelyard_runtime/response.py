"""A response with its value."""

from __future__ import annotations

import json
import re
from typing import Any, Final, Generic, TypeVar, cast

from .errors import pack_response
from .http import httpx
from .model import Record

T = TypeVar("T")


class RateLimit(Record):
    """The rest of the quota that counted a request."""

    __slots__ = ("left", "policy", "reset")

    def __init__(self, policy: str, left: int, reset: float) -> None:
        self.policy: Final = policy
        self.left: Final = left
        self.reset: Final = reset
        """Seconds until the whole quota is back."""


class Answer(Generic[T]):
    """A successful response: its value, status and headers."""

    __slots__ = ("_value", "attempts", "elapsed", "response")

    def __init__(self, value: T | None, response: httpx.Response, attempts: int, elapsed: float) -> None:
        self._value = value
        self.response = response
        self.attempts = attempts
        self.elapsed = elapsed
        """Seconds over all attempts and waits."""

    @property
    def value(self) -> T:
        """The typed body; ValueError for a 304, which has none."""
        if self.response.status_code == 304:
            raise ValueError("not modified: the response has no body, and your copy is current")
        return cast("T", self._value)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self.response.headers

    @property
    def request_id(self) -> str | None:
        """The id of this exchange in the logs of the server."""
        return self._text("x-request-id")

    @property
    def etag(self) -> str | None:
        """For `if_match` and `if_none_match`."""
        return self._text("etag")

    @property
    def location(self) -> str | None:
        return self._text("location")

    @property
    def not_modified(self) -> bool:
        """The version of `if_none_match` is still current."""
        return self.response.status_code == 304

    @property
    def replayed(self) -> bool:
        """This is the stored response to an earlier send with the same Idempotency-Key."""
        return self._text("idempotency-replayed") == "true"

    @property
    def rate_limit(self) -> RateLimit | None:
        """None where there is no limit."""
        match = re.fullmatch(r'"([^"]*)";r=([0-9]+);t=([0-9]+)', self._text("ratelimit") or "")
        return RateLimit(match[1], int(match[2]), float(match[3])) if match else None

    def json(self) -> Any:
        """The body as JSON, untyped."""
        return json.loads(self.response.content)

    def _text(self, name: str) -> str | None:
        value: str | None = self.response.headers.get(name)
        return value

    def __repr__(self) -> str:
        return f"<Answer {self.status}, attempts={self.attempts}, request_id={self.request_id}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._value, pack_response(self.response), self.attempts, self.elapsed)


def _rebuilt(value: Any, kept: Any, attempts: int, elapsed: float) -> Answer[Any]:
    return Answer(value, kept.response(), attempts, elapsed)
