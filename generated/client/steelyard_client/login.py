# `nox -s generate`: never edit.
"""Logins with third parties in the browser of the user: `in_browser`, and `python -m steelyard_client login URL`."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from threading import Event
from time import time
from typing import TYPE_CHECKING

from steelyard_runtime.login import Grant, log_in
from steelyard_runtime.tokens import Tokens

from . import calls
from .client import Steelyard

if TYPE_CHECKING:
    from steelyard_runtime.http import httpx

__all__ = ("CLIENT_ID", "in_browser", "in_browser_async")

CLIENT_ID = "steelyard-cli"
"""The client that every server registers for programs: its redirect URI is `/callback` on any port of the user's computer."""


def in_browser(
    url: str,
    provider: str | None = None,
    timeout: float = 180.0,
    open: Callable[[str], object] = webbrowser.open,
    *,
    scope: str | None = None,
    http: httpx.Client | None = None,
) -> Tokens:
    """Log in with a third party, in the browser of the user; return the session.

    A client takes it as `Steelyard(url, tokens=in_browser(url))`, an asynchronous one as well.

    Args:
        url: The address of the server, as it calls itself: the response must name it.
        provider: The id of an identity provider; without it, the user chooses one of several in the browser.
        timeout: Seconds that the user has.
        open: Opens an address in the browser, in another thread. `print` is good for a computer that finds no browser.
        scope: Requested scopes, separated by spaces; by default all.
        http: An `httpx.Client` for proxies and certificates.

    Raises:
        LoginFailed: The user did not log in, or the server has rejected the login.
        ApiError: The server has rejected its code.
        ConnectionFailed: The server could not be reached with the code.
        ValueError: The address is none, or plain http to another computer.
    """
    return _in_browser(url, provider, timeout, open, scope, http, None)


async def in_browser_async(
    url: str,
    provider: str | None = None,
    timeout: float = 180.0,
    open: Callable[[str], object] = webbrowser.open,
    *,
    scope: str | None = None,
    http: httpx.Client | None = None,
) -> Tokens:
    """The same without blocking the event loop. A cancelled login listens no longer."""
    from anyio import to_thread

    stopped = Event()
    try:
        return await to_thread.run_sync(lambda: _in_browser(url, provider, timeout, open, scope, http, stopped), abandon_on_cancel=True)
    finally:
        stopped.set()


def _in_browser(
    url: str,
    provider: str | None,
    timeout: float,
    open: Callable[[str], object],
    scope: str | None,
    http: httpx.Client | None,
    stopped: Event | None,
) -> Tokens:
    with Steelyard(url, http=http) as client:

        def exchange(grant: Grant) -> Tokens:
            token = client.call(
                calls.issue_token(
                    grant_type="authorization_code",
                    client_id=CLIENT_ID,
                    code=grant.code,
                    redirect_uri=grant.redirect_uri,
                    code_verifier=grant.code_verifier,
                )
            )
            return Tokens(token.access_token, token.refresh_token, time() + token.expires_in)

        return log_in(
            url,
            "authorize",
            client_id=CLIENT_ID,
            provider=provider,
            scope=scope,
            timeout=timeout,
            open=open,
            exchange=exchange,
            stopped=stopped,
        )
