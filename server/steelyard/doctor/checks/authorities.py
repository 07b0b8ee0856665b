"""The authorities whose certificates are trusted. A file that is missing is ignored by the library, without a word."""

import ssl
from collections.abc import Iterator

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, refuse


def offline(machine: Machine) -> Iterator[Result]:
    path = machine.variables.get("SSL_CERT_FILE")
    if not path:
        return
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        reason = "holds no certificate" if isinstance(error, ssl.SSLError) else f"cannot be read: {error.strerror}"
        yield refuse("authorities", f"{path} {reason}. Correct SSL_CERT_FILE, or leave it out.")
    else:
        yield ok("authorities", f"Certificates of the authorities in {path} are trusted.")
