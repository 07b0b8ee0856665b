"""The only module that names the HTTP library. `STEELYARD_HTTP=httpx2` selects its successor, which has the same names."""

import os
import ssl
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx as httpx  # noqa: PLC0414  # every other module imports it from here
else:
    # Chosen by the environment, and not by the installed packages: `http=` must have the classes that are caught here.
    httpx = import_module(os.environ.get("STEELYARD_HTTP", "httpx"))


class _Trust(ssl.SSLContext):
    """A context that loads certificates at the first handshake, so that plain HTTP does not wait for 140 of them.

    Until then it trusts no certificate. Its options go to the context that httpx would make.
    """

    @property
    def loaded(self) -> ssl.SSLContext:
        # A cached_property has a lock, which a forked process may find locked.
        kept: dict[str, ssl.SSLContext] = vars(self)
        return kept.get("certificates") or kept.setdefault("certificates", httpx.create_ssl_context())

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        # Raised again by the handshake, after which httpcore closes the socket.
        with suppress(OSError):
            self.loaded.set_alpn_protocols(alpn_protocols)

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        return self.loaded.wrap_socket(*args, **options)

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        return self.loaded.wrap_bio(*args, **options)


@cache
def tls_context() -> ssl.SSLContext:
    """One context for all clients of the process: loading the CA bundle is most of the cost of making a client."""
    return _Trust(ssl.PROTOCOL_TLS_CLIENT)
