"""Hosts in URLs of other servers."""

from ipaddress import ip_address


def is_this_machine(host: str) -> bool:
    """Whether a connection to this host stays on this machine, where no other machine can read it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_host_name(host: str) -> bool:
    """Whether a resolver can look it up. It would raise an error that is no OSError, for example for a label of more than 63 characters."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
