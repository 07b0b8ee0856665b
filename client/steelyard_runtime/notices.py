"""Notices beside the value of a response: another contract, a deprecated operation, and a log line per attempt."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from .errors import ApiDeprecation, ContractMismatch
from .http import httpx
from .model import Record
from .operation import Operation

log = logging.getLogger("steelyard_client")

# Operations whose deprecation this process has shown.
_announced: set[tuple[str, str]] = set()


class ContractInfo(Record):
    """The facts of a contract that a generated client needs."""

    __slots__ = ("base_path", "digest", "keys", "package", "sign_out", "title", "token_path", "version", "version_path")

    def __init__(
        self,
        *,
        package: str,
        title: str,
        version: str,
        digest: str,
        token_path: str,
        version_path: str | None,
        sign_out: str | None,
        base_path: str = "",
        keys: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self.package: Final = package
        self.title: Final = title
        self.version: Final = version
        self.digest: Final = digest
        self.token_path: Final = token_path
        self.version_path: Final = version_path
        """The path of a response with the version of the contract."""
        self.sign_out: Final = sign_out
        """The operation that ends a session."""
        self.base_path: Final = base_path
        """What comes before all paths of the contract."""
        self.keys: Final = keys or {}
        """Place and name of each security scheme that is an API key. Without any, an API key is sent like a token."""


class Notices:
    """The notices of one client and its views."""

    __slots__ = ("_digest", "_facts", "_seen", "_warned", "held")

    def __init__(self, facts: ContractInfo) -> None:
        self._facts = facts
        self._digest = f"sha-256={facts.digest}".encode()
        self._seen: set[bytes] = set()
        self._warned = False
        self.held: dict[str, Warning] = {}
        """By operation, or for all (""): warnings that are errors, to be raised before a call has an effect."""

    def raise_held(self, operation: Operation[Any]) -> None:
        for name in ("", operation.name):
            if name in self.held:
                raise self.held.pop(name)

    def inspect(self, operation: Operation[Any], response: httpx.Response) -> bool:
        """Read the announcements in the headers; returns whether the contract differs for the first time.

        It runs for every response, so it is one pass over the headers and decodes no other text.
        """
        deprecation = sunset = digest = None
        for name, value in response.headers.raw:
            match name.lower():
                case b"contract-digest":
                    digest = value
                case b"deprecation":
                    deprecation = value.decode("latin-1")
                case b"sunset":
                    sunset = value.decode("latin-1")
                case _:
                    pass
        if deprecation is not None or sunset is not None:
            self._goes(operation, deprecation, sunset)
        if digest is None or digest == self._digest or digest in self._seen:
            return False
        self._seen.add(digest)
        return True

    def contract_differs(self, version: str | None) -> None:
        """Log or warn that the server has another contract, of this version. A newer minor version is no reason to warn."""
        ours = self._facts.version
        if version is None:
            log.info("The server was built from another contract than this SDK (%s)", ours)
            return
        if version != ours and version.split(".")[0] == ours.split(".")[0]:
            log.info("The server's contract is %s, this SDK was made from %s", version, ours)
            return
        if self._warned:
            return
        self._warned = True
        reason = "has the same version" if version == ours else "is of another major version"
        message = (
            f"The server's contract ({version}) differs from that of this SDK ({ours}) and {reason}. Use an SDK that was made from it."
        )
        self._warn(message, ContractMismatch, "")

    def _goes(self, operation: Operation[Any], deprecation: str | None, sunset: str | None) -> None:
        key = (operation.package, operation.name)
        if key in _announced:
            return
        _announced.add(key)
        since = f" since {_day(deprecation)}" if deprecation and _day(deprecation) else ""
        until = f" and ends on {_day(sunset)}" if sunset and _day(sunset) else ""
        message = f"{operation.name} is deprecated{since}{until}, according to the server"
        self._warn(message, ApiDeprecation, operation.name)

    def _warn(self, message: str, category: type[Warning], held_for: str) -> None:
        log.warning(message)
        try:
            warnings.warn(message, category, stacklevel=_level_of_caller(self._facts.package) + 1)
        except category as error:
            self.held[held_for] = error


def _level_of_caller(package: str) -> int:
    inside = {"steelyard_runtime", package.partition(".")[0], "asyncio", "contextlib"}
    level, frame = 0, sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # the documented way to the caller
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in inside:
        level, frame = level + 1, frame.f_back
    return level


def _day(value: str) -> str | None:
    """`@1767225600` (RFC 9745) or a date of HTTP (RFC 8594) as a day."""
    try:
        moment = datetime.fromtimestamp(int(value[1:]), UTC) if value.startswith("@") else parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return moment.date().isoformat()


def log_attempt(operation: Operation[Any], status: int | str, attempt: int, seconds: float, request_id: str | None) -> None:
    """Log an attempt, without headers, query or body."""
    log.debug(
        "%s %s %s -> %s in %.1f ms (attempt %d, request %s)",
        operation.name,
        operation.method,
        operation.path,
        status,
        seconds * 1000,
        attempt,
        request_id or "-",
    )


def log_retry(operation: Operation[Any], reason: str, delay: float, attempt: int) -> None:
    log.info("%s: attempt %d failed (%s); again in %.2f s", operation.name, attempt, reason, delay)
