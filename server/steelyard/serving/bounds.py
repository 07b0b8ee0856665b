"""What a client may send on a connection, and how long it may take."""

from dataclasses import dataclass

from steelyard.settings import Settings


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of the protocol, as operators set them."""

    head_timeout_s: float
    body_timeout_s: float
    write_timeout_s: float
    max_head_bytes: int
    max_head_fields: int
    max_url_bytes: int

    @classmethod
    def of(cls, settings: Settings) -> "Bounds":
        return cls(
            head_timeout_s=settings.head_timeout_s,
            body_timeout_s=settings.body_timeout_s,
            write_timeout_s=settings.write_timeout_s,
            max_head_bytes=settings.max_head_bytes,
            max_head_fields=settings.max_head_fields,
            max_url_bytes=settings.max_url_bytes,
        )
