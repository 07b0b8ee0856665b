"""From the options of a client to its configuration.

A wrong option raises at once, with the right form in the message, and not in the middle of a call.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from math import inf
from typing import Any, cast

from .auth import PasswordAuth, Static
from .call import is_field_value
from .configuration import Auth, ClientConfiguration
from .http import httpx
from .keys import Keys, keys_of
from .model import UNSET
from .notices import ContractInfo, Notices
from .retry import Budget, Retries
from .tokens import MemoryTokens, Tokens, TokenStore


def build_configuration(
    facts: ContractInfo,
    base_url: str,
    *,
    username: str | None,
    password: str | Callable[[], str] | None,
    scope: str | None,
    token: str | None,
    api_key: str | Mapping[str, str] | None,
    auth: httpx.Auth | None,
    tokens: TokenStore | Tokens | None,
    timeout: float,
    deadline: float | None,
    retries: Retries,
    headers: Mapping[str, str] | None,
    http: httpx.Client | httpx.AsyncClient | None,
    insecure: bool,
    max_answer: int,
) -> ClientConfiguration:
    """The configuration of a client; TypeError or ValueError for options that do not work together."""
    base_url = check_base_url(base_url)
    # The address in the contract's `servers` has the path already.
    base_url += "" if base_url.endswith(facts.base_path) else facts.base_path
    url = httpx.URL(base_url)
    check_options(timeout, deadline, retries, UNSET if headers is None else headers, auth, max_answer)
    by_name = isinstance(api_key, Mapping) or (facts.keys and api_key is not None)
    keys = keys_of(facts.keys, api_key) if by_name and api_key is not None else Keys({}, {})
    tokens = MemoryTokens(tokens) if isinstance(tokens, Tokens) else tokens
    check_credentials(username, password, scope, token, None if by_name else api_key, tokens)
    login = username is not None or password is not None or tokens is not None
    present = {"username": login, "token": token is not None, "api_key": api_key is not None and not by_name, "auth": auth is not None}
    kinds = [name for name, passed in present.items() if passed]
    if len(kinds) > 1:
        raise TypeError(f"pass one kind of credentials, not {' and '.join(kinds)}")
    if tokens is None and (username is None) != (password is None):
        raise TypeError("username and password go together")
    if scope is not None and not login:
        raise TypeError("scope requires username and password: it is part of the login")
    if (kinds or by_name) and url.scheme == "http" and not insecure and not is_loopback(url.host):
        raise ValueError(f"credentials would be readable on their way to {base_url}: use https, or insecure=True")
    chosen: Auth = auth
    if login:
        # As text, so that a path prefix of base_url stays.
        chosen = PasswordAuth(username, password, f"{base_url}/{facts.token_path.lstrip('/')}", scope=scope, store=tokens)
    elif token is not None:
        chosen = Static("authorization", f"Bearer {token}")
    elif api_key is not None and not by_name:
        chosen = Static("authorization", f"Bearer {api_key}")
    sent = {
        "accept": "application/json, application/problem+json",
        "accept-encoding": "gzip, deflate",
        "user-agent": f"{facts.title.lower()}-python/{facts.version} python/{sys.version_info[0]}.{sys.version_info[1]}",
        **_headers_of(http),
        **{name.lower(): value for name, value in (headers or {}).items()},
    }
    return ClientConfiguration(
        facts,
        base_url,
        auth=chosen,
        timeout=timeout,
        deadline=deadline,
        retries=retries,
        headers=sent,
        max_answer=max_answer,
        budget=Budget(),
        watch=Notices(facts),
        clock=time.monotonic,
        keys=keys,
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _headers_of(http: httpx.Client | httpx.AsyncClient | None) -> dict[str, str]:
    """The headers of a client passed as `http=`; TypeError for its options that would be ignored."""
    if http is None:
        return {}
    ignored = [name for name, held in (("auth", http.auth), ("cookies", http.cookies), ("params", http.params)) if held]
    if str(http.base_url):
        ignored.append("base_url")
    if ignored:
        raise TypeError(f"http= has {', '.join(ignored)}, which would be ignored; pass them to this client instead")
    # Defaults of httpx are not options of the user.
    usual = {"accept", "accept-encoding", "connection", "user-agent"}
    headers = {name: value for name, value in http.headers.items() if name not in usual}
    _check_headers(headers)
    return headers


def options_from_environment(title: str) -> dict[str, Any]:
    """The address and the credentials that the variables of a process name."""
    prefix = title.upper()
    names = {"base_url": "URL", "username": "USERNAME", "password": "PASSWORD", "token": "TOKEN", "api_key": "API_KEY"}
    values = {name: os.environ.get(f"{prefix}_{suffix}") for name, suffix in names.items()}
    if not values["base_url"]:
        raise ValueError(f"{prefix}_URL is not set: the address of the server")
    return {name: value for name, value in values.items() if value}


def check_base_url(value: Any) -> str:
    """The address without a slash at its end."""
    if not isinstance(value, str):
        raise TypeError(f"base_url must be text, such as 'https://shop.example'; given: {type(value).__name__}")
    address = value.rstrip("/")
    try:
        url = httpx.URL(address)
        host = url.host
    except (httpx.InvalidURL, ValueError):
        # Names with wrong letters are decoded late.
        url, host = httpx.URL(""), ""
    # Before any message quotes the address: it may hold a password.
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url cannot have credentials, a query or a fragment")
    if url.scheme not in {"http", "https"} or not host:
        raise ValueError(f"base_url must be the address of a server, such as https://shop.example; given: {address!r}")
    return address


def check_options(
    timeout: Any = UNSET, deadline: Any = UNSET, retries: Any = UNSET, headers: Any = UNSET, auth: Any = UNSET, max_answer: Any = UNSET
) -> None:
    """TypeError or ValueError for an invalid option. UNSET is always accepted."""
    if timeout is not UNSET and not is_seconds(timeout):
        raise _wrong("timeout", timeout, "seconds for each phase of an attempt, such as timeout=10.0")
    if deadline is not UNSET and deadline is not None and not is_seconds(deadline):
        raise _wrong("deadline", deadline, "seconds for the whole call, such as deadline=30.0, or None for no bound")
    if retries is not UNSET and not isinstance(retries, Retries):
        right = f"Retries(attempts={retries})" if isinstance(retries, int) and retries > 1 else "Retries(attempts=1) to send once"
        raise _wrong("retries", retries, f"a Retries, such as retries={right}")
    if headers is not UNSET:
        _check_headers(headers)
    if auth is not UNSET and auth is not None and not isinstance(auth, httpx.Auth):
        raise _wrong("auth", auth, "an httpx.Auth; a name and a password are given as username= and password=", quote=False)
    if max_answer is not UNSET and not (is_seconds(max_answer) and isinstance(max_answer, int)):
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
        raise TypeError(f"tokens must be Tokens, or a store such as FileTokens('~/.steelyard/session'); given: {type(tokens).__name__}")


def check_http(http: Any, expected: type[Any], client: str) -> None:
    """TypeError unless the httpx client has the kind that this client needs."""
    if http is not None and not isinstance(http, expected):
        other = " Use the other client of this SDK for it." if isinstance(http, httpx.Client | httpx.AsyncClient) else ""
        raise TypeError(f"http must be an httpx.{expected.__name__} for {client}; given: {type(http).__name__}.{other}")


def is_seconds(value: Any) -> bool:
    """Whether a value is a time that passes."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < inf


def _check_headers(headers: Any) -> None:
    if not isinstance(headers, Mapping) or not all(isinstance(text, str) for pair in headers.items() for text in pair):  # pyright: ignore[reportUnknownVariableType]
        raise _wrong("headers", headers, "names and values as text, such as headers={'X-Tenant': 'a'}")  # pyright: ignore[reportUnknownArgumentType]
    for name, value in cast("Mapping[str, str]", headers).items():
        # RFC 9110 (5.6.2): what a name may hold.
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError(f"headers must be named with letters, digits and hyphens; given: {name!r}")
        if not is_field_value(value):
            raise ValueError(f"headers must be printable ASCII without spaces at their ends; the value of {name} is not")


def _wrong(name: str, value: Any, right: str, *, quote: bool = True) -> TypeError | ValueError:
    """The error; it shows short values that cannot be secrets."""
    shown = f"{value!r}" if quote and (value is None or isinstance(value, int | float)) else type(value).__name__
    kind = ValueError if isinstance(value, int | float) and not isinstance(value, bool) and name != "retries" else TypeError
    return kind(f"{name} must be {right}; given: {shown}")
