"""Host headers: which names this server answers to."""

from collections.abc import Collection


def is_trusted(host: str, trusted: Collection[str]) -> bool:
    """Whether a Host header names one of the trusted hosts, whatever its port and case. `*` trusts every name."""
    name = host.lower()
    name = name[: name.find("]") + 1] if name.startswith("[") else name.partition(":")[0]
    return "*" in trusted or any(name == each.lower() for each in trusted)
