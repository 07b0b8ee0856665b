"""The two clients: construction, views, and the drivers that move the bytes of an exchange."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_address
from typing import Any, ClassVar, NoReturn, Self, TypeVar, cast

from .auth import PasswordAuth, Static
from .call import Call, operation_named
from .client_options import check_base_url, check_credentials, check_http, check_options
from .configuration import MAX_ANSWER, Auth, ClientConfiguration
from .errors import ApiError, ClientClosed, TimedOut
from .exchange import Exchange
from .http import httpx, tls_context
from .model import UNSET, Unset
from .notices import ContractInfo, Notices
from .response import Answer
from .retry import Budget, Retries
from .steps import Acquire, Lock, Send, Step, Steps
from .streams import AsyncStream, Stream, aread_body, read_body
from .tokens import TokenStore

T = TypeVar("T")
H = TypeVar("H", httpx.Client, httpx.AsyncClient)
RETRIES = Retries()


class ConnectionHolder:
    """The connections of one client and its views. A new process gets new ones: two must not speak on one socket."""

    __slots__ = ("closed", "given", "http", "pid")

    def __init__(self, given: Any) -> None:
        self.given: Any = given
        self.http: Any = given
        self.pid = os.getpid()
        self.closed = False

    def client(self, make: Callable[[], H]) -> H:
        """The client of the library, made when first needed; ClientClosed once either has been closed."""
        if self.closed or (self.given is not None and self.given.is_closed):
            raise ClientClosed
        if self.http is None or (self.pid != os.getpid() and self.given is None):
            self.http, self.pid = make(), os.getpid()
        return cast("H", self.http)


def build_configuration(
    facts: ContractInfo,
    base_url: str,
    *,
    username: str | None,
    password: str | Callable[[], str] | None,
    scope: str | None,
    token: str | None,
    api_key: str | None,
    auth: httpx.Auth | None,
    tokens: TokenStore | None,
    timeout: float,
    deadline: float | None,
    retries: Retries,
    headers: Mapping[str, str] | None,
    http: httpx.Client | httpx.AsyncClient | None,
    insecure: bool,
    max_answer: int,
) -> ClientConfiguration:
    """Check what a client was given, and refuse what would surprise later."""
    base_url = check_base_url(base_url)
    url = httpx.URL(base_url)
    check_options(timeout, deadline, retries, UNSET if headers is None else headers, auth, max_answer)
    check_credentials(username, password, scope, token, api_key, tokens)
    login = username is not None or password is not None or tokens is not None
    kinds = [
        name
        for name, given in (("username", login), ("token", token is not None), ("api_key", api_key is not None), ("auth", auth is not None))
        if given
    ]
    if len(kinds) > 1:
        raise TypeError(f"give one kind of credentials, not {' and '.join(kinds)}")
    if tokens is None and (username is None) != (password is None):
        raise TypeError("username and password go together")
    if scope is not None and not login:
        raise TypeError("scope goes with username and password: it is what the login asks for")
    if kinds and url.scheme == "http" and not insecure and not _is_loopback(url.host):
        raise ValueError(f"credentials would be readable on their way to {base_url}: use https, or insecure=True if you must")
    chosen: Auth = auth
    if login:
        # As text, not joined: a path prefix of base_url stays.
        chosen = PasswordAuth(username, password, f"{base_url}/{facts.token_path.lstrip('/')}", scope=scope, store=tokens)
    elif token is not None:
        chosen = Static("authorization", f"Bearer {token}")
    elif api_key is not None:
        chosen = Static(facts.key_header, f"{facts.key_prefix}{api_key}")
    sent = {
        "accept": "application/json, application/problem+json",
        "accept-encoding": "gzip, deflate",
        "user-agent": f"{facts.title.lower()}-python/{facts.version} python/{sys.version_info[0]}.{sys.version_info[1]}",
        **_headers_of(http),
        **{name.lower(): value for name, value in (headers or {}).items()},
    }
    return ClientConfiguration(
        facts,
        base_url,
        auth=chosen,
        timeout=timeout,
        deadline=deadline,
        retries=retries,
        headers=sent,
        max_answer=max_answer,
        budget=Budget(),
        watch=Notices(facts),
        clock=time.monotonic,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _headers_of(http: httpx.Client | httpx.AsyncClient | None) -> dict[str, str]:
    """Headers that a user's client adds to httpx's own; TypeError for what it holds that would be ignored."""
    if http is None:
        return {}
    ignored = [name for name, held in (("auth", http.auth), ("cookies", http.cookies), ("params", http.params)) if held]
    if str(http.base_url):
        ignored.append("base_url")
    if ignored:
        raise TypeError(f"http= brings its own {', '.join(ignored)}, which would be ignored; give them to this client, or leave them out")
    # What any client of the library has is no wish of the user.
    usual = {"accept", "accept-encoding", "connection", "user-agent"}
    return {name: value for name, value in http.headers.items() if name not in usual}


def _environment(title: str) -> dict[str, Any]:
    prefix = title.upper()
    names = {"base_url": "URL", "username": "USERNAME", "password": "PASSWORD", "token": "TOKEN", "api_key": "API_KEY"}
    found = {name: os.environ.get(f"{prefix}_{suffix}") for name, suffix in names.items()}
    if not found["base_url"]:
        raise ValueError(f"{prefix}_URL is not set: the address of the server")
    return {name: value for name, value in found.items() if value}


class _Views:
    """What both clients have: settings, and copies of the client with other ones."""

    FACTS: ClassVar[ContractInfo]
    core: ClientConfiguration
    pool: ConnectionHolder

    @property
    def base_url(self) -> str:
        return self.core.base_url

    def with_options(
        self,
        *,
        timeout: float | Unset = UNSET,
        deadline: float | Unset | None = UNSET,
        retries: Retries | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
        auth: httpx.Auth | Unset | None = UNSET,
    ) -> Self:
        """The same client for a few calls that need other settings: connections, session and retry budget are shared."""
        check_options(timeout, deadline, retries, headers, auth)
        view = object.__new__(type(self))
        view.core, view.pool = self.core.view(timeout, deadline, retries, headers, auth), self.pool
        return view

    def _core_for(self, timeout: float | Unset, headers: Mapping[str, str] | Unset) -> ClientConfiguration:
        """The settings of one call."""
        if timeout is UNSET and headers is UNSET:
            return self.core
        check_options(timeout, headers=headers)
        return self.core.view(timeout, UNSET, UNSET, headers, UNSET)

    def to_curl(self, call: Call[Any], *, reveal: bool = False) -> str:
        """The request of a call as a shell command, with credentials and secret members masked unless they are to be revealed."""
        auth = self.core.auth
        sent = self.core.preview(call)
        if isinstance(auth, PasswordAuth) and call.operation.secured:
            request = self.core.build(call)
            request.headers["authorization"] = f"Bearer {auth.held() or ''}"
            sent = self.core.preview(call, request)
        return sent.to_curl(reveal=reveal)

    def __repr__(self) -> str:
        auth = self.core.auth
        kind = "no credentials" if auth is None else repr(auth) if isinstance(auth, PasswordAuth | Static) else type(auth).__name__
        return f"<{type(self).__name__} {self.core.base_url}, {kind}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} holds connections and credentials and cannot be copied or pickled; make one where it is needed"
        )

    def _sign_out_call(self) -> tuple[Call[Any], PasswordAuth | None] | None:
        """What ends the session on the server, if there is one to end."""
        auth, name = self.core.auth, self.FACTS.sign_out
        if isinstance(auth, PasswordAuth):
            held = auth.held()
        elif isinstance(auth, Static) and auth.header == "authorization" and auth.value.startswith("Bearer "):
            held = auth.value
        else:
            raise TypeError("there is no session to end: only a login with username and password, or a token, has one")
        if name is None or held is None:
            return None
        operation = operation_named(self.FACTS.package, name)
        return Call(operation, operation.path), auth if isinstance(auth, PasswordAuth) else None


class BaseClient(_Views):
    """The synchronous client. Safe to share between threads; a forked process gets connections of its own."""

    def __init__(
        self,
        base_url: str,
        *,
        username: str | None = None,
        password: str | Callable[[], str] | None = None,
        scope: str | None = None,
        token: str | None = None,
        api_key: str | None = None,
        auth: httpx.Auth | None = None,
        tokens: TokenStore | None = None,
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
        return cls(**{**_environment(cls.FACTS.title), **options})

    @property
    def http(self) -> httpx.Client:
        """The connections, made when first needed."""
        return self.pool.client(lambda: httpx.Client(verify=tls_context()))

    def send(self, call: Call[T], *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Answer[T]:
        """The answer to a call: its value with status, headers, request id and number of attempts."""
        return self._drive(Exchange(self._core_for(timeout, headers), call, _thread_lock).run())

    def call(self, call: Call[T], timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> T:
        """The value of the answer to a call."""
        return self.send(call, timeout=timeout, headers=headers).value

    @contextmanager
    def stream(self, call: Call[Any]) -> Generator[Stream, None, None]:
        """The answer to a call while it arrives: for exports. Retried until the headers are in, never after."""
        stream = Stream(self._drive(Exchange(self.core, call, _thread_lock, stream=True).run()))
        try:
            yield stream
        finally:
            stream.close()

    def _drive(self, flow: Steps[Answer[T]]) -> Answer[T]:
        try:
            step: Step = next(flow)
            while True:
                try:
                    result = self._do(step)
                except BaseException as error:  # noqa: BLE001  # whatever it is, the exchange decides or cleans up
                    step = flow.throw(error)
                else:
                    step = flow.send(result)
        except StopIteration as stop:
            answer: Answer[T] = stop.value
            return answer

    def _do(self, step: Step) -> httpx.Response | None:
        if isinstance(step, Send):
            response = self.http.send(step.request, auth=step.foreign, stream=True, follow_redirects=False)
            return response if step.stream and response.is_success else read_body(response, step, self.core.clock)
        if isinstance(step, Acquire):
            left = step.until - self.core.clock()
            if not cast("Any", step.lock).acquire(timeout=min(max(left, 0.0), MAX_WAIT_S)):
                raise TimedOut("another caller is renewing the session and does not finish", sent=False)
            return None
        time.sleep(step)
        return None

    def sign_out(self) -> None:
        """End the session on the server and forget it here. The next secured call logs in again."""
        found = self._sign_out_call()
        if found is not None:
            call, session = found
            try:
                self.send(call)
            except ApiError as error:
                if error.status != 401:
                    raise
            finally:
                if session is not None:
                    session.forget()

    def close(self) -> None:
        """Close the connections, those of a client that was given with `http=`, too. Every later call raises ClientClosed."""
        self.pool.closed = True
        if self.pool.http is not None:
            self.pool.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


# Longest wait that threading accepts.
MAX_WAIT_S = 1_000_000.0


def _thread_lock(session: PasswordAuth) -> Lock:
    return session.thread_lock


def _task_lock(session: PasswordAuth) -> Lock:
    return session.task_lock


class AsyncBaseClient(_Views):
    """The asynchronous client. It belongs to the event loop that it is first used in."""

    def __init__(
        self,
        base_url: str,
        *,
        username: str | None = None,
        password: str | Callable[[], str] | None = None,
        scope: str | None = None,
        token: str | None = None,
        api_key: str | None = None,
        auth: httpx.Auth | None = None,
        tokens: TokenStore | None = None,
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
        return cls(**{**_environment(cls.FACTS.title), **options})

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
        """The answer to a call: its value with status, headers, request id and number of attempts."""
        return await self._drive(Exchange(self._core_for(timeout, headers), call, _task_lock).run())

    async def call(
        self,
        call: Call[T],
        timeout: float | Unset = UNSET,  # noqa: ASYNC109  # as in `send`
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> T:
        """The value of the answer to a call."""
        return (await self.send(call, timeout=timeout, headers=headers)).value

    @asynccontextmanager
    async def stream(self, call: Call[Any]) -> AsyncGenerator[AsyncStream, None]:
        """The answer to a call while it arrives: for exports. Retried until the headers are in, never after."""
        stream = AsyncStream(await self._drive(Exchange(self.core, call, _task_lock, stream=True).run()))
        try:
            yield stream
        finally:
            await stream.aclose()

    async def _drive(self, flow: Steps[Answer[T]]) -> Answer[T]:
        try:
            step: Step = next(flow)
            while True:
                try:
                    result = await self._do(step)
                except BaseException as error:  # noqa: BLE001  # whatever it is, the exchange decides or cleans up
                    step = flow.throw(error)
                else:
                    step = flow.send(result)
        except StopIteration as stop:
            answer: Answer[T] = stop.value
            return answer

    async def _do(self, step: Step) -> httpx.Response | None:
        if isinstance(step, Send):
            response = await self.http.send(step.request, auth=step.foreign, stream=True, follow_redirects=False)
            return response if step.stream and response.is_success else await aread_body(response, step, self.core.clock)
        from anyio import move_on_after, sleep  # noqa: PLC0415  # only those who wait need it

        if isinstance(step, Acquire):
            with move_on_after(min(max(step.until - self.core.clock(), 0.0), MAX_WAIT_S)):
                await cast("Any", step.lock).acquire()
                return None
            raise TimedOut("another caller is renewing the session and does not finish", sent=False)
        await sleep(step)
        return None

    async def sign_out(self) -> None:
        """End the session on the server and forget it here. The next secured call logs in again."""
        found = self._sign_out_call()
        if found is not None:
            call, session = found
            try:
                await self.send(call)
            except ApiError as error:
                if error.status != 401:
                    raise
            finally:
                if session is not None:
                    session.forget()

    async def aclose(self) -> None:
        """Close the connections, those of a client that was given with `http=`, too. Every later call raises ClientClosed."""
        self.pool.closed = True
        if self.pool.http is not None:
            await self.pool.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class Resource:
    """What the generated resources stand on: `client.orders` holds its client and nothing else."""

    __slots__ = ("_client",)

    def __init__(self, client: BaseClient) -> None:
        self._client = client


class AsyncResource:
    """The same, asynchronously."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client
