"""Settings of logins with third parties."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import NoDecode

from steelyard.settings.base import PlaceSettings
from steelyard.settings.login_providers import LoginProviders, LoginSecrets, OAuthClientEntries, is_loopback, web_address

# Clients that this server registers by itself.
BUILT_IN_CLIENTS = ("steelyard-cli", "swagger-ui")


class LoginSettings(PlaceSettings):
    """Identity providers, and the clients that may use them."""

    public_url: Annotated[str, AfterValidator(web_address)] | None = Field(default=None, max_length=500)
    """Address of this server for browsers, such as https://api.example.com, with the path of STEELYARD_ROOT_PATH. It is the issuer of
    logins with third parties, and their callbacks begin with it. Required for such logins; in production it begins with https."""
    login_providers: Annotated[LoginProviders, NoDecode] = Field(default=(), max_length=50)
    """Identity providers, as a JSON list of `{"id": "example", "name": "Example", "issuer": "https://login.example.com", "client_id":
    "..."}`. `"kind": "github"` needs no issuer. `"staff": true` lets staff use their scopes after such a login. Needs
    `pip install 'steelyard[login]'`."""
    login_secrets: Annotated[LoginSecrets, NoDecode] = Field(default={}, max_length=50)
    """The client secret of each provider, as a JSON object `{"example": "..."}`."""
    oauth_clients: Annotated[OAuthClientEntries, NoDecode] = Field(default=(), max_length=100)
    """Clients that may log users in with a provider, as a JSON list of `{"id": "shop", "redirect_uris":
    ["https://shop.example.com/callback"]}`. An http address of 127.0.0.1 or [::1] fits with any port."""

    @model_validator(mode="after")
    def _providers_can_be_used(self) -> Self:
        ids = {provider.id for provider in self.login_providers}
        if ids and self.public_url is None:
            raise ValueError("STEELYARD_LOGIN_PROVIDERS is set, but STEELYARD_PUBLIC_URL is not. Set it to the address of this server")
        for provider in self.login_providers:
            if provider.kind == "oidc" and provider.issuer is None:
                raise ValueError(f"STEELYARD_LOGIN_PROVIDERS: {provider.id} has no issuer")
        if missing := sorted(ids - self.login_secrets.keys()):
            raise ValueError(f"STEELYARD_LOGIN_SECRETS has no secret for {', '.join(missing)}")
        if unknown := sorted(self.login_secrets.keys() - ids):
            raise ValueError(
                f"STEELYARD_LOGIN_SECRETS has a secret for {', '.join(unknown)}, which STEELYARD_LOGIN_PROVIDERS does not list"
            )
        for client in self.oauth_clients:
            if client.id in BUILT_IN_CLIENTS:
                raise ValueError(f"STEELYARD_OAUTH_CLIENTS: {client.id} is a client of the server itself. Choose another id")
        return self

    @property
    def insecure_login_addresses(self) -> list[str]:
        """Settings with an http address that login with third parties uses: not for production."""
        issuers = [provider.issuer for provider in self.login_providers if provider.issuer is not None]
        names = ["STEELYARD_LOGIN_PROVIDERS"] if any(map(is_loopback, issuers)) else []
        return [*names, *(["STEELYARD_PUBLIC_URL"] if self.public_url is not None and is_loopback(self.public_url) else [])]
