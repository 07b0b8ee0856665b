"""A request body of one item on each line. Each is checked while it arrives; all of them are written to a file, which the handler reads.

So no handler waits for a slow client, and it can run again after a conflict. Memory is bounded by the longest valid item.
"""

from collections.abc import Iterable
from typing import Any

from starlette.types import Receive

from steelyard.contract.document import Document
from steelyard.contract.http.responses import Header
from steelyard.contract.request.arrival import parts
from steelyard.contract.request.body import RequestBody
from steelyard.contract.request.files import write
from steelyard.contract.request.heads import BodyHead
from steelyard.contract.request.violations import violation
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.operations import Body
from steelyard_contract.uploads import SentItems, Upload


class LinesBody(BodyHead):
    """The body of one operation."""

    def __init__(self, bodies: tuple[Body, ...], document: Document) -> None:
        (body,) = bodies  # one media type per body is a rule of the contract (P12)
        super().__init__(body)
        self._item = RequestBody(bodies, document)
        self._longest = self.limit if body.max_item_bytes is None else body.max_item_bytes

    async def read(self, receive: Receive, _headers: Iterable[Header] = ()) -> "SentLines":
        """The whole body, counted and checked while it arrives. The caller closes it."""
        sent = SentLines(self._item, self._longest)
        try:
            async for part in parts(receive, self.limit):
                sent.check(part)
                await write(sent.upload, part)
            sent.end()
        except BaseException:
            sent.close()
            raise
        return sent

    def parse(self, sent: "SentLines", violations: list[m.Violation]) -> tuple[SentItems[Any] | None, Any]:
        """The items for the handler, and their digest for comparisons; violations are added to `violations`."""
        violations += sent.violations
        if not sent.upload.size:
            violations.append(violation("missing", ("body",), "A body is required"))
        if violations:
            return None, None
        return SentItems(sent.upload, lambda line: self._item.parse(line, [])[0], sent.count), sent.upload.sha256


class SentLines:
    """What has arrived."""

    def __init__(self, item: RequestBody, longest: int) -> None:
        self.upload = Upload()
        self.count = 0
        self.violations: list[m.Violation] = []
        self._item = item
        self._longest = longest
        self._rest = b""

    def __len__(self) -> int:
        return self.upload.size

    def check(self, part: bytes) -> None:
        """Check the lines that are complete now. Behind the last violation that is reported, nothing is checked."""
        if len(self.violations) > MAX_VIOLATIONS:
            return
        *lines, rest = part.split(b"\n")
        for line in lines:
            self._check(self._rest + line)
            self._rest = b""
        # Of a line that is too long, one byte too many is enough.
        self._rest = (self._rest + rest)[: self._longest + 1]

    def end(self) -> None:
        """Check a last line without its end."""
        if self._rest:
            self.check(b"\n")

    def close(self) -> None:
        """Remove the file."""
        self.upload.close()

    def _check(self, line: bytes) -> None:
        at, violations = self.count, list[m.Violation]()
        self.count += 1
        if len(line) > self._longest:
            violations.append(violation("too_long", ("body",), f"An item has at most {self._longest} bytes"))
        elif not line:
            violations.append(violation("missing", ("body",), "A line holds an item, and is not empty"))
        else:
            self._item.parse(line, violations)
        self.violations += (_on_line(at, each) for each in violations)


def _on_line(at: int, inside: m.Violation) -> m.Violation:
    """The violation at the place of its line, which counts from zero like the places in a list; its text counts from one."""
    return violation(inside.type, ("body", at, *inside.loc[1:]), f"Line {at + 1}: {inside.msg}")
