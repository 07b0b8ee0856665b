"""Limits the connections of a process: in total, so that file descriptors remain for other work, and for each client network."""

import math
import resource
from collections import Counter

import structlog

from steelyard.contract.http.forwarded import TrustedProxies, client_network, plain_address

# The other file descriptors are for the database, logs and the listener.
SHARE_OF_FILES = 0.8
LOG_INTERVAL_S = 60

log = structlog.get_logger()


class Connections:
    """Counts the open connections of this process. Those of a trusted proxy are only counted in total, because it serves many clients."""

    def __init__(self, max_per_network: int, proxies: TrustedProxies) -> None:
        self.most = int(resource.getrlimit(resource.RLIMIT_NOFILE)[0] * SHARE_OF_FILES)
        self.max_per_network = max_per_network
        self._proxies = proxies
        self._open = 0
        self._by_network: Counter[str] = Counter()
        self._logged_at = -math.inf

    def open(self, peer: str) -> str:
        """Count a new connection; returns its network for `close`, empty if it is only counted in total."""
        self._open += 1
        address = plain_address(peer)
        network = "" if self._proxies.include(address) else client_network(address)
        if network:
            self._by_network[network] += 1
        return network

    def close(self, network: str) -> None:
        """Count a closed connection."""
        self._open -= 1
        if network:
            self._by_network[network] -= 1
            if not self._by_network[network]:
                del self._by_network[network]

    def exceed_limit(self, network: str, now: float) -> bool:
        """Whether the newest connection must be closed, which is logged once a minute."""
        if self._open > self.most:
            if self._may_log(now):
                log.warning("too many connections, closing new ones", count=self.most)
            return True
        if network and self._by_network[network] > self.max_per_network:
            if self._may_log(now):
                log.warning("too many connections of one client network, closing its new ones", count=self.max_per_network)
            return True
        return False

    def _may_log(self, now: float) -> bool:
        is_time = now >= self._logged_at + LOG_INTERVAL_S
        if is_time:
            self._logged_at = now
        return is_time
