"""A request body that is a file: it is written as it arrives, so that no more than 1 MiB of it is in memory."""

from collections.abc import Iterable
from typing import Any

from starlette.types import Receive

from steelyard.contract.http.responses import Header
from steelyard.contract.request.arrival import parts
from steelyard.contract.request.heads import BodyHead
from steelyard.contract.request.violations import violation
from steelyard_contract import models as m
from steelyard_contract.problems import Unavailable
from steelyard_contract.uploads import Upload

# How long a client waits before it sends a file again that the disk has no space for.
_RETRY_AFTER_S = 60


class FileBody(BodyHead):
    """The body of one operation."""

    async def read(self, receive: Receive, _headers: Iterable[Header] = ()) -> Upload:
        """The whole file, counted while it arrives. The caller closes it."""
        upload = Upload()
        try:
            async for part in parts(receive, self.limit):
                await write(upload, part)
        except BaseException:
            upload.close()
            raise
        return upload

    def parse(self, raw: Upload, violations: list[m.Violation]) -> tuple[Upload | None, Any]:
        """The file, and its digest for comparisons; a violation is added to `violations` if it is empty."""
        if not raw.size:
            violations.append(violation("missing", ("body",), "A body is required"))
            return None, None
        return raw, raw.sha256


async def write(upload: Upload, part: bytes) -> None:
    """Append to a file; Unavailable if the disk is full or broken."""
    try:
        await upload.write(part)
    except OSError as error:
        raise Unavailable(retry_after=_RETRY_AFTER_S) from error
