"""The asynchronous client: it moves the bytes of an exchange, on the event loop of its first use."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
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
from .streams import AsyncStream, aread_body, as_transport_error
from .tokens import Tokens, TokenStore

T = TypeVar("T")


class AsyncBaseClient(ClientBase):
    """The asynchronous client. It belongs to the event loop of its first use."""

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
        http: httpx.AsyncClient | None = None,
        insecure: bool = False,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        check_http(http, httpx.AsyncClient, type(self).__name__)
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
    def http(self) -> httpx.AsyncClient:
        """The connections, made when first needed."""
        return self.pool.client(lambda: httpx.AsyncClient(verify=tls_context()))

    async def send(
        self,
        call: Call[T],
        *,
        timeout: float | Unset = UNSET,  # noqa: ASYNC109  # for each phase of an attempt, which no block around it can bound
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Answer[T]:
        """The response to a call: its value with status, headers, request id and number of attempts."""
        return await self._drive(Exchange(self._core_for(timeout, headers), call, _task_lock).run())

    async def call(
        self,
        call: Call[T],
        timeout: float | Unset = UNSET,  # noqa: ASYNC109  # as in `send`
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> T:
        """The value of the response to a call."""
        return (await self.send(call, timeout=timeout, headers=headers)).value

    @asynccontextmanager
    async def stream(self, call: Call[Any]) -> AsyncGenerator[AsyncStream, None]:
        """The response to a call while it arrives: for exports. Retried until the headers are in, never after."""
        started = await self._drive(Exchange(self.core, call, _task_lock, stream=True).run())
        try:
            yield AsyncStream(started)
        finally:
            try:
                await started.response.aclose()
            except BaseException:
                await self._free(started.response.request)
                raise

    async def _free(self, request: httpx.Request) -> None:
        lost = free_places(self.pool.http, request)
        if lost:
            from anyio import CancelScope  # noqa: PLC0415  # rarely needed

            with CancelScope(shield=True), suppress(Exception):
                for connection in lost:
                    await connection.aclose()

    async def _drive(self, flow: Steps[Answer[T]]) -> Answer[T]:
        try:
            step: Step = next(flow)
            while True:
                result = failure = None
                try:
                    result = await self._do(step)
                except BaseException as error:  # noqa: BLE001  # the exchange handles every error, or cleans up
                    failure = as_transport_error(error, step)
                # Outside the block above: the context of an error may hold a secret.
                step = flow.send(result) if failure is None else flow.throw(failure)
        except StopIteration as stop:
            response: Answer[T] = stop.value
            return response

    async def _do(self, step: Step) -> httpx.Response | None:
        if isinstance(step, Send):
            from .deadlines import deadline_of_call  # noqa: PLC0415  # not before the first request

            http = self.http
            self.pool.check_loop()
            mark = deadline_of_call.set((step.until, self.core.clock))
            try:
                response = await http.send(step.request, auth=step.foreign, stream=True, follow_redirects=False)
                return response if step.stream and response.is_success else await aread_body(response, step, self.core.clock)
            except BaseException:
                await self._free(step.request)
                raise
            finally:
                deadline_of_call.reset(mark)
        from anyio import move_on_after, sleep  # noqa: PLC0415  # only those who wait need it

        if isinstance(step, Acquire):
            with move_on_after(min(max(step.until - self.core.clock(), 0.0), MAX_WAIT_S)):
                await cast("Any", step.lock).acquire()
                return None
            raise TimedOut("another caller is renewing the session and has not finished", sent=False)
        await sleep(min(step, MAX_WAIT_S))
        return None

    async def sign_out(self) -> None:
        """End the session on the server and drop its tokens. The next secured call logs in again."""
        sign_out = self._sign_out_call()
        if sign_out is not None:
            call, session = sign_out
            try:
                await self.send(call)
            except ApiError as error:
                if error.status != 401:
                    raise
            finally:
                if session is not None:
                    session.forget()

    async def aclose(self) -> None:
        """Close the connections, also those of a client passed as `http=`. Every later call raises ClientClosed."""
        self.pool.closed = True
        if self.pool.http is not None and self.pool.is_in_its_loop():
            await self.pool.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class AsyncResource:
    """The same, asynchronously."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client


def _task_lock(session: PasswordAuth) -> Lock:
    return session.task_lock
