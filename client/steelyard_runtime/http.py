"""The one module that names the HTTP library. `STEELYARD_HTTP=httpx2` swaps it for its successor, which has the same names."""

import os
import ssl
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx as httpx  # noqa: PLC0414  # passed on to every other module
else:
    # Chosen by the environment, not by what is installed: a client that a user made must have the classes that we catch.
    httpx = import_module(os.environ.get("STEELYARD_HTTP", "httpx"))


class _Trust(ssl.SSLContext):
    """A context that finds out whom to trust at the first handshake: who speaks to no TLS server does not wait for 140 certificates.

    Until then it trusts nobody. What is set on it goes to the context that httpx itself would have made.
    """

    @cached_property
    def loaded(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        self.loaded.set_alpn_protocols(alpn_protocols)

    def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:
        return self.loaded.wrap_socket(*given, **named)

    def wrap_bio(self, *given: Any, **named: Any) -> ssl.SSLObject:
        return self.loaded.wrap_bio(*given, **named)


@cache
def tls_context() -> ssl.SSLContext:
    """One context for all clients of the process: loading the CA bundle is most of the cost of making a client."""
    return _Trust(ssl.PROTOCOL_TLS_CLIENT)
