"""A request as one shell command, for a report of a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .model import MASK

# Header names that carry a credential whatever the contract says.
CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
# Made by the client for each send: no part of what the caller asked for.
DULL = frozenset({"host", "content-length", "user-agent", "accept-encoding", "connection"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, whole and masked."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    shown: str | None = field(repr=False)
    """The body with secret members masked."""
    body: str | None = field(repr=False)
    private: frozenset[str] = frozenset()
    """Further header names that carry a credential."""

    def masked(self) -> Sent:
        """The same without anything secret: what a pickle may hold."""
        return Sent(self.method, self.url, self._headers(reveal=False), self.shown, self.shown, self.private)

    def to_curl(self, *, reveal: bool = False) -> str:
        """The command."""
        words = ["curl", "-X", self.method, self.url]
        for name, value in self._headers(reveal=reveal).items():
            words += ["-H", f"{name}: {value}"]
        body = self.body if reveal else self.shown
        if body is not None:
            words += ["--data-raw", body]
        from shlex import join  # noqa: PLC0415  # for those who look at requests

        return join(words)

    def _headers(self, *, reveal: bool) -> dict[str, str]:
        secret = CREDENTIALS | self.private
        told = {name: value for name, value in self.headers.items() if name.lower() not in DULL}
        return told if reveal else {name: MASK if name.lower() in secret else value for name, value in told.items()}
