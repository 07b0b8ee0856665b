"""What the head of a request says about its body: rejected before anything is read."""

from collections.abc import Collection, Mapping

from steelyard_contract.operations import Body
from steelyard_contract.problems import BodyTooLarge, UnsupportedMediaType


class ClientDisconnected(Exception):
    """The client closed the connection before its body was complete, so there is no response."""


class BodyHead:
    """The media type and the size of one operation's body."""

    def __init__(self, body: Body) -> None:
        self.media = body.media
        self.limit = body.max_bytes
        self.required = body.required

    def check_size(self, headers: Mapping[bytes, bytes]) -> None:
        """Reject a body whose Content-Length is too large."""
        length = headers.get(b"content-length")
        if length is not None and int(length) > self.limit:
            raise BodyTooLarge(limit=self.limit)

    def check_head(self, headers: Mapping[bytes, bytes], repeated: Collection[bytes] = ()) -> None:
        """Reject a body of another media type, or of several. `repeated` are names that may stand in a head once, and do not."""
        media, _, rest = headers.get(b"content-type", b"").decode("latin-1").partition(";")
        named = media.strip().lower()
        charset = next((value for name, value in _options(rest) if name == "charset"), "utf-8")
        is_encoded = headers.get(b"content-encoding", b"identity").lower() != b"identity"
        if named != self.media or charset != "utf-8" or is_encoded or b"content-type" in repeated:
            raise UnsupportedMediaType(supported=[self.media])


def _options(text: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return [(name.strip().lower(), value.strip().strip('"').lower()) for name, _, value in pairs]
