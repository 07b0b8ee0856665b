"""Counts the open streams of a process, and limits those of one caller."""

from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager

from steelyard.contract.execution.context import RequestContext
from steelyard.contract.http.forwarded import client_network
from steelyard.contract.response.items import RETRY_S
from steelyard_contract.problems import RateLimited, Unavailable


class OpenStreams:
    """Those of a user count together; without a credential, those of the client's network."""

    def __init__(self, max_per_caller: int) -> None:
        self.count = 0
        self._max_per_caller = max_per_caller
        self._by_caller: Counter[str] = Counter()

    @contextmanager
    def counted(self, context: RequestContext, problems: Container[str]) -> Iterator[None]:
        """Count one more in the block; a problem, one of those of its operation, if the caller has too many."""
        caller = context.caller
        key = f"@{client_network(context.address)}" if caller is None else f"#{caller.user_id}"
        if self._by_caller[key] >= self._max_per_caller:
            # An operation that no rate class limits declares no 429.
            is_limited = RateLimited.__name__ in problems
            raise RateLimited(policy="streams", retry_after=RETRY_S) if is_limited else Unavailable(retry_after=RETRY_S)
        self._by_caller[key] += 1
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
            self._by_caller[key] -= 1
            if not self._by_caller[key]:
                del self._by_caller[key]
