"""The one module that names the HTTP library. `STEELYARD_HTTP=httpx2` swaps it for its successor, which has the same names."""

import os
import ssl
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx as httpx  # noqa: PLC0414  # passed on to every other module
else:
    # Chosen by the environment, not by what is installed: a client that a user made must have the classes that we catch.
    httpx = import_module(os.environ.get("STEELYARD_HTTP", "httpx"))


@cache
def tls_context() -> ssl.SSLContext:
    """One context for all clients of the process: loading the CA bundle is most of the cost of making a client."""
    return httpx.create_ssl_context()
