"""Target and host of a request, and the fields that it may only have once."""

import re
from http import HTTPStatus

import httptools

from steelyard.contract.http.hosts import TrustedHosts
from steelyard.serving.framing import RequestRejected

Fields = list[tuple[bytes, bytes]]

# If a request had two of such a field, two programs could each use a different one.
_ONCE = frozenset({b"host", b"content-length", b"transfer-encoding"})
_ABSOLUTE = re.compile(rb"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)


def check_unique(headers: Fields) -> None:
    """Raise RequestRejected if a field that frames or addresses a request occurs twice."""
    names = [name for name, _ in headers if name in _ONCE]
    if len(names) != len(set(names)):
        raise RequestRejected(HTTPStatus.BAD_REQUEST, "Host, Content-Length and Transfer-Encoding may each be sent only once")


def split(target: bytes) -> tuple[bytes, bytes, bytes | None]:
    """Path, query and host of a request target; the host only of one in absolute form (RFC 9112, section 3.2.2)."""
    if target.startswith(b"/") and b"#" not in target:
        path, _, query = target.partition(b"?")
        return path, query, None
    parsed = httptools.parse_url(target)
    absolute = _ABSOLUTE.match(target)
    return parsed.path or b"/", parsed.query or b"", absolute[1] if absolute is not None else None


def check_host(trusted: TrustedHosts, host: bytes | None, path: bytes, version: str) -> None:
    """Raise RequestRejected unless the host is trusted. HTTP/1.0 has no Host, so a health probe may be sent without it."""
    if host is None and version == "1.1":
        raise RequestRejected(HTTPStatus.BAD_REQUEST, "A Host header is required")
    objection = trusted.objection(host or b"", path)
    if objection is not None:
        raise RequestRejected(HTTPStatus.BAD_REQUEST, objection)
