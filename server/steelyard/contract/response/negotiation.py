"""Which of its media types an operation sends: the one that the caller prefers by Accept, or the first one."""

from steelyard.contract.http.accept import preferred
from steelyard.contract.http.field_lines import combined
from steelyard.contract.http.responses import Header
from steelyard_contract.operations import Operation
from steelyard_contract.problems import NotAcceptable


class Negotiation:
    """The media types of one operation."""

    def __init__(self, operation: Operation) -> None:
        self._offered = list(operation.offers)
        self._of_problems = operation.problem_media
        self.first = self._offered[0] if self._offered else None
        """That of a success for a caller who accepts anything; None: it has no body."""
        self.has_choice = len(self._offered) > 1
        self.varies = self.has_choice or len(self._of_problems) > 1

    def of_success(self, accept: bytes) -> str | None:
        """The media type of a success, which a caller who can use none of them does not get."""
        if self.first is None:
            return None
        chosen = preferred(accept.decode("latin-1"), self._offered)
        if chosen is None:
            raise NotAcceptable(available=self._offered)
        return chosen

    def of_problem(self, headers: list[Header]) -> str:
        """The media type of a problem. A caller who can use none of them gets the first one: a problem is better than nothing."""
        offered = self._of_problems
        accept = combined(headers).values.get(b"accept") if len(offered) > 1 else None
        return (None if accept is None else preferred(accept.decode("latin-1"), offered)) or offered[0]
