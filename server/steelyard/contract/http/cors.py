"""Cross-origin requests (the Fetch standard's CORS protocol): exact origins, bearer tokens instead of cookies."""

from collections.abc import Collection

from steelyard.contract.http.responses import Header
from steelyard_contract.headers import ACCEPTED, EXPOSED, METHODS

_EXPOSED, _METHODS, _ACCEPTED = (", ".join(names).encode() for names in (EXPOSED, METHODS, ACCEPTED))
# Browsers cap a preflight's life themselves, the lowest of them at 600 s.
_PREFLIGHT_LIFETIME_S = 600


class Cors:
    """The headers that let pages of the allowed origins use this API."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origin.removesuffix(":*").encode() for origin in origins)
        self._with_any_port = frozenset(origin[:-2].encode() for origin in origins if origin.endswith(":*"))

    def allows(self, origin: bytes) -> bool:
        """Whether pages of that origin may use this API; `:*` stands for any port, and for none."""
        if origin in self._origins:
            return True
        host, _, port = origin.rpartition(b":")
        return host in self._with_any_port and port.isdigit()

    def headers(self, origin: bytes) -> list[Header]:
        """For a response to a page of that origin. A foreign page gets none of them, so its browser does not let it read the response."""
        if not self.allows(origin):
            return [(b"cross-origin-resource-policy", b"same-origin")]
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", _EXPOSED),
        ]

    def preflight(self, origin: bytes) -> list[Header]:
        """For the preflight request of a browser; `headers` adds the rest."""
        if not self.allows(origin):
            return []
        return [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ACCEPTED),
            (b"access-control-max-age", b"%d" % _PREFLIGHT_LIFETIME_S),
        ]
