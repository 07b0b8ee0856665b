"""Logins with third parties: the addresses, the clients, and whether each provider can be used."""

from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, refuse, warn
from steelyard.settings import Settings
from steelyard.sources import Sources

if TYPE_CHECKING:
    from steelyard.security.identity_providers.oidc import OidcProvider

_LIBRARIES = ("authlib", "httpx2", "joserfc")
# Providers issue longer ones.
_MIN_SECRET_LENGTH = 16


def offline(machine: Machine) -> Iterator[Result]:
    settings = machine.settings
    if not settings.login_providers:
        return
    if _has_libraries():
        yield ok("login_library", "The libraries for STEELYARD_LOGIN_PROVIDERS are installed.")
    else:
        yield refuse(
            "login_library",
            "A library for STEELYARD_LOGIN_PROVIDERS is missing. Run pip install 'steelyard[login]', or leave out the setting.",
        )
    insecure = settings.insecure_login_addresses
    if insecure:
        yield machine.unsafe("login_addresses", f"Logins cross the network in the clear. Write https:// in {' and '.join(insecure)}.")
    else:
        yield ok("login_addresses", f"Browsers log in at {settings.public_url}, and providers send them back there.")
    short = [name for name, secret in settings.login_secrets.items() if len(secret.get_secret_value()) < _MIN_SECRET_LENGTH]
    if short:
        yield warn("login_secrets", f"The secret of {', '.join(short)} is short. Copy it again into STEELYARD_LOGIN_SECRETS.")
    else:
        yield ok("login_secrets", "Each provider has a secret.")
    yield from _clients(settings)


def _clients(settings: Settings) -> Iterator[Result]:
    if not settings.oauth_clients:
        yield warn("oauth_clients", "Only steelyard-cli can log users in with a provider. Name your clients in STEELYARD_OAUTH_CLIENTS.")
        return
    foreign = sorted(_origins(settings) - set(settings.cors_origins))
    if foreign:
        yield warn(
            "oauth_clients",
            f"Pages of {', '.join(foreign)} cannot call /token. If they exchange codes, add them to STEELYARD_CORS_ORIGINS.",
        )
    else:
        yield ok("oauth_clients", "The pages of all clients may call this server.")


def _origins(settings: Settings) -> set[str]:
    """The origins of redirect URIs that are web pages on other hosts."""
    parts = [urlsplit(uri) for client in settings.oauth_clients for uri in client.redirect_uris]
    own = urlsplit(settings.public_url or "")
    origins = {f"{each.scheme}://{each.netloc}" for each in parts if each.scheme == "https"}
    return origins - {f"{own.scheme}://{own.netloc}"}


async def online(machine: Machine) -> AsyncIterator[Result]:
    """Whether the providers with metadata can be used. GitHub has none."""
    settings = machine.settings
    if not settings.login_providers or not _has_libraries():
        return
    from steelyard.security.identity_providers.oidc import OidcProvider
    from steelyard.security.identity_providers.registry import IdentityProviders

    sources = Sources()
    all_providers = IdentityProviders.of(settings, clock=sources.clock, stopwatch=sources.stopwatch).by_id.values()
    providers = [each for each in all_providers if isinstance(each, OidcProvider)]
    faults = [fault for each in providers if (fault := await _fault(each)) is not None]
    if faults:
        yield warn("login_providers", f"Users cannot log in with {'; '.join(faults)}. Compare STEELYARD_LOGIN_PROVIDERS with the provider.")
    elif providers:
        yield ok("login_providers", "Each provider with metadata responds, is the issuer of the settings, and has PKCE.")


async def _fault(provider: "OidcProvider") -> str | None:
    from steelyard.security.identity_providers.provider import ProviderUnavailable

    try:
        reason = None if await provider.has_pkce() else "no PKCE with S256"
    except ProviderUnavailable as unavailable:
        reason = str(unavailable)
    return None if reason is None else f"{provider.settings.id} ({reason})"


def _has_libraries() -> bool:
    return all(find_spec(name) is not None for name in _LIBRARIES)
