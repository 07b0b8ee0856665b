"""Host headers: which names this server answers to."""

from collections.abc import Collection

# Ports and capitals make many spellings of one host; beyond these each is compared anew.
_MOST_SPELLINGS = 100


class TrustedHosts:
    """The hosts that are answered, whatever their port and case; `*` stands for every one."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        # As they were spelt by those who passed once; only trusted ones get in.
        self._spellings: set[bytes] = set()

    def __call__(self, host: bytes) -> bool:
        """Whether a Host header names one of them."""
        if host in self._spellings:
            return True
        name = host.decode("latin-1").lower()
        name = name[: name.find("]") + 1] if name.startswith("[") else name.partition(":")[0]
        is_trusted = "*" in self._hosts or name in self._hosts
        if is_trusted and len(self._spellings) < _MOST_SPELLINGS:
            self._spellings.add(host)
        return is_trusted
