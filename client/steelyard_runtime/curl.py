"""A request as one shell command, for bug reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .model import MASK
from .record import Record

# Header names that carry a credential whatever the contract says.
CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
# Made by the client for each send, and not part of the call.
DULL = frozenset({"host", "content-length", "user-agent", "accept-encoding", "connection"})


class Sent(Record):
    """A request, whole and masked."""

    __slots__ = ("body", "headers", "method", "private", "shown", "url")
    HIDDEN = frozenset({"body", "headers", "shown"})

    def __init__(
        self, method: str, url: str, headers: Mapping[str, str], shown: str | None, body: str | None, private: frozenset[str]
    ) -> None:
        self.method: Final = method
        self.url: Final = url
        self.headers: Final = headers
        self.shown: Final = shown
        """The body with secret members masked."""
        self.body: Final = body
        self.private: Final = private
        """Further header names that carry a credential."""

    def masked(self) -> Sent:
        """The same without secrets, for pickles."""
        return Sent(self.method, self.url, self._headers(reveal=False), self.shown, self.shown, self.private)

    def to_curl(self, *, reveal: bool = False) -> str:
        """The command."""
        words = ["curl", "-X", self.method, self.url]
        for name, value in self._headers(reveal=reveal).items():
            words += ["-H", f"{name}: {value}"]
        body = self.body if reveal else self.shown
        if body is not None:
            words += ["--data-raw", body]
        from shlex import join  # noqa: PLC0415  # rarely used

        return join(words)

    def _headers(self, *, reveal: bool) -> dict[str, str]:
        secret = CREDENTIALS | self.private
        shown = {name: value for name, value in self.headers.items() if name.lower() not in DULL}
        return shown if reveal else {name: MASK if name.lower() in secret else value for name, value in shown.items()}
