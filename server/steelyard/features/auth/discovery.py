"""What clients read before a login: the metadata of this authorization server, and its identity providers."""

from steelyard.features.identities.login import ThirdPartyLogin
from steelyard_contract import models as m
from steelyard_contract.problems import NoAuthorizationServer


def get_authorization_server(login: ThirdPartyLogin) -> m.AuthorizationServer:
    """The metadata of RFC 8414. Raises NoAuthorizationServer without a public address, which is the issuer."""
    if not login.issuer:
        raise NoAuthorizationServer
    return m.AuthorizationServer.model_construct(
        issuer=login.issuer,
        authorization_endpoint=f"{login.issuer}/authorize",
        token_endpoint=f"{login.issuer}/token",
        scopes_supported=list(m.Scope),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=list(m.GrantType),
        token_endpoint_auth_methods_supported=["none"],
        code_challenge_methods_supported=["S256"],
        authorization_response_iss_parameter_supported=True,
    )


def list_login_providers(login: ThirdPartyLogin) -> m.LoginProviders:
    """The providers of the settings, in their order."""
    providers = [m.LoginProvider.model_construct(id=each.settings.id, name=each.settings.name) for each in login.providers.by_id.values()]
    return m.LoginProviders.model_construct(providers=providers)
