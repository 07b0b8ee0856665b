"""The parts that the synchronous and the asynchronous client share: options, views with others, and no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, NoReturn, Self, cast

from .auth import PasswordAuth, Static
from .call import Call
from .client_options import build_configuration, check_http, check_options, options_from_environment
from .configuration import MAX_ANSWER, ClientConfiguration
from .connections import ConnectionHolder, H
from .http import httpx, tls_context
from .model import UNSET, Unset
from .notices import ContractInfo
from .operation import operation_named
from .retry import Retries
from .tokens import TokenStore

RETRIES = Retries()
# Longest wait that threading accepts.
MAX_WAIT_S = 1_000_000.0


class ClientBase(Generic[H]):
    """Options, and views of the client with other options."""

    FACTS: ClassVar[ContractInfo]
    core: ClientConfiguration
    pool: ConnectionHolder
    _kind: ClassVar[type[Any]]

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
        http: H | None = None,
        insecure: bool = False,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        check_http(http, self._kind, type(self).__name__)
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
    def http(self) -> H:
        """The connections, made when first needed."""
        kind: Any = self._kind
        return cast("H", self.pool.client(lambda: kind(verify=tls_context())))

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
        """The same client with other options: it shares connections, session and retry budget."""
        check_options(timeout, deadline, retries, headers, auth)
        view = object.__new__(type(self))
        view.core, view.pool = self.core.view(timeout, deadline, retries, headers, auth), self.pool
        return view

    def _core_for(self, timeout: float | Unset, headers: Mapping[str, str] | Unset) -> ClientConfiguration:
        """The configuration of one call."""
        if timeout is UNSET and headers is UNSET:
            return self.core
        check_options(timeout, headers=headers)
        return self.core.view(timeout, UNSET, UNSET, headers, UNSET)

    def to_curl(self, call: Call[Any], *, reveal: bool = False) -> str:
        """The request of a call as a shell command; credentials and secret members are masked unless `reveal` is true."""
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
            f"a {type(self).__name__} holds connections and credentials and cannot be copied or pickled; make a new one where it is needed"
        )

    def _sign_out_call(self) -> tuple[Call[Any], PasswordAuth | None] | None:
        """The call that ends the session on the server, if there is a session."""
        auth, name = self.core.auth, self.FACTS.sign_out
        if isinstance(auth, PasswordAuth):
            held = auth.held()
        elif isinstance(auth, Static) and auth.header == "authorization" and auth.value.startswith("Bearer "):
            held = auth.value
        else:
            raise TypeError("there is no session to end: only username and password, or a token, have one")
        if name is None or held is None:
            return None
        operation = operation_named(self.FACTS.package, name)
        return Call(operation, operation.path), auth if isinstance(auth, PasswordAuth) else None
