"""One exchange, written once as a generator: it takes all decisions and does no I/O. The two clients move its bytes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Any, Generic, TypeVar

from .auth import MAX_CONFLICTS, MAX_RENEWALS, PasswordAuth, is_invalid_token
from .call import Call
from .configuration import Auth, ClientConfiguration
from .errors import NO_JSON, UNREADABLE, ApiError, ConnectionFailed, TimedOut, UnexpectedAnswer, error_from, may_quote, shown_text
from .http import httpx
from .model import error_pointer, is_object
from .notices import log, log_attempt, log_retry
from .response import Answer
from .retry import NEVER, NOT_SENT
from .steps import Lock, Send, Steps

T = TypeVar("T")
IN_PROGRESS = "/problems/idempotency-in-progress"


class Exchange(Generic[T]):
    """A call on its way: `run` is the generator, the attributes are its state."""

    __slots__ = ("_arrived", "_attempt", "_call", "_core", "_lock", "_logged", "_session", "_signing", "_stream", "_until")

    def __init__(self, core: ClientConfiguration, call: Call[T], lock: Callable[[PasswordAuth], Lock], *, stream: bool = False) -> None:
        if not isinstance(call, Call):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"a call is made by calls, such as calls.get_item(7); given: {type(call).__name__}")
        self._core, self._call, self._lock, self._stream = core, call, lock, stream
        self._session: PasswordAuth | None = None
        self._until = inf
        self._attempt = 0
        self._arrived = False
        """The server may have processed the call already."""
        self._signing = False
        """A login is under way: the call has not been sent."""
        self._logged = log.isEnabledFor(logging.DEBUG)

    def run(self) -> Steps[Answer[T]]:
        """Send, log in, wait and retry as long as that is safe; returns the response or raises the last error."""
        core, call = self._core, self._call
        if core.watch.held:
            core.watch.raise_held(call.operation)
        auth = core.auth_of(call)
        self._session = auth if isinstance(auth, PasswordAuth) else None
        started = begun = core.clock()
        if core.deadline is not None:
            self._until = started + core.deadline
        while True:
            self._attempt += 1
            request = core.build(call, self._until - begun)
            # Errors are handled outside the block, because their context may hold a secret.
            response: httpx.Response | httpx.TransportError | ApiError
            try:
                response = yield from self._send(request, auth)
            except ConnectionFailed as error:
                # Of a login: an earlier attempt may have arrived.
                error.sent, error.attempts = error.sent or self._arrived, self._attempt
                raise
            except (httpx.TransportError, ApiError) as error:
                response = error
            if isinstance(response, httpx.TransportError):
                self._log(type(response).__name__, begun)
                delay, reason = self._after_break(response), type(response).__name__
            elif isinstance(response, ApiError):
                delay, reason = self._after_failed_login(response), f"the login failed with {response.status}"
            else:
                self._log(response.status_code, begun, response)
                if core.watch.inspect(call.operation, response):
                    yield from self._compare()
                if response.is_success or response.status_code == 304:
                    core.budget.credit()
                    return Answer(self._read(response), response, self._attempt, core.clock() - started)
                delay, reason = self._after_problem(request, response), str(response.status_code)
            log_retry(call.operation, reason, delay, self._attempt)
            yield delay
            begun = core.clock()

    def _send(self, request: httpx.Request, auth: Auth) -> Steps[httpx.Response]:
        session, core = self._session, self._core
        if session is None:
            foreign = auth if isinstance(auth, httpx.Auth) else None
            unsigned: httpx.Response = yield Send(request, self._until, core.max_answer, foreign, stream=self._stream)
            return unsigned
        yield from self._sign(session, request)
        response: httpx.Response = yield Send(request, self._until, core.max_answer, stream=self._stream)
        if "authorization" in request.headers:
            if response.status_code == 401:
                response = yield from self._renewed(session, request, response)
            if response.status_code != 401:
                session.accepted = request.headers["authorization"].removeprefix("Bearer ")
        return response

    def _log(self, result: int | str, begun: float, response: httpx.Response | None = None) -> None:
        if self._logged:
            request_id = None if response is None else response.headers.get("x-request-id")
            log_attempt(self._call.operation, result, self._attempt, self._core.clock() - begun, request_id)

    # -- credentials ------------------------------------------------------------------------------------------------
    def _sign(self, session: PasswordAuth, request: httpx.Request) -> Steps[None]:
        self._signing = True
        if self._call.operation.optional:
            token = session.held()
        else:
            token = yield from session.token(self._lock(session), self._until, self._core.timeouts)
        if token is not None:
            request.headers["authorization"] = f"Bearer {token}"
        self._signing = False

    def _renewed(self, session: PasswordAuth, request: httpx.Request, response: httpx.Response) -> Steps[httpx.Response]:
        """The response with a valid token. Any call can be sent again after a 401, because it had no effect."""
        rounds = 0
        for _ in range(MAX_CONFLICTS):
            if not is_invalid_token(response):
                break
            self._signing = True
            used = request.headers["authorization"].removeprefix("Bearer ")
            # A token that another caller has renewed meanwhile does not count as a failed renewal.
            if used == session.current():
                rounds += session.accepted != used
                if rounds > MAX_RENEWALS:
                    break
                yield from session.renewal(used, self._lock(session), self._until, self._core.timeouts)
            request.headers["authorization"] = f"Bearer {session.current()}"
            self._signing = False
            response = yield Send(request, self._until, self._core.max_answer, stream=self._stream)
        return response

    # -- after a failure: seconds to wait, or the error ---------------------------------------------------------------
    def _after_break(self, error: httpx.TransportError) -> float:
        repeatable = self._signing or self._call.repeatable
        delay = self._core.retries.after_error(error, self._attempt, repeatable=repeatable)
        self._arrived = self._arrived or not (self._signing or isinstance(error, (*NOT_SENT, *NEVER)))
        self._signing = False
        if delay is None or not self._may_wait(delay):
            kind = TimedOut if isinstance(error, httpx.TimeoutException) else ConnectionFailed
            message = f"{self._call.operation.name}: {type(error).__name__}: {shown_text(error)}"
            raise kind(message, sent=self._arrived, attempts=self._attempt) from None if may_quote(error) else error
        return delay

    def _after_failed_login(self, error: ApiError) -> float:
        delay = self._core.retries.after_answer(error.response, self._attempt, repeatable=True)
        self._signing = False
        if delay is None or not self._may_wait(delay):
            error.attempts, error.resent = self._attempt, self._arrived
            raise error
        return delay

    def _after_problem(self, request: httpx.Request, response: httpx.Response) -> float:
        call, status = self._call, response.status_code
        in_progress = status == 409 and call.idempotency_key is not None and _type_of(response) == IN_PROGRESS
        delay = self._core.retries.after_answer(response, self._attempt, repeatable=call.repeatable, in_progress=in_progress)
        if delay is None or not self._may_wait(delay):
            problem = error_from(response, self._attempt, self._core.preview(call, request))
            # The first attempt, whose response was lost, may have deleted or changed it.
            gone = status == 404 and call.operation.method == "DELETE"
            problem.resent = self._arrived and (gone or (status == 412 and "if-match" in request.headers))
            raise problem
        self._arrived = self._arrived or status != 429
        return delay

    def _may_wait(self, delay: float) -> bool:
        return self._core.clock() + delay < self._until and self._core.budget.take()

    # -- the response -----------------------------------------------------------------------------------------------
    def _compare(self) -> Steps[None]:
        """Request the version of the contract of the server, which decides whether the difference is a reason to warn."""
        core, version = self._core, None
        if core.facts.version_path is not None:
            address = core.base_url + core.facts.version_path
            request = httpx.Request("GET", address, headers=core.headers, extensions={"timeout": core.timeouts})
            with suppress(httpx.TransportError, UnexpectedAnswer, *UNREADABLE):
                response = yield Send(request, self._until, core.max_answer)
                root: Any = json.loads(response.content)
                version = str(root["version"])
        core.watch.contract_differs(version)

    def _read(self, response: httpx.Response) -> T | None:
        if self._stream or response.status_code == 304:
            return None
        operation = self._call.operation
        parse = operation.parse
        if operation.parsers is not None and response.status_code in operation.parsers:
            parse = operation.parsers[response.status_code]
        if parse is None:
            return None
        pointer = ""
        try:
            data: Any = json.loads(response.content) if not operation.binary else response.content
        except NO_JSON:
            reason = "is not JSON"
        else:
            try:
                return parse(data)
            except UNREADABLE as error:
                pointer = error_pointer(error.__traceback__)
                reason = f"breaks the contract, at {pointer or 'its root'} ({type(error).__name__})"
        # Without the cause: its text may hold the value.
        raise UnexpectedAnswer(f"{operation.name}: the response {reason}", response, pointer=pointer)


def _type_of(response: httpx.Response) -> str | None:
    try:
        body: Any = json.loads(response.content)
    except NO_JSON:
        return None
    return str(body.get("type")) if is_object(body) else None
