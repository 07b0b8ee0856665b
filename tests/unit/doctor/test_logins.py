"""Checks of logins with third parties: their settings, and providers that respond, lie or are silent."""

from collections.abc import Iterator
from importlib import util
from typing import Any

import pytest
from pydantic import SecretStr

from steelyard.doctor.checks import logins
from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result
from tests.kit.servers.identity_providers import StubProvider, stub_provider
from tests.unit.doctor.conftest import DEVELOPMENT, levels, machine, messages

HUB = {"id": "hub", "name": "GitHub", "kind": "github", "client_id": "steelyard"}
SOUND: dict[str, Any] = {
    "public_url": "https://api.shop.example",
    "login_providers": (HUB,),
    "login_secrets": {"hub": SecretStr("0123456789abcdef0123")},
    "oauth_clients": ({"id": "shop", "redirect_uris": ("https://shop.example/callback", "com.shop.example:/login", "http://127.0.0.1/a")},),
    "cors_origins": ("https://shop.example",),
}


@pytest.fixture
def stub() -> Iterator[StubProvider]:
    with stub_provider() as made:
        yield made


def of(**changed: Any) -> list[Result]:
    return list(logins.offline(machine(**SOUND | changed)))


async def of_provider(subject: Machine) -> Result:
    (only,) = [each async for each in logins.online(subject)]
    return only


def at(stub: StubProvider) -> Machine:
    secrets = {"stub": SecretStr("0123456789abcdef0123")}
    return machine(**SOUND | DEVELOPMENT | {"login_providers": (stub.settings(),), "login_secrets": secrets})


def test_sound_settings_have_no_warning() -> None:
    assert set(levels(of()).values()) == {"ok"}


def test_without_providers_there_is_nothing_to_check() -> None:
    assert of(login_providers=(), login_secrets={}) == []


@pytest.mark.parametrize(
    ("check", "changed", "words"),
    [
        ("login_addresses", DEVELOPMENT | {"public_url": "http://127.0.0.1:8000"}, "Write https:// in STEELYARD_PUBLIC_URL."),
        ("login_secrets", {"login_secrets": {"hub": SecretStr("changeme")}}, "The secret of hub is short"),
        ("oauth_clients", {"oauth_clients": ()}, "STEELYARD_OAUTH_CLIENTS"),
        ("oauth_clients", {"cors_origins": ("https://other.example",)}, "Pages of https://shop.example cannot call /token"),
    ],
)
def test_what_an_operator_should_know_is_a_warning(check: str, changed: dict[str, Any], words: str) -> None:
    results = of(**changed)

    assert levels(results)[check] == "warn"
    assert words in messages(results)[check]
    assert "changeme" not in messages(results)[check]


def test_a_missing_library_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "find_spec", lambda name: None if name == "joserfc" else util.find_spec(name))

    assert levels(of())["login_library"] == "refuse"


async def test_a_provider_that_responds_is_fine(stub: StubProvider) -> None:
    result = await of_provider(at(stub))

    assert (result.check, result.level) == ("login_providers", "ok")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"issuer": "https://other.example"}, "(metadata of another issuer)"),
        ({"token_endpoint": None}, "(metadata without endpoints)"),
        ({"code_challenge_methods_supported": ["plain"]}, "stub (no PKCE with S256)"),
    ],
)
async def test_a_provider_that_cannot_be_used_is_a_warning(document: dict[str, Any], words: str, stub: StubProvider) -> None:
    stub.pages["/.well-known/openid-configuration"] |= document

    result = await of_provider(at(stub))

    assert result.level == "warn"
    assert words in result.message


async def test_a_provider_without_metadata_is_not_checked() -> None:
    assert [each async for each in logins.online(machine(**SOUND))] == []
