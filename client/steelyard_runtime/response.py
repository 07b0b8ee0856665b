"""What came back, beside the value."""

from __future__ import annotations

import json
import re
from typing import Any, Final, Generic, TypeVar, cast

from .errors import pack_response
from .http import httpx
from .record import Record

T = TypeVar("T")


class RateLimit(Record):
    """What is left of the quota that counted a request."""

    __slots__ = ("left", "policy", "reset")

    def __init__(self, policy: str, left: int, reset: float) -> None:
        self.policy: Final = policy
        self.left: Final = left
        self.reset: Final = reset
        """Seconds until the whole quota is back."""


class Answer(Generic[T]):
    """A success: its value, and what was said around it."""

    __slots__ = ("_value", "attempts", "elapsed", "response")

    def __init__(self, value: T | None, response: httpx.Response, attempts: int, elapsed: float) -> None:
        self._value = value
        self.response = response
        self.attempts = attempts
        self.elapsed = elapsed
        """Seconds over all attempts and waits."""

    @property
    def value(self) -> T:
        """The typed body; ValueError when there is none because nothing has changed."""
        if self.response.status_code == 304:
            raise ValueError("not modified: the answer has no body, what you hold is still current")
        return cast("T", self._value)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self.response.headers

    @property
    def request_id(self) -> str | None:
        """The name of this exchange in the server's logs."""
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
        """What `if_none_match` named is still current."""
        return self.response.status_code == 304

    @property
    def replayed(self) -> bool:
        """The stored answer to an earlier send with the same Idempotency-Key."""
        return self._text("idempotency-replayed") == "true"

    @property
    def rate_limit(self) -> RateLimit | None:
        """None where nothing is limited."""
        found = re.fullmatch(r'"([^"]*)";r=([0-9]+);t=([0-9]+)', self._text("ratelimit") or "")
        return RateLimit(found[1], int(found[2]), float(found[3])) if found else None

    def json(self) -> Any:
        """The body as it came."""
        return json.loads(self.response.content)

    def _text(self, name: str) -> str | None:
        found: str | None = self.response.headers.get(name)
        return found

    def __repr__(self) -> str:
        return f"<Answer {self.status}, attempts={self.attempts}, request_id={self.request_id}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._value, pack_response(self.response), self.attempts, self.elapsed)


def _rebuilt(value: Any, kept: Any, attempts: int, elapsed: float) -> Answer[Any]:
    return Answer(value, kept.response(), attempts, elapsed)
