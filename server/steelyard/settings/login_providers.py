"""Identity providers and OAuth clients as an operator writes them: JSON, checked before the server starts."""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

# Scheme and authority of an address: no user, and neither query nor fragment.
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[1-9][0-9]{0,4})?(?P<path>/[^?#\s\\]*)?")
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
# RFC 8252 (7.1): the scheme of an app is a domain that its maker owns, backwards, so it has a dot.
_OF_APP = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/[^#\s\\]*")
_LOGIN_IDS = r"^[a-z][a-z0-9-]{0,31}$"


def parse_json(value: object) -> object:
    """The value of a variable, which is text; arguments are values already."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("it is not JSON") from None


def web_address(value: str) -> str:
    """An https address without query and fragment, or an http address of this machine, without a slash at its end."""
    match = _ORIGIN.fullmatch(value)
    if match is None or "/../" in f"{value}/" or "/./" in f"{value}/":
        raise ValueError("it must be an address such as https://api.example.com, without user, query and fragment")
    if match["scheme"] == "http" and match["host"] not in _LOOPBACK:
        raise ValueError("it must begin with https:// (http:// is for this machine only)")
    return value.removesuffix("/")


def issuer_address(value: str) -> str:
    """The same with its slash: an issuer is compared character by character."""
    web_address(value)
    return value


def is_loopback(address: str) -> bool:
    """Whether this is an http address of this machine."""
    match = _ORIGIN.match(address)
    return match is not None and match["scheme"] == "http" and match["host"] in _LOOPBACK


def _redirect_uri(value: str) -> str:
    base, _, query = value.partition("?")
    if _OF_APP.fullmatch(value):
        return value
    try:
        web_address(base)
    except ValueError as error:
        raise ValueError(f"a redirect URI is https, http on this machine, or has the scheme of an app with a dot: {error}") from None
    if "#" in query or not query.isprintable() or " " in query:
        raise ValueError("a redirect URI has no fragment and no spaces")
    return value


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class LoginProvider(_Entry):
    """An identity provider that users may log in with."""

    id: str = Field(pattern=_LOGIN_IDS)
    name: str = Field(min_length=1, max_length=100)
    kind: Literal["oidc", "github"] = "oidc"
    issuer: Annotated[str, AfterValidator(issuer_address)] | None = None
    """For `oidc`: exactly as in the provider's metadata. For `github`: left out, or the address of your GitHub Enterprise Server."""
    client_id: str = Field(min_length=1, max_length=255)
    algorithms: tuple[Literal["RS256", "PS256", "ES256", "EdDSA"], ...] = Field(default=("RS256", "ES256"), min_length=1)
    """The algorithms that may have signed an ID token."""
    staff: bool = False
    """Whether a login with this provider gives staff the scopes of their role."""


class OAuthClientEntry(_Entry):
    """A client of this server: a page, an app or a program of the operator."""

    id: str = Field(pattern=r"^[!-~]{1,255}$")
    redirect_uris: tuple[Annotated[str, Field(max_length=2000), AfterValidator(_redirect_uri)], ...] = Field(min_length=1, max_length=50)


def _unique(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    ids = [entry.id for entry in entries]
    if len(set(ids)) < len(ids):
        raise ValueError("an id is listed twice")
    return entries


LoginProviders = Annotated[tuple[LoginProvider, ...], BeforeValidator(parse_json), AfterValidator(_unique)]
OAuthClientEntries = Annotated[tuple[OAuthClientEntry, ...], BeforeValidator(parse_json), AfterValidator(_unique)]
LoginSecrets = Annotated[dict[str, SecretStr], BeforeValidator(parse_json)]
