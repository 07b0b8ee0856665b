"""uvicorn's configuration with our protocol."""

from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from steelyard.contract.http.forwarded import TrustedProxies
from steelyard.contract.http.hosts import TrustedHosts
from steelyard.serving.bounds import Bounds
from steelyard.serving.connections import Connections
from steelyard.serving.protocol import BoundedProtocol
from steelyard.settings import Settings

# Longer than the idle timeout of common proxies, so that the proxy closes an idle connection first.
KEEP_ALIVE_S = 75


class ServerConfig(uvicorn.Config):
    """The configuration of a server. It is pickled for each worker, which loads it."""

    def __init__(self, app: Callable[[], ASGIApp], settings: Settings, **options: Any) -> None:
        super().__init__(
            app,
            factory=True,
            http=BoundedProtocol,
            ws="none",
            interface="asgi3",
            lifespan="on",
            proxy_headers=False,  # the contract's edge reads X-Forwarded-* of trusted proxies
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_keep_alive=KEEP_ALIVE_S,
            **options,
        )
        self.settings = settings

    def load(self) -> None:
        """Load in the process that serves: it counts its own connections."""
        super().load()
        settings = self.settings
        self.connections = Connections(settings.max_connections_per_network, TrustedProxies(settings.trusted_proxies))
        trusted_hosts = TrustedHosts(settings.trusted_hosts, settings.root_path)
        self.http_protocol_class = partial(BoundedProtocol, Bounds.of(settings), trusted_hosts, self.connections)  # type: ignore[assignment]  # uvicorn calls it
