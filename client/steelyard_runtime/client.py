"""The synchronous client: it moves the bytes of an exchange, in the thread that calls it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar, cast

from .auth import PasswordAuth
from .call import Call
from .client_base import MAX_WAIT_S, RETRIES, ClientBase
from .client_options import build_configuration, check_http, options_from_environment
from .configuration import MAX_ANSWER
from .connections import ConnectionHolder, free_places
from .errors import ApiError, TimedOut
from .exchange import Exchange
from .http import httpx, tls_context
from .model import UNSET, Unset
from .response import Answer
from .retry import Retries
from .steps import Acquire, Lock, Send, Step, Steps
from .streams import Stream, as_transport_error, read_body
from .tokens import Tokens, TokenStore

T = TypeVar("T")


class BaseClient(ClientBase):
    """The synchronous client. Safe to share between threads; a forked process gets new connections."""

    def __init__(
        self,
        base_url: str,
        *,
        username: str | None = None,
        password: str | Callable[[], str] | None = None,
        scope: str | None = None,
        token: str | None = None,
        api_key: str | Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        tokens: TokenStore | Tokens | None = None,
        timeout: float = 10.0,
        deadline: float | None = 30.0,
        retries: Retries = RETRIES,
        headers: Mapping[str, str] | None = None,
        http: httpx.Client | None = None,
        insecure: bool = False,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        check_http(http, httpx.Client, type(self).__name__)
        self.core = build_configuration(
            self.FACTS,
            base_url,
            username=username,
            password=password,
            scope=scope,
            token=token,
            api_key=api_key,
            auth=auth,
            tokens=tokens,
            timeout=timeout,
            deadline=deadline,
            retries=retries,
            headers=headers,
            http=http,
            insecure=insecure,
            max_answer=max_answer,
        )
        self.pool = ConnectionHolder(http)

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """A client from the environment: ..._URL and one of ..._USERNAME with ..._PASSWORD, ..._TOKEN, ..._API_KEY."""
        return cls(**{**options_from_environment(cls.FACTS.title), **options})

    @property
    def http(self) -> httpx.Client:
        """The connections, made when first needed."""
        return self.pool.client(lambda: httpx.Client(verify=tls_context()))

    def send(self, call: Call[T], *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Answer[T]:
        """The response to a call: its value with status, headers, request id and number of attempts."""
        return self._drive(Exchange(self._core_for(timeout, headers), call, _thread_lock).run())

    def call(self, call: Call[T], timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> T:
        """The value of the response to a call."""
        return self.send(call, timeout=timeout, headers=headers).value

    @contextmanager
    def stream(self, call: Call[Any]) -> Generator[Stream, None, None]:
        """The response to a call while it arrives: for exports. Retried until the headers are in, never after."""
        started = self._drive(Exchange(self.core, call, _thread_lock, stream=True).run())
        try:
            yield Stream(started)
        finally:
            try:
                started.response.close()
            except BaseException:
                self._free(started.response.request)
                raise

    def _free(self, request: httpx.Request) -> None:
        for connection in free_places(self.pool.http, request):
            connection.close()

    def _drive(self, flow: Steps[Answer[T]]) -> Answer[T]:
        try:
            step: Step = next(flow)
            while True:
                result = failure = None
                try:
                    result = self._do(step)
                except BaseException as error:  # noqa: BLE001  # the exchange handles every error, or cleans up
                    failure = as_transport_error(error, step)
                # Outside the block above: the context of an error may hold a secret.
                step = flow.send(result) if failure is None else flow.throw(failure)
        except StopIteration as stop:
            response: Answer[T] = stop.value
            return response

    def _do(self, step: Step) -> httpx.Response | None:
        if isinstance(step, Send):
            from .deadlines import deadline_of_call  # noqa: PLC0415  # not before the first request

            http, mark = self.http, deadline_of_call.set((step.until, self.core.clock))
            try:
                response = http.send(step.request, auth=step.foreign, stream=True, follow_redirects=False)
                return response if step.stream and response.is_success else read_body(response, step, self.core.clock)
            except BaseException:
                self._free(step.request)
                raise
            finally:
                deadline_of_call.reset(mark)
        if isinstance(step, Acquire):
            left = step.until - self.core.clock()
            if not cast("Any", step.lock).acquire(timeout=min(max(left, 0.0), MAX_WAIT_S)):
                raise TimedOut("another caller is renewing the session and has not finished", sent=False)
            return None
        time.sleep(min(step, MAX_WAIT_S))
        return None

    def sign_out(self) -> None:
        """End the session on the server and drop its tokens. The next secured call logs in again."""
        sign_out = self._sign_out_call()
        if sign_out is not None:
            call, session = sign_out
            try:
                self.send(call)
            except ApiError as error:
                if error.status != 401:
                    raise
            finally:
                if session is not None:
                    session.forget()

    def close(self) -> None:
        """Close the connections, also those of a client passed as `http=`. Every later call raises ClientClosed."""
        self.pool.closed = True
        if self.pool.http is not None:
            self.pool.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Resource:
    """What the generated resources stand on: `client.orders` holds its client and nothing else."""

    __slots__ = ("_client",)

    def __init__(self, client: BaseClient) -> None:
        self._client = client


def _thread_lock(session: PasswordAuth) -> Lock:
    return session.thread_lock
