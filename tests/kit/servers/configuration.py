"""What every application under test is made with: settings without a worker, logs or limits, and a journal of its faults."""

from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from steelyard.contract.observer import ContractViolation, RequestRecord
from steelyard.contract.response.validator import Mismatch
from steelyard.settings import Settings
from steelyard.telemetry.access_log import AccessLog
from tests.kit.servers.short_cuts import BASE_SETTINGS
from tests.kit.world.clock import Clock

SECRET = SecretStr("gsVzHc2u8DkqhCJmWjN3RrPyYtLw0aXb")

# Limits that responses announce and no test reaches.
AMPLE: dict[str, Any] = (
    {"rate_limits": True}
    | {f"rate_{name}_per_minute": 1_000_000 for name in ("default", "register", "quote", "login_start")}
    | {"rate_mail_per_hour": 1_000_000}
)


# A provider that is never called, because GitHub has no metadata, and a client.
LOGIN: dict[str, Any] = {
    "public_url": "https://api.example.com",
    "login_providers": ({"id": "example", "name": "Example", "kind": "github", "client_id": "steelyard"},),
    "login_secrets": {"example": "upstream-secret-of-the-tests"},
    "oauth_clients": ({"id": "shop", "redirect_uris": ("https://shop.example.com/callback",)},),
}


class Journal(AccessLog):
    """Collects unexpected errors and mismatches instead of logging them."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, write=None)
        self.faults: list[BaseException] = []

    def unhandled_error(self, error: BaseException, trace: RequestRecord) -> None:  # noqa: ARG002  # the journal's signature
        self.faults.append(error)

    def mismatches_found(self, mismatches: Sequence[Mismatch], trace: RequestRecord) -> None:  # noqa: ARG002  # the journal's signature
        self.faults.append(ContractViolation("; ".join(map(str, mismatches))))


class GivenSettings(Settings):
    """Settings from arguments only. Looking through the environment takes three milliseconds, for each test."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def settings_for(url: str, **changed: Any) -> Settings:
    """Settings for tests: no worker, no access log and no rate limits, unless a test sets them.

    On a busy machine, fifty requests at once take longer than one request of a user may.
    """
    quiet = {"embedded_worker": False, "access_log": False, "rate_limits": False, "sqlite_readers": 2}
    patient = {"operation_timeout_s": 60, "hashing_waiting": 1000}
    return GivenSettings(database_url=url, secret_keys=(SECRET,), **{**BASE_SETTINGS, **LOGIN, **quiet, **patient, **changed})
