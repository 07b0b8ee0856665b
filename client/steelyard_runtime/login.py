"""One login in the browser of the user (RFC 8252, RFC 7636, RFC 9207). It knows no operation: the caller exchanges the code."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hmac import compare_digest
from secrets import token_urlsafe
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, urlencode

from .client_options import check_base_url, is_loopback, is_seconds
from .errors import LoginFailed
from .http import httpx
from .listener import Listener
from .tokens import Tokens

MAX_SHOWN = 300
"""Characters of a text of the server that a message shows."""


class Grant(NamedTuple):
    """What is exchanged for the tokens."""

    code: str
    redirect_uri: str
    code_verifier: str


def log_in(
    base_url: str,
    authorize_path: str,
    *,
    client_id: str,
    provider: str | None,
    scope: str | None,
    timeout: float,
    open: Callable[[str], object],  # noqa: A002  # the name of the public argument
    exchange: Callable[[Grant], Tokens],
    stopped: Event | None = None,
) -> Tokens:
    """The tokens of a login. Raises LoginFailed, or what `exchange` raises. `stopped` ends the wait of a caller that is gone."""
    issuer = check_address(base_url)
    if not is_seconds(timeout):
        raise ValueError("timeout must be seconds, such as timeout=180")
    verifier, state = token_urlsafe(32), token_urlsafe(32)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with Listener() as listener:
        request = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": listener.redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "provider": provider,
            "scope": scope,
        }
        sent = urlencode({name: value for name, value in request.items() if value is not None}, quote_via=quote)
        listener.open(open, f"{issuer}/{authorize_path.lstrip('/')}?{sent}")
        code = read_code(listener.wait(timeout, stopped), state=state, issuer=issuer)
        tokens = exchange(Grant(code, listener.redirect_uri, verifier))
        listener.succeed()
        return tokens


def check_address(base_url: Any) -> str:
    """The address of the server, which is its name in responses. ValueError if others could read a code on its way there."""
    address = check_base_url(base_url)
    url = httpx.URL(address)
    if url.scheme == "http" and not is_loopback(url.host):
        raise ValueError(f"a login could be read on its way to {address}: use https")
    return address


def read_code(query: str, *, state: str, issuer: str) -> str:
    """The code of a response; LoginFailed if the response is an error, of another login or of another server."""
    try:
        parameters = parse_qs(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        parameters = {}
    response = {name: values[0] for name, values in parameters.items() if len(values) == 1}
    if not compare_digest(response.get("state", "").encode(), state.encode()):
        raise LoginFailed("The browser came back from another login than this one. Begin again.")
    named = response.get("iss")
    if named is None:
        raise LoginFailed(f"The response does not name its server, so it may not be from {issuer}.")
    if named != issuer:
        raise LoginFailed(f"The response is from a server with the address {_shown(named)}, not {issuer}. Use its address if you trust it.")
    if "error" in response:
        reason = _shown(response.get("error_description") or "The server rejected the login")
        raise LoginFailed(f"{reason.rstrip('.')} ({_shown(response['error'])}).", error=response["error"])
    if not response.get("code"):
        raise LoginFailed("The response has neither a code nor an error.")
    return response["code"]


def _shown(text: str) -> str:
    """A text of the server on one line."""
    return "".join(character if character.isprintable() else " " for character in text[:MAX_SHOWN])
