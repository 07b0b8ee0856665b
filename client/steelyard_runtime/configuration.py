"""The configuration of a client and of its views: the form of requests, and their credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from . import forms
from .auth import PasswordAuth, Static
from .call import Call, Sent
from .errors import CredentialsMissing
from .http import httpx
from .keys import Keys
from .model import Unset
from .notices import ContractInfo, Notices
from .operation import Operation
from .retry import Budget, Retries

Auth = PasswordAuth | Static | httpx.Auth | None
MAX_ANSWER = 64 << 20
EVENTS = "text/event-stream"
# Within which a stream of events shows that it is alive. Servers send a comment every 15 seconds.
SILENCE_S = 45.0


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
        "keys",
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
        keys: Keys,
    ) -> None:
        self.facts, self.base_url, self.auth, self.max_answer = facts, base_url, auth, max_answer
        self.timeout, self.deadline, self.retries, self.headers = timeout, deadline, retries, headers
        self.budget, self.watch, self.clock, self.keys = budget, watch, clock, keys
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
            keys=self.keys,
        )

    def build(self, call: Call[Any], left: float = inf) -> httpx.Request:
        """The request of a call."""
        operation = call.operation
        headers = dict(self._signed if self._takes_token(operation) else self.headers)
        if operation.accept is not None:
            headers["accept"] = f"{operation.accept}, application/problem+json"
        if operation.media is not None and call.content is not None:
            is_form = operation.media == forms.MEDIA
            headers["content-type"] = forms.content_type(call.content) if is_form else operation.media
        if call.idempotency_key is not None:
            headers["idempotency-key"] = call.idempotency_key
        if call.headers is not None:
            headers.update(call.headers)
        timeouts = self.timeouts if left >= self.timeout else _phases(max(left, 0.001))
        if operation.accept == EVENTS:
            timeouts = {**timeouts, "read": max(timeouts["read"], SILENCE_S)}
        request = httpx.Request(
            operation.method, self.base_url + call.target, headers=headers, content=call.content, extensions={"timeout": timeouts}
        )
        if operation.ways:
            self.keys.sign(request, operation)
        return request

    def _takes_token(self, operation: Operation[Any]) -> bool:
        if not operation.ways:
            return operation.secured
        return any(scheme not in self.facts.keys for way in operation.ways for scheme in way)

    def preview(self, call: Call[Any], request: httpx.Request | None = None) -> Sent:
        """The request of a call, to be shown."""
        request = request or self.build(call)
        private = frozenset({self.auth.header.lower()}) if isinstance(self.auth, Static) else frozenset[str]()
        private |= self.keys.headers
        return Sent(request.method, str(request.url), dict(request.headers), call.shown_body(), call.shown_body(reveal=True), private)

    def auth_of(self, call: Call[Any]) -> Auth:
        """The credentials of a call, or CredentialsMissing."""
        operation = call.operation
        if not operation.secured:
            return None
        has_token = self.auth is not None or "authorization" in self.headers
        if operation.ways:
            if not operation.optional and not any(all(self._holds(scheme, has_token) for scheme in way) for way in operation.ways):
                demanded = " or ".join([" and ".join(way) for way in operation.ways])
                raise CredentialsMissing(
                    f"{operation.name} needs {demanded}. Pass api_key={{name: key}}, beside a token if need be; nothing was sent."
                )
            return self.auth if self._takes_token(operation) else None
        if not has_token and not operation.optional:
            scopes = f" with the scope {' or '.join(operation.scopes)}" if operation.scopes else ""
            raise CredentialsMissing(
                f"{operation.name} needs a login{scopes}. Pass username and password, or a token, to the client; nothing was sent."
            )
        return self.auth

    def _holds(self, scheme: str, has_token: bool) -> bool:  # private
        return scheme in self.keys or (has_token and scheme not in self.facts.keys)


def _phases(seconds: float) -> dict[str, float]:
    return {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
