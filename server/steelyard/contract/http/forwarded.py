"""The client's address: where a request comes from, whatever stands between, and the network that limits count.

Everything that counts, limits or logs by address uses these functions, so a caller is the same caller everywhere.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# A provider gives each customer a /64 at least, and the customer chooses the lower half at will.
_IPV6_CUSTOMER_BITS = 64
# ::ffff:0:0/96, as RFC 4291 (2.5.5.2) writes IPv4 addresses on a socket for both protocols.
_MAPPED_BITS = 96

# Parsing takes microseconds; the cache holds the clients of about a minute.
_REMEMBERED = 4096


@lru_cache(_REMEMBERED)
def plain_address(text: str) -> str:
    """One spelling for each address: IPv4 unmapped, IPv6 compressed, without zone; text that is no address (a socket's path) stays."""
    parsed = _parse(text)
    return text if parsed is None else str(parsed)


@lru_cache(_REMEMBERED)
def client_network(address: str) -> str:
    """What limits count: the IPv4 address, or the /64 of an IPv6 address; text that is no address stays."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, _IPV6_CUSTOMER_BITS), strict=False))
    return address if parsed is None else str(parsed)


class TrustedProxies:
    """The proxies whose X-Forwarded-* headers are trusted; false if there are none."""

    def __init__(self, networks: Collection[str]) -> None:
        self._texts = tuple(networks)
        self._networks = [_unmapped(network) for network in networks]
        # A proxy sends many requests: its address is compared with the networks once.
        self.include = lru_cache(_REMEMBERED)(self._include)

    def __reduce__(self) -> tuple[type["TrustedProxies"], tuple[tuple[str, ...]]]:
        """The state for a worker process: the networks, without the cache."""
        return TrustedProxies, (self._texts,)

    def __bool__(self) -> bool:
        return bool(self._networks)

    def client(self, peer: str, forwarded_for: Iterable[str]) -> str:
        """The sender of a request that a trusted peer forwards: the rightmost hop that is not a trusted proxy.

        Every line and every hop counts, from the right; what stands further left may be invented. If that hop is no address,
        the peer is the client.
        """
        client = peer
        for hop in reversed(",".join(forwarded_for).split(",")):
            if not (text := hop.strip()):
                continue
            parsed = _parse(_without_port(text))
            if parsed is None:
                return peer
            client = str(parsed)
            if not self.include(client):
                break
        return client

    def _include(self, address: str) -> bool:
        parsed = _parse(address)
        return parsed is not None and any(parsed in network for network in self._networks)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed


def _without_port(hop: str) -> str:
    """`192.0.2.1:567`, `[2001:db8::1]:567` and `[2001:db8::1]` without what some proxies add."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _unmapped(network: str) -> IPv4Network | IPv6Network:
    parsed = ip_network(network, strict=False)
    if isinstance(parsed, IPv6Network) and parsed.prefixlen >= _MAPPED_BITS and parsed.network_address.ipv4_mapped is not None:
        return IPv4Network((parsed.network_address.ipv4_mapped, parsed.prefixlen - _MAPPED_BITS))
    return parsed
