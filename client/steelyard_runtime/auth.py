"""Credentials: a password that logs in and renews its session, or a constant header."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from math import inf
from time import monotonic, sleep, time
from typing import Any, Final, TypeAlias, cast

from .call import form_body, is_field_value
from .errors import NO_JSON, UNREADABLE, ApiError, SignedOut, TimedOut, UnexpectedAnswer, error_from
from .forks import renew_after_fork
from .http import httpx
from .retry import NOT_SENT
from .steps import Acquire, Lock, Send, Step, Steps
from .tokens import MemoryTokens, Tokens, TokenStore

SKEW_S = 15.0
"""A token is renewed this long before it expires, because the request still has to arrive."""
MAX_RENEWALS = 3
"""Renewals for one call whose tokens the server rejects."""
MAX_CONFLICTS = 64
"""401s of one call for tokens that were revoked or renewed while the call was on its way."""
LOCK_PAUSE_S = 0.02
"""Between two attempts at a lock that another process holds."""
INVALID_TOKEN: Final = "/problems/invalid-token"  # noqa: S105  # the type of a problem
MAX_TOKEN_RESPONSE_BYTES = 1 << 20


Timeouts: TypeAlias = "dict[str, float]"


class Static:
    """A constant header: an API key, or a token that other code renews."""

    __slots__ = ("header", "value")

    def __init__(self, header: str, value: str) -> None:
        self.header, self.value = header, value

    def __repr__(self) -> str:
        return f"Static({self.header}, ***)"


class PasswordAuth(httpx.Auth):
    """A session: it logs in when needed, and renews before expiry or on a 401 invalid-token, once for any number of callers.

    Also works with a bare `httpx.Client(auth=...)`.
    """

    requires_response_body = True

    def __init__(
        self,
        username: str | None,
        password: str | Callable[[], str] | None,
        token_url: str,
        *,
        scope: str | None = None,
        store: TokenStore | None = None,
        clock: Callable[[], float] = monotonic,
        wall_clock: Callable[[], float] = time,
    ) -> None:
        self._username, self._password, self._url, self._scope = username, password, token_url, scope
        self._store: TokenStore = store or MemoryTokens()
        self._clock, self._wall_clock = clock, wall_clock
        self._mine: tuple[str, float] | None = None
        """The token that was received here and, by the monotonic clock, when it expires."""
        self.accepted: str | None = None
        """The last token that a server accepted: if it is rejected now, it has been revoked since."""
        self._generation = 0
        self._login_error: Exception | None = None
        self.thread_lock = threading.Lock()
        self._task_lock: Lock | None = None
        renew_after_fork(self)

    def _after_fork(self) -> None:
        self.thread_lock, self._task_lock = threading.Lock(), None
        if isinstance(self._store, MemoryTokens):
            # Parent and child would both send the refresh token, which is good once.
            tokens = self._store.load()
            self._store.save(Tokens(tokens.access, None, tokens.expires_at))

    def __repr__(self) -> str:
        return f"PasswordAuth({self._username!r}, ***)"

    @property
    def task_lock(self) -> Lock:
        """Made on first use: it belongs to the event loop that is running then."""
        if self._task_lock is None:
            from anyio import Lock as TaskLock  # noqa: PLC0415  # only asynchronous clients need it

            self._task_lock = TaskLock()
        return self._task_lock

    # -- for the exchange of the client -----------------------------------------------------------------------------
    def held(self) -> str | None:
        """The token, if there is a valid one."""
        tokens = self._store.load()
        return tokens.access if self._is_fresh(tokens) else None

    def current(self) -> str | None:
        """The newest token, valid or not."""
        return self._store.load().access

    def forget(self) -> None:
        """Drop the tokens of the session."""
        self._store.save(Tokens())
        self._mine = None

    def token(self, lock: Lock, until: float, timeouts: Timeouts) -> Steps[str]:
        """A valid token, after a login if necessary."""
        token = self.held()
        if token is None:
            yield from self.renewal(self.current(), lock, until, timeouts)
            token = self.current()
        return token or ""

    def renewal(self, used: str | None, lock: Lock, until: float, timeouts: Timeouts) -> Steps[None]:
        """Give the session another token than `used`. One caller does it; the others wait, and use its token."""
        seen = self._generation
        yield Acquire(lock, until)
        try:
            if seen != self._generation and self._login_error is not None:
                # The login failed while this caller waited: a wrong password is not sent once per thread.
                raise copy.copy(self._login_error)
            while not self._store.try_lock():
                if self._clock() >= until:
                    raise TimedOut("another process is renewing the session and has not finished", sent=False)
                yield LOCK_PAUSE_S
            try:
                tokens = self._store.load()
                if tokens.access != used and self._is_fresh(tokens):
                    return
                yield from self._login(tokens, until, timeouts)
            finally:
                self._store.unlock()
        finally:
            lock.release()

    def _is_fresh(self, tokens: Tokens) -> bool:
        if tokens.access is None:
            return False
        if self._mine is not None and self._mine[0] == tokens.access:
            return self._clock() < self._mine[1] - SKEW_S
        # What no header can carry counts as expired.
        return self._wall_clock() < tokens.expires_at - SKEW_S and is_field_value(tokens.access)

    def _login(self, tokens: Tokens, until: float, timeouts: Timeouts) -> Steps[None]:
        self._login_error = None
        try:
            if tokens.refresh is None or not (yield from self._refresh(tokens, tokens.refresh, until, timeouts)):
                if self._password is None or self._username is None:
                    raise SignedOut("the session has ended and there is no password; log in again")
                password = self._password() if callable(self._password) else self._password
                form = {"grant_type": "password", "username": self._username, "password": password}
                response = yield self._token_request(form | ({} if self._scope is None else {"scope": self._scope}), until, timeouts)
                self._keep(response)
        except (ApiError, SignedOut) as error:
            if not isinstance(error, ApiError) or (error.status < 500 and error.status != 429):
                self._login_error = error
            raise
        finally:
            self._generation += 1

    def _refresh(self, tokens: Tokens, refresh: str, until: float, timeouts: Timeouts) -> Steps[bool]:
        """Whether the refresh token gave a new session. It is stored as spent before it is sent: if it is sent twice, the session ends."""
        self._store.save(Tokens(tokens.access, None, tokens.expires_at))
        try:
            response = yield self._token_request({"grant_type": "refresh_token", "refresh_token": refresh}, until, timeouts)
        except NOT_SENT:
            self._store.save(tokens)
            raise
        except httpx.TransportError:
            response = None
        if response is None:
            if self._password is None:
                raise SignedOut("the response to a renewal was lost and there is no password; log in again")
            return False
        if response.status_code == 401:
            if self._password is None:
                raise SignedOut("the session was ended and there is no password; log in again") from error_from(response)
            return False
        if not response.is_success:
            self._store.save(tokens)
        self._keep(response)
        return True

    def _token_request(self, form: dict[str, str], until: float, timeouts: Timeouts) -> Send:
        fields = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json, application/problem+json"}
        request = httpx.Request(
            "POST", self._url, content=form_body(form), headers=fields, extensions={"timeout": timeouts} if timeouts else None
        )
        return Send(request, until, MAX_TOKEN_RESPONSE_BYTES)

    def _keep(self, response: httpx.Response) -> None:
        if not response.is_success:
            raise error_from(response)
        failure = "no header can carry it"
        access, lifetime, refresh = "\n", 0.0, None
        try:
            body = cast("dict[str, Any]", json.loads(response.content))
            access, lifetime, refresh = str(body["access_token"]), float(body["expires_in"]), body.get("refresh_token")
        except UNREADABLE as error:
            # Not its text, which may hold a token.
            failure = type(error).__name__
        if not is_field_value(access):
            raise UnexpectedAnswer(f"the response of {self._url} is not a token ({failure})")
        self._store.save(Tokens(access, refresh, self._wall_clock() + lifetime))
        self._mine = (access, self._clock() + lifetime)

    # -- for a bare httpx client ------------------------------------------------------------------------------------
    def _flow(self, request: httpx.Request, lock: Lock) -> Steps[None]:
        timeouts = request.extensions.get("timeout", {})
        used = yield from self.token(lock, inf, timeouts)
        for _ in range(MAX_RENEWALS):
            request.headers["authorization"] = f"Bearer {used}"
            response = yield Send(request, inf, 0)
            if not is_invalid_token(response):
                return
            if self.current() == used:
                yield from self.renewal(used, lock, inf, timeouts)
            used = yield from self.token(lock, inf, timeouts)
        request.headers["authorization"] = f"Bearer {used}"
        yield Send(request, inf, 0)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = self._flow(request, self.thread_lock)
        try:
            step: Step = next(flow)
            while True:
                response: httpx.Response | None = None
                if isinstance(step, Send):
                    response = yield step.request
                    if response.status_code == 401 or step.request is not request:
                        response.read()
                elif isinstance(step, Acquire):
                    self.thread_lock.acquire()
                else:
                    sleep(step)
                step = flow.send(response)
        except StopIteration:
            return
        finally:
            flow.close()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        from anyio import sleep as pause  # noqa: PLC0415  # only asynchronous clients need it

        flow = self._flow(request, self.task_lock)
        try:
            step: Step = next(flow)
            while True:
                response: httpx.Response | None = None
                if isinstance(step, Send):
                    response = yield step.request
                    if response.status_code == 401 or step.request is not request:
                        await response.aread()
                elif isinstance(step, Acquire):
                    await cast("Any", step.lock).acquire()
                else:
                    await pause(step)
                step = flow.send(response)
        except StopIteration:
            return
        finally:
            flow.close()


def is_invalid_token(response: httpx.Response) -> bool:
    """Whether a renewal may help; it does not with any other 401."""
    if response.status_code != 401 or not response.is_closed:
        return response.status_code == 401
    try:
        body: Any = json.loads(response.content)
    except NO_JSON:
        return False
    return isinstance(body, dict) and cast("dict[str, Any]", body).get("type") == INVALID_TOKEN
