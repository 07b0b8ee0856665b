"""The objects that all requests share, one of each type for the whole application."""

from collections.abc import Mapping
from typing import Any

from steelyard.contract.document import Document
from steelyard.db.database import Database
from steelyard.features.auth.api_keys import find_api_key
from steelyard.features.auth.credentials import load_credential
from steelyard.features.auth.login import LoginPolicy, LoginTools
from steelyard.features.identities.clients import OAuthClients
from steelyard.features.identities.login import ThirdPartyLogin
from steelyard.features.identities.secrets import LoginKeys
from steelyard.features.system.health import HealthCheck
from steelyard.features.system.public_data import PublicDataCache
from steelyard.features.users.service import open_account
from steelyard.paging.cursors import Cursors
from steelyard.paging.paginator import Paginator
from steelyard.paging.totals import Totals
from steelyard.rate_limits.memory import Quota
from steelyard.rate_limits.shared import SharedLimiter
from steelyard.security.access_tokens import AccessTokens
from steelyard.security.api_keys import ApiKeys
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.identity_providers.registry import IdentityProviders
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings
from steelyard.sources import Sources
from steelyard_contract.policy import ALL_SCOPES


def shared_objects(
    settings: Settings, sources: Sources, document: Document, shared_limiter: SharedLimiter | None
) -> Mapping[type[Any], Any]:
    """The objects that handlers get by type, as `Shared[T]`."""
    keys = [key.get_secret_value() for key in settings.secret_keys]
    database = Database.of(settings, clock=sources.clock, random_bytes=sources.random_bytes)
    passwords = PasswordHasher(threads=settings.hashing_threads, waiting=settings.hashing_waiting)
    tokens = AccessTokens(
        keys,
        clock=sources.clock,
        random_bytes=sources.random_bytes,
        known_scopes=ALL_SCOPES,
        lifetime_s=settings.access_token_lifetime_s,
    )
    return {
        Settings: settings,
        Document: document,
        Database: database,
        PasswordHasher: passwords,
        ApiKeys: ApiKeys(find_api_key),
        CredentialCache: CredentialCache(load_credential, sources.stopwatch),
        LoginTools: LoginTools(passwords, tokens, LoginPolicy.of(settings), sources.random_bytes),
        ThirdPartyLogin: ThirdPartyLogin(
            settings.public_url or "",
            IdentityProviders.of(settings, clock=sources.clock, stopwatch=sources.stopwatch),
            OAuthClients.of(settings),
            LoginKeys(keys, sources.random_bytes),
            open_account,
        ),
        Paginator: Paginator(Cursors(*(key.encode() for key in keys)), Totals(database), keeps_pages=settings.item_cache),
        PublicDataCache: PublicDataCache(settings, sources.stopwatch),
        HealthCheck: HealthCheck(document.version, sources.stopwatch, lambda: database.takes_writes, shared_limiter),
    }


def quotas_from(settings: Settings) -> dict[str, Quota]:
    """The quotas of the contract's rate classes. `login` has the default quota: the login throttle counts failures in the database."""
    return {
        "default": Quota(settings.rate_default_per_minute, 60),
        "register": Quota(settings.rate_register_per_minute, 60),
        "login-start": Quota(settings.rate_login_start_per_minute, 60),
        "quote": Quota(settings.rate_quote_per_minute, 60),
        "pay": Quota(settings.rate_pay_per_minute, 60),
        "import": Quota(settings.rate_import_per_minute, 60),
        "mail": Quota(settings.rate_mail_per_hour, 3600),
    }
