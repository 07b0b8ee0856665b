"""Machines to check, and the results by the name of the check."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result
from steelyard.settings import Settings

KEY = "k3Yv9-" + "Zq7Lm2Xc8Rt4Wb6Nf1Ha" * 2
# Without a warning, except for the reminder of backups.
SOUND: dict[str, Any] = {
    "environment": "production",
    "secret_keys": (SecretStr(KEY),),
    "trusted_hosts": ("shop.example.com",),
    "trusted_proxies": ("10.0.0.0/8",),
    "database_url": "postgresql://steelyard@db.internal/steelyard?sslmode=verify-full",
    "mail": "smtp",
    "mail_from": "My shop <shop@shop.example>",
    "smtp_url": SecretStr("smtps://mail.internal"),
    "metrics_token": SecretStr(KEY),
    "docs": False,
    "drain_s": 5,
}
DEVELOPMENT = {"environment": "development"}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"STEELYARD_{name.upper()}", raising=False)


def machine(workers: int = 2, variables: Mapping[str, str] | None = None, **settings: Any) -> Machine:
    """A sound machine in production, except for these settings. None leaves one out."""
    chosen = {name: value for name, value in (SOUND | settings).items() if value is not None}
    return Machine(settings=Settings(**chosen), variables=variables or {}, workers=workers)


def levels(results: list[Result]) -> dict[str, str]:
    return {each.check: each.level for each in results}


def messages(results: list[Result]) -> dict[str, str]:
    return {each.check: each.message for each in results}
