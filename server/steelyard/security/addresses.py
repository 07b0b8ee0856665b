"""Whose door a request came through: the client's address as limits and failed logins count it."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Annotated

from fastapi import Depends

from steelyard.contract.exchange import Exchange

# One customer of a provider holds a /64 and may change the lower half at will.
_IPV6_CUSTOMER_BITS = 64


def network_of(address: str) -> str:
    """The address itself, or the /64 of an IPv6 one; text that is no address (a socket's path) stays as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, _IPV6_CUSTOMER_BITS), strict=False))


async def _network(exchange: Exchange) -> str:
    return network_of(exchange.address)


Network = Annotated[str, Depends(_network)]
