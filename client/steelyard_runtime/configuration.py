"""The configuration of a client and of its views: the form of requests, and their credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from .auth import PasswordAuth, Static
from .call import Call, Sent
from .errors import CredentialsMissing
from .http import httpx
from .model import Unset
from .notices import ContractInfo, Notices
from .retry import Budget, Retries

Auth = PasswordAuth | Static | httpx.Auth | None
MAX_ANSWER = 64 << 20


class ClientConfiguration:
    """The options of a client, and the objects that it shares with its views. Immutable, except for these."""

    __slots__ = (
        "_signed",
        "auth",
        "base_url",
        "budget",
        "clock",
        "deadline",
        "facts",
        "headers",
        "max_answer",
        "retries",
        "timeout",
        "timeouts",
        "watch",
    )

    def __init__(
        self,
        facts: ContractInfo,
        base_url: str,
        *,
        auth: Auth,
        timeout: float,
        deadline: float | None,
        retries: Retries,
        headers: dict[str, str],
        max_answer: int,
        budget: Budget,
        watch: Notices,
        clock: Callable[[], float],
    ) -> None:
        self.facts, self.base_url, self.auth, self.max_answer = facts, base_url, auth, max_answer
        self.timeout, self.deadline, self.retries, self.headers = timeout, deadline, retries, headers
        self.budget, self.watch, self.clock = budget, watch, clock
        self.timeouts = _phases(timeout)
        self._signed = {**headers, auth.header: auth.value} if isinstance(auth, Static) else headers

    def view(
        self,
        timeout: float | Unset,
        deadline: float | Unset | None,
        retries: Retries | Unset,
        headers: Mapping[str, str] | Unset,
        auth: httpx.Auth | Unset | None,
    ) -> ClientConfiguration:
        """The same configuration with other options."""
        return ClientConfiguration(
            self.facts,
            self.base_url,
            auth=self.auth if isinstance(auth, Unset) else auth,
            timeout=self.timeout if isinstance(timeout, Unset) else timeout,
            deadline=self.deadline if isinstance(deadline, Unset) else deadline,
            retries=self.retries if isinstance(retries, Unset) else retries,
            headers=self.headers if isinstance(headers, Unset) else self.headers | {name.lower(): value for name, value in headers.items()},
            max_answer=self.max_answer,
            budget=self.budget,
            watch=self.watch,
            clock=self.clock,
        )

    def build(self, call: Call[Any], left: float = inf) -> httpx.Request:
        """The request of a call."""
        operation = call.operation
        headers = dict(self._signed if operation.secured else self.headers)
        if operation.media is not None and call.content is not None:
            headers["content-type"] = operation.media
        if call.idempotency_key is not None:
            headers["idempotency-key"] = call.idempotency_key
        if call.headers is not None:
            headers.update(call.headers)
        timeouts = self.timeouts if left >= self.timeout else _phases(max(left, 0.001))
        return httpx.Request(
            operation.method, self.base_url + call.target, headers=headers, content=call.content, extensions={"timeout": timeouts}
        )

    def preview(self, call: Call[Any], request: httpx.Request | None = None) -> Sent:
        """The request of a call, to be shown."""
        request = request or self.build(call)
        private = frozenset({self.auth.header.lower()}) if isinstance(self.auth, Static) else frozenset[str]()
        return Sent(request.method, str(request.url), dict(request.headers), call.shown_body(), call.shown_body(reveal=True), private)

    def auth_of(self, call: Call[Any]) -> Auth:
        """The credentials of a call, or CredentialsMissing."""
        operation = call.operation
        if not operation.secured:
            return None
        if self.auth is None and not operation.optional and "authorization" not in self.headers:
            scopes = f" with the scope {' or '.join(operation.scopes)}" if operation.scopes else ""
            raise CredentialsMissing(
                f"{operation.name} needs a login{scopes}. Pass username and password, or a token, to the client; nothing was sent."
            )
        return self.auth


def _phases(seconds: float) -> dict[str, float]:
    return {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
