"""Settings: bounds, lists, error messages, and the page that lists them."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from steelyard.settings import Settings, SettingsError, load_settings
from steelyard.settings.http import DEVELOPMENT_HOSTS, DEVELOPMENT_ORIGINS
from tests.unit.settings.settings_page import PAGE, settings_page

KEY = "k3Yv9-" + "Zq7Lm2Xc8Rt4Wb6Nf1Ha" * 2
PRODUCTION: dict[str, Any] = {"environment": "production", "secret_keys": KEY, "trusted_hosts": "shop.example.com", "mail": "file"}


@pytest.fixture(autouse=True)
def _nothing_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"STEELYARD_{name.upper()}", raising=False)


def test_without_configuration_there_is_a_development_server_on_one_file() -> None:
    settings = load_settings()

    assert (settings.environment, settings.database_url, settings.is_embedded) == ("development", "sqlite:///steelyard.db", True)
    assert (settings.cors_origins, settings.trusted_hosts) == (DEVELOPMENT_ORIGINS, DEVELOPMENT_HOSTS)
    assert settings.response_validation == "enforce"
    assert settings.runs_worker


def test_the_pool_has_the_figures_of_the_guide() -> None:
    settings = Settings()

    assert (settings.pool_size, settings.pool_overflow, settings.pool_recycle_s) == (20, 10, 3600)


def test_variables_are_read_and_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_CORS_ORIGINS", "https://a.example, https://b.example:8443")
    monkeypatch.setenv("STEELYARD_TAX_RATE_BPS", "12")

    settings = load_settings()

    assert settings.cors_origins == ("https://a.example", "https://b.example:8443")
    assert settings.tax_rate_bps == 12


def test_an_argument_wins_over_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_TAX_RATE_BPS", "12")

    assert load_settings(tax_rate_bps=13).tax_rate_bps == 13


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "STEELYARD_SECRET_KEYS").write_text(KEY)
    monkeypatch.setenv("STEELYARD_SECRETS_DIR", str(tmp_path))

    assert [key.get_secret_value() for key in load_settings().secret_keys] == [KEY]


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().debug = True  # type: ignore[misc]  # what the test is about


def test_a_key_is_never_shown() -> None:
    assert KEY not in repr(Settings(secret_keys=(SecretStr(KEY),), metrics_token=SecretStr(KEY)))


def test_without_a_key_each_start_has_its_own() -> None:
    assert Settings().secret_keys != Settings().secret_keys


def test_a_misspelt_variable_is_rejected_with_the_closest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_DATABSE_URL", "sqlite:///x.db")

    with pytest.raises(SettingsError, match=r"no such setting.*Did you mean STEELYARD_DATABASE_URL\?"):
        load_settings()


def test_a_setting_under_its_old_name_is_rejected_with_the_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_REFEREE", "observe")

    with pytest.raises(SettingsError, match=r"STEELYARD_REFEREE is set.*It is now called STEELYARD_RESPONSE_VALIDATION\."):
        load_settings()


def test_an_unknown_variable_is_rejected_with_the_page_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_ZZZZ", "1")

    with pytest.raises(SettingsError, match=r"docs/settings.md"):
        load_settings()


def test_variables_of_the_tests_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_TEST_DATABASE_URL", "postgresql://localhost/x")

    assert load_settings().database_url == "sqlite:///steelyard.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STEELYARD_URL", "https://shop.example.com"),
        ("STEELYARD_USERNAME", "bob@example.com"),
        ("STEELYARD_PASSWORD", "a long enough one"),
        ("STEELYARD_TOKEN", "t"),
        ("STEELYARD_API_KEY", "k"),
        ("STEELYARD_HTTP", "httpx2"),
        ("STEELYARD_PORT", "tcp://10.0.0.7:8000"),
        ("STEELYARD_PORT_8000_TCP", "tcp://10.0.0.7:8000"),
        ("STEELYARD_PORT_8000_TCP_PROTO", "tcp"),
        ("STEELYARD_PORT_8000_TCP_PORT", "8000"),
        ("STEELYARD_PORT_8000_TCP_ADDR", "10.0.0.7"),
        ("STEELYARD_SERVICE_HOST", "10.0.0.7"),
        ("STEELYARD_SERVICE_PORT", "8000"),
        ("STEELYARD_SERVICE_PORT_HTTP", "8000"),
        ("STEELYARD_WORKER_SERVICE_HOST", "10.0.0.8"),
        ("STEELYARD_WORKER_PORT", "tcp://10.0.0.8:80"),
    ],
)
def test_variables_of_the_sdk_and_of_kubernetes_are_ignored(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    assert load_settings().database_url == "sqlite:///steelyard.db"


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("STEELYARD_BULK_THRESHOLD", "It was removed, because the contract has the number"),
        ("STEELYARD_PROCESSES", "It was removed, because workers count together"),
        ("STEELYARD_LOGIN_FAILURES_EVERYONE", "It was removed"),
        ("STEELYARD_MAX_BODY_BYTES", "It was removed, because the contract bounds each body"),
    ],
)
def test_a_setting_of_an_earlier_version_is_rejected_with_a_remedy(name: str, advice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")

    with pytest.raises(SettingsError, match=advice):
        load_settings()


@pytest.mark.parametrize(("value", "path"), [("", ""), ("/", ""), ("/api", "/api"), ("/api/", "/api"), ("/shop/api", "/shop/api")])
def test_a_root_path_may_end_with_a_slash(value: str, path: str) -> None:
    assert Settings(root_path=value).root_path == path


def test_a_currency_may_be_written_in_small_letters() -> None:
    assert Settings(currency="eur").currency == "EUR"


def test_a_variable_for_an_option_names_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_PORT", "8080")

    with pytest.raises(SettingsError, match="It is an option: steelyard serve --port"):
        load_settings()


def test_a_misspelt_name_in_small_letters_is_rejected_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("steelyard_databse_url", "sqlite:///x.db")

    with pytest.raises(SettingsError, match=r"Did you mean STEELYARD_DATABASE_URL\?"):
        load_settings()


@pytest.mark.parametrize("missing", ["nowhere", "file"])
def test_a_folder_of_secrets_that_cannot_be_read_is_rejected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STEELYARD_SECRETS_DIR", str(tmp_path / missing))

    with pytest.raises(SettingsError, match=rf"STEELYARD_SECRETS_DIR=.*{missing} cannot be read: N"):
        load_settings()


def test_a_misspelt_file_of_secrets_is_rejected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "STEELYARD_SECRET_KEY").write_text(KEY)
    monkeypatch.setenv("STEELYARD_SECRETS_DIR", str(tmp_path))

    with pytest.raises(SettingsError, match=r"Did you mean STEELYARD_SECRET_KEYS\?"):
        load_settings()


@pytest.mark.parametrize("name", ["log_level", "environment", "mail", "payments", "response_validation"])
def test_a_choice_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    chosen = {"log_level": "INFO", "environment": "Development", "mail": "FILE", "payments": "Manual", "response_validation": "OFF"}[name]
    monkeypatch.setenv(f"STEELYARD_{name.upper()}", chosen)

    assert getattr(load_settings(), name) == chosen.lower()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"database_url": "mysql://localhost/x"}, "STEELYARD_DATABASE_URL"),
        ({"pool_size": 0}, "STEELYARD_POOL_SIZE: Input should be greater than or equal to 1"),
        ({"currency": "euro"}, "STEELYARD_CURRENCY: a currency has three letters, as in ISO 4217: for example EUR"),
        ({"root_path": "api"}, "STEELYARD_ROOT_PATH: it must be a path that begins with a slash, such as /api"),
        ({"root_path": "https://shop.example.com/api"}, "STEELYARD_ROOT_PATH: it must be a path"),
        ({"secret_keys": ""}, "STEELYARD_SECRET_KEYS: it contains no key. Make one"),
        ({"environment": "staging"}, "STEELYARD_ENVIRONMENT"),
        ({"secret_keys": "short"}, "STEELYARD_SECRET_KEYS: a key is shorter than 32 bytes"),
        ({"secret_keys": "a" * 40}, "STEELYARD_SECRET_KEYS: a key is a known default or too regular"),
        ({"secret_keys": "Your-Secret-Key-0123456789abcdefghij"}, "STEELYARD_SECRET_KEYS: a key is a known default"),
        ({"secret_keys": f"{KEY},{KEY}"}, "STEELYARD_SECRET_KEYS: a key is listed twice"),
        ({"metrics_token": "short"}, "STEELYARD_METRICS_TOKEN: it is shorter than 32 bytes"),
        ({"metrics_token": "a" * 40}, "STEELYARD_METRICS_TOKEN: it is a known default or too regular"),
        ({"metrics_token": KEY + " "}, "STEELYARD_METRICS_TOKEN: it may only have letters, digits and -._~+/"),
        ({"cors_origins": "*"}, "STEELYARD_CORS_ORIGINS: `*` would let every page use"),
        ({"cors_origins": "https://a.example/"}, "STEELYARD_CORS_ORIGINS: an origin is scheme, host and port"),
        ({"cors_origins": "https://a.example:*"}, "STEELYARD_CORS_ORIGINS: `*` may only be the port of localhost"),
        ({"cors_origins": "http://*.localhost:3000"}, "STEELYARD_CORS_ORIGINS: `*` may only be the port of localhost"),
        ({"cors_origins": "a.example"}, "STEELYARD_CORS_ORIGINS: an origin is scheme, host and port"),
        ({"trusted_proxies": "proxy.local"}, "STEELYARD_TRUSTED_PROXIES: a proxy is an address or a network"),
        ({"trusted_hosts": "http://shop.example.com"}, "STEELYARD_TRUSTED_HOSTS: a host is only a name"),
        ({"trusted_hosts": "shop.example.com:443"}, "STEELYARD_TRUSTED_HOSTS: a host is only a name"),
        ({"log_level": "chatty"}, "STEELYARD_LOG_LEVEL"),
    ],
)
def test_an_invalid_value_is_reported_with_its_variable(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**values)

    assert message in str(caught.value)


def test_a_consequence_of_another_mistake_is_not_reported() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment="staging")

    assert str(caught.value).count("STEELYARD_") == 1


def test_a_rejected_key_is_not_quoted() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(secret_keys="hunter2")

    assert "hunter2" not in str(caught.value)


def test_complete_production_settings_are_accepted_and_observe_responses() -> None:
    settings = load_settings(**PRODUCTION)

    assert (settings.cors_origins, settings.trusted_hosts, settings.response_validation) == ((), ("shop.example.com",), "observe")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"secret_keys": None}, "STEELYARD_SECRET_KEYS is not set"),
        ({"debug": True}, "STEELYARD_DEBUG is on"),
        ({"payments": "sandbox"}, "STEELYARD_PAYMENTS is sandbox"),
        ({"trusted_hosts": None}, "STEELYARD_TRUSTED_HOSTS is not set"),
        ({"mail": "console"}, "STEELYARD_MAIL is console, which logs whole mails"),
        ({"mail": None}, "STEELYARD_MAIL is console"),
        ({"mail": "smtp", "smtp_url": "smtps://mail.example.com"}, "STEELYARD_MAIL_FROM is not set"),
        ({"trusted_hosts": "shop.example.com,*"}, "STEELYARD_TRUSTED_HOSTS contains `*`"),
    ],
)
def test_production_rejects_unsafe_settings(change: dict[str, Any], message: str) -> None:
    values = {name: value for name, value in (PRODUCTION | change).items() if value is not None}

    with pytest.raises(SettingsError, match="not safe in production") as caught:
        load_settings(**values)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("url", "unset", "works"), [("sqlite:///a.db", None, True), ("postgresql://h/d", None, False), ("sqlite:///a.db", False, False)]
)
def test_with_sqlite_the_server_runs_the_worker_by_default(url: str, unset: bool | None, works: bool) -> None:
    assert Settings(database_url=url, embedded_worker=unset).runs_worker is works


def test_the_page_lists_every_setting() -> None:
    assert PAGE.read_text() == settings_page(), "run `python -m tests.unit.settings.settings_page` and commit docs/settings.md"


def test_each_setting_states_its_unit_or_use() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        if name.endswith("_s"):
            assert "econds" in field.description, name
