"""Checks what a client is given, at once and with the right form in the message: a wrong option must not fail in the middle of a call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import inf
from typing import Any, cast

from .call import is_field_value
from .http import httpx
from .model import UNSET
from .retry import Retries


def check_base_url(value: Any) -> str:
    """The address without a slash at its end."""
    if not isinstance(value, str):
        raise TypeError(f"base_url must be text, such as 'https://shop.example'; given: {type(value).__name__}")
    address = value.rstrip("/")
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL("")
    # Before the address is quoted in any message: it may hold a password.
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url has no place for credentials, query or fragment")
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError(f"base_url must be the address of a server, such as https://shop.example; given: {address!r}")
    return address


def check_options(
    timeout: Any = UNSET, deadline: Any = UNSET, retries: Any = UNSET, headers: Any = UNSET, auth: Any = UNSET, max_answer: Any = UNSET
) -> None:
    """TypeError or ValueError for an option that could not work. UNSET is always accepted."""
    if timeout is not UNSET and not _is_seconds(timeout):
        raise _wrong("timeout", timeout, "seconds for each phase of an attempt, such as timeout=10.0")
    if deadline is not UNSET and deadline is not None and not _is_seconds(deadline):
        raise _wrong("deadline", deadline, "seconds for the whole call, such as deadline=30.0, or None for no bound")
    if retries is not UNSET and not isinstance(retries, Retries):
        right = f"Retries(attempts={retries})" if isinstance(retries, int) and retries > 1 else "Retries(attempts=1) to send once"
        raise _wrong("retries", retries, f"a Retries, such as retries={right}")
    if headers is not UNSET:
        _check_headers(headers)
    if auth is not UNSET and auth is not None and not isinstance(auth, httpx.Auth):
        raise _wrong("auth", auth, "an httpx.Auth; a name and a password are given as username= and password=", quote=False)
    if max_answer is not UNSET and not (_is_seconds(max_answer) and isinstance(max_answer, int)):
        raise _wrong("max_answer", max_answer, "a number of bytes, such as max_answer=1_000_000")


def check_credentials(username: Any, password: Any, scope: Any, token: Any, api_key: Any, tokens: Any) -> None:
    """The same for credentials, which no message quotes."""
    for name, value in (("username", username), ("scope", scope), ("token", token), ("api_key", api_key)):
        if value is not None and not isinstance(value, str):
            more = ": words separated by spaces" if name == "scope" else ""
            raise TypeError(f"{name} must be text{more}; given: {type(value).__name__}")
    if password is not None and not isinstance(password, str) and not callable(password):
        raise TypeError(f"password must be text, or a function that returns it; given: {type(password).__name__}")
    for name, value in (("token", token), ("api_key", api_key)):
        if value is not None and not (value and value.isprintable() and is_field_value(value)):
            raise ValueError(f"{name} is empty or holds a space at an end, a line end or another character that no header can carry")
    if tokens is not None and not (hasattr(tokens, "load") and hasattr(tokens, "save")):
        raise TypeError(f"tokens must be a TokenStore, such as FileTokens('~/.steelyard/session'); given: {type(tokens).__name__}")


def check_http(http: Any, wanted: type[Any], client: str) -> None:
    """TypeError unless the httpx client is of the kind that this client drives."""
    if http is not None and not isinstance(http, wanted):
        other = " Use the other client of this SDK for it." if isinstance(http, httpx.Client | httpx.AsyncClient) else ""
        raise TypeError(f"http must be an httpx.{wanted.__name__} for {client}; given: {type(http).__name__}.{other}")


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < inf


def _check_headers(given: Any) -> None:
    if not isinstance(given, Mapping) or not all(isinstance(text, str) for pair in given.items() for text in pair):  # pyright: ignore[reportUnknownVariableType]
        raise _wrong("headers", given, "names and values as text, such as headers={'X-Tenant': 'a'}")  # pyright: ignore[reportUnknownArgumentType]
    for name, value in cast("Mapping[str, str]", given).items():
        # RFC 9110 (5.6.2): what a name may hold.
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError(f"headers must be named with letters, digits and hyphens; given: {name!r}")
        if not is_field_value(value):
            raise ValueError(f"headers must be printable ASCII without spaces at their ends; the value of {name} is not")


def _wrong(name: str, value: Any, right: str, *, quote: bool = True) -> TypeError | ValueError:
    """An error that shows what was given where it is short and cannot be a secret."""
    given = f"{value!r}" if quote and (value is None or isinstance(value, int | float)) else type(value).__name__
    kind = ValueError if isinstance(value, int | float) and not isinstance(value, bool) and name != "retries" else TypeError
    return kind(f"{name} must be {right}; given: {given}")
