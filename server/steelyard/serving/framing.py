"""Finds where the body of a request ends in the bytes of a connection, so that the bytes behind it can wait.

Only the parser checks that a body is well-formed. A body whose end the parser sees elsewhere is rejected, because other programs could
also read it differently.
"""

from collections.abc import Mapping
from http import HTTPStatus

# Bytes of a body that are not its content (chunk sizes, extensions, trailers).
MAX_FRAMING = 65_536


class RequestRejected(Exception):
    """Rejects the request and closes its connection; also raised in callbacks of the parser."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class SizedBody:
    """A body with a Content-Length."""

    def __init__(self, size: int) -> None:
        self.is_complete = False
        self._left = size

    @property
    def header(self) -> bytes:
        """The header field of the rest of the body."""
        return b"content-length: %d" % self._left

    def end(self, data: bytes, at: int) -> int:
        """Where the body ends in the data, whose part from `at` on continues it; each byte is passed once."""
        end = min(at + self._left, len(data))
        self._left -= end - at
        self.is_complete = self._left == 0
        return end


class ChunkedBody:
    """A chunked body (RFC 9112, section 7.1)."""

    header = b"transfer-encoding: chunked"

    def __init__(self) -> None:
        self.is_complete = False
        self._framing = 0
        self._content = 0  # bytes of the present chunk that are still to come, with the line break behind them
        self._line = b""  # the unfinished line of a size or a trailer
        self._is_last = False

    def end(self, data: bytes, at: int) -> int:
        """Where the body ends in the data, whose part from `at` on continues it; each byte is passed once."""
        while at < len(data) and not self.is_complete:
            if self._content:
                step = min(self._content, len(data) - at)
                self._content -= step
                at += step
                continue
            end = data.find(b"\n", at) + 1 or len(data)
            self._framing += end - at
            if self._framing > MAX_FRAMING:
                raise RequestRejected(HTTPStatus.BAD_REQUEST, "The chunked framing of the body is too large")
            self._line += data[at:end]
            at = end
            if self._line.endswith(b"\n"):
                line, self._line = self._line.rstrip(b"\r\n"), b""
                if not self._read(line):
                    return len(data)  # the parser reports the error
        return at

    def _read(self, line: bytes) -> bool:
        """Read a line of the framing; False if it is malformed."""
        if self._is_last:
            self.is_complete = not line
            return True
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            return False
        self._is_last = size == 0
        self._content = size + len(b"\r\n") if size > 0 else 0
        return size >= 0


def announced_body(fields: Mapping[bytes, bytes]) -> SizedBody | ChunkedBody | None:
    """The body that the header fields announce, if any."""
    coding = fields.get(b"transfer-encoding")
    if coding is not None:
        if coding.strip().lower() != b"chunked":
            raise RequestRejected(HTTPStatus.BAD_REQUEST, "The only supported transfer coding is chunked")
        return ChunkedBody()
    size = int(fields.get(b"content-length", b"0"))
    return SizedBody(size) if size else None
