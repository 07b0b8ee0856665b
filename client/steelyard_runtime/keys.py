"""API keys that a contract has in a header, the query or a cookie, by the names of its security schemes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .call import is_field_value
from .http import httpx
from .model import MASK
from .operation import Operation

Places = Mapping[str, tuple[str, str]]
# RFC 6265, section 4.1.1.
COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]+")


class KeyedURL(httpx.URL):
    """A URL that is shown without its last parameters, which are keys: httpx logs the URL of each request."""

    secret = ""

    def __str__(self) -> str:
        return super().__str__().replace(self.secret, f"={MASK}") if self.secret else super().__str__()

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"


class Keys:
    """The keys of a client."""

    __slots__ = ("_keys", "_places")

    def __init__(self, places: Places, keys: Mapping[str, str]) -> None:
        self._places, self._keys = places, keys

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._keys)}, ***)"

    def __contains__(self, scheme: object) -> bool:
        return scheme in self._keys

    @property
    def headers(self) -> frozenset[str]:
        """The names of headers that are keys, in lower case."""
        return frozenset([name.lower() for where, name in self._places.values() if where == "header"])

    def sign(self, request: httpx.Request, operation: Operation[Any]) -> None:
        """Add the keys that the operation takes."""
        for scheme in dict.fromkeys([scheme for way in operation.ways for scheme in way if scheme in self._keys]):
            (where, name), key = self._places[scheme], self._keys[scheme]
            if where == "header":
                request.headers[name] = key
            elif where == "cookie":
                others = request.headers.get("cookie")
                request.headers["cookie"] = f"{others}; {name}={key}" if others else f"{name}={key}"
            else:
                sent = f"={quote(key, safe='')}"
                request.url = KeyedURL(f"{request.url}{'&' if request.url.query else '?'}{quote(name, safe='')}{sent}")
                request.url.secret = sent


def keys_of(places: Places, passed: str | Mapping[str, Any]) -> Keys:
    """The keys that a client was given; TypeError or ValueError, which quotes none of them, for what the contract does not have."""
    names = ", ".join(places)
    if isinstance(passed, str):
        if len(places) != 1:
            raise TypeError(f"the contract has {len(places)} kinds of API keys: pass api_key={{name: key}}, with names out of {names}")
        passed = {next(iter(places)): passed}
    for scheme, key in passed.items():
        if scheme not in places:
            raise ValueError(f"the contract has no API key {scheme!r}; it has {names or 'none by name: pass api_key as text'}")
        where, _ = places[scheme]
        if not isinstance(key, str) or not key:
            raise TypeError(f"the API key {scheme} must be text that is not empty; given: {type(key).__name__}")
        if (where == "header" and not is_field_value(key)) or (where == "cookie" and not COOKIE.fullmatch(key)):
            raise ValueError(f"the API key {scheme} holds a space, a line end or another character that no {where} can carry")
    return Keys(places, dict(passed))
