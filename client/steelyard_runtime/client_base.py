"""The parts that the synchronous and the asynchronous client share: options, views with others, and no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self

from .auth import PasswordAuth, Static
from .call import Call
from .client_options import check_options
from .configuration import ClientConfiguration
from .connections import ConnectionHolder
from .http import httpx
from .model import UNSET, Unset
from .notices import ContractInfo
from .operation import operation_named
from .retry import Retries

RETRIES = Retries()
# Longest wait that threading accepts.
MAX_WAIT_S = 1_000_000.0


class ClientBase:
    """Options, and views of the client with other options."""

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
