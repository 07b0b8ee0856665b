"""Counts the open streams of a process, and limits those of one caller."""

from collections import Counter

from steelyard.contract.access.caller import Caller
from steelyard.contract.http.forwarded import client_network


class OpenStreams:
    """Those of a user count together; without a credential, those of the client's network."""

    def __init__(self, max_per_caller: int) -> None:
        self.count = 0
        self._max_per_caller = max_per_caller
        self._by_caller: Counter[str] = Counter()

    def add(self, caller: Caller | None, address: str) -> str | None:
        """Count one more, and return whose it is, for `remove`; None, without counting it, if the caller has too many."""
        key = f"@{client_network(address)}" if caller is None else f"#{caller.user_id}"
        if self._by_caller[key] >= self._max_per_caller:
            return None
        self._by_caller[key] += 1
        self.count += 1
        return key

    def remove(self, key: str) -> None:
        """Count one less."""
        self.count -= 1
        self._by_caller[key] -= 1
        if not self._by_caller[key]:
            del self._by_caller[key]
