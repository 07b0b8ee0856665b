"""Why Valkey does not decide, as the end of a sentence that begins with `the Valkey ...`. The words of the server are not passed on."""

import ssl

from redis import exceptions

from steelyard.rate_limits.shared import StoreError

_URL = "STEELYARD_REDIS_URL"
# From the special to the general.
_BY_KIND: list[tuple[type[Exception] | tuple[type[Exception], ...], str]] = [
    (exceptions.AuthenticationError, f"rejects the user or the password of {_URL}. Correct them"),
    (exceptions.AuthenticationWrongNumberOfArgsError, f"has no password, but {_URL} does. Leave it out, or set one there"),
    (exceptions.NoPermissionError, "does not give this user the rights that it needs. The guide lists them: Several machines"),
    (exceptions.OutOfMemoryError, "is full, and rejects writes. Set maxmemory-policy allkeys-lru, or raise maxmemory"),
    (exceptions.ReadOnlyError, f"is read-only, as a replica is. Name the primary in {_URL}"),
    (exceptions.BusyLoadingError, "still loads its data. Try again in a moment"),
    (exceptions.ResponseError, "rejects the script that counts. Look into its log"),
    (
        (TimeoutError, exceptions.TimeoutError),
        f"did not respond within STEELYARD_REDIS_TIMEOUT_S. Start it, or correct {_URL}, also if it has no TLS (redis://)",
    ),
    (ssl.SSLError, "has a certificate that is not trusted. Name the file of its authority in SSL_CERT_FILE"),
    ((exceptions.ConnectionError, OSError), f"cannot be reached. Start it, or correct {_URL}"),
]


def why_not_decided(error: StoreError) -> str:
    """What went wrong, and what to do."""
    reason = error.__cause__
    if isinstance(reason, exceptions.ConnectionError) and isinstance(reason.__context__, ssl.SSLError):
        reason = reason.__context__
    return next(
        (text for kind, text in _BY_KIND if isinstance(reason, kind)), f"cannot be used ({type(reason).__name__}). Look into its log"
    )
