"""Checks of settings and of the machine: each is seen to fail and to pass, and in production no unsafe one passes."""

import re
import resource
import secrets
from importlib import util
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from steelyard.doctor.examination import examine_offline
from steelyard.settings.loading import SECRETS_DIR
from tests.kit.project import ROOT
from tests.kit.servers.certificates import for_localhost
from tests.unit.doctor.conftest import DEVELOPMENT, KEY, levels, machine, messages

LITE: dict[str, Any] = {"database_url": "sqlite:///steelyard.db"}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (4096, 8192))
    return tmp_path


def test_a_sound_machine_has_no_warning_but_the_reminder_of_backups() -> None:
    results = examine_offline(machine())

    assert {check for check, level in levels(results).items() if level != "ok"} == {"backups"}


def test_each_check_has_a_name_and_is_one_line() -> None:
    results = examine_offline(machine(redis_url=SecretStr("redis://localhost"), **LITE))

    assert len({each.check for each in results}) == len(results)
    assert not [each for each in results if "\n" in each.message or not each.message.endswith(".")]


@pytest.mark.parametrize(
    ("check", "settings", "words"),
    [
        ("environment", DEVELOPMENT | {"debug": True, "payments": "sandbox"}, "STEELYARD_DEBUG is on; STEELYARD_PAYMENTS is sandbox"),
        ("environment", DEVELOPMENT | {"secret_keys": None}, "STEELYARD_SECRET_KEYS is not set"),
        ("environment", DEVELOPMENT | {"trusted_hosts": None}, "STEELYARD_TRUSTED_HOSTS is not set"),
        ("rate_limits", {"rate_limits": False}, "STEELYARD_RATE_LIMITS=false"),
        ("response_validation", {"response_validation": "off"}, "STEELYARD_RESPONSE_VALIDATION=observe"),
        ("docs", {"docs": True}, "STEELYARD_DOCS=false"),
        ("trusted_proxies", {"trusted_proxies": ()}, "STEELYARD_TRUSTED_PROXIES"),
        ("drain", {"drain_s": 0}, "STEELYARD_DRAIN_S=5"),
        ("access_log", {"access_log": False}, "STEELYARD_ACCESS_LOG=false"),
        ("access_log", {"log_level": "warning"}, "STEELYARD_LOG_LEVEL"),
        ("metrics", {"metrics_token": None}, "STEELYARD_METRICS_TOKEN"),
        ("mail", {"mail": "file"}, "STEELYARD_MAIL is file"),
        ("mail_from", {"mail_from": "Shop <shop@example.com>"}, "STEELYARD_MAIL_FROM"),
        ("database_tls", {"database_url": "postgresql://u@db/d?sslmode=require"}, "sslmode=require"),
        ("database_tls", {"database_url": "postgresql://u@localhost,db/d"}, "sslmode=prefer"),
        ("valkey_tls", {"redis_url": SecretStr("redis://:pw@valkey.internal")}, "rediss://"),
    ],
)
def test_what_an_operator_should_know_is_a_warning(check: str, settings: dict[str, Any], words: str) -> None:
    results = examine_offline(machine(**settings))

    assert levels(results)[check] == "warn"
    assert words in messages(results)[check]


@pytest.mark.parametrize(
    ("check", "settings"),
    [
        ("database_tls", {"database_url": "postgresql://u@127.0.0.1:5433,[::1]/d"}),
        ("database_tls", {"database_url": "postgresql:///d?host=/run/postgresql"}),
        ("valkey_tls", {"redis_url": SecretStr("redis://:pw@localhost")}),
        ("valkey_tls", {"redis_url": SecretStr("unix:///run/valkey.sock")}),
        ("valkey_tls", {"redis_url": SecretStr("rediss://:pw@valkey.internal")}),
        ("valkey_library", {"redis_url": SecretStr("redis://localhost")}),
    ],
)
def test_what_stays_on_the_machine_or_is_encrypted_is_fine(check: str, settings: dict[str, Any]) -> None:
    assert levels(examine_offline(machine(**settings)))[check] == "ok"


def test_a_default_of_the_driver_counts_as_the_driver_reads_it() -> None:
    url = "postgresql://u@db/d"

    results = examine_offline(machine(variables={"PGSSLMODE": "verify-full"}, database_url=url))

    assert levels(results)["database_tls"] == "ok"


def test_few_open_files_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))

    assert levels(examine_offline(machine()))["open_files"] == "warn"


@pytest.mark.parametrize(
    ("workers", "environment", "level"), [(1, "production", "ok"), (2, "production", "refuse"), (2, "development", "warn")]
)
def test_an_sqlite_file_is_for_one_process(workers: int, environment: str, level: str) -> None:
    assert levels(examine_offline(machine(workers, environment=environment, **LITE)))["workers"] == level


@pytest.mark.parametrize(("environment", "level"), [("production", "refuse"), ("development", "warn")])
def test_addresses_cannot_be_verified_by_mails_that_are_not_sent(environment: str, level: str) -> None:
    results = examine_offline(machine(environment=environment, mail="file", require_verified_email=True))

    assert levels(results)["mail"] == level
    assert "STEELYARD_REQUIRE_VERIFIED_EMAIL" in messages(results)["mail"]


def test_a_missing_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steelyard.doctor.checks.valkey.find_spec", lambda name: None if name == "redis" else util.find_spec(name))

    results = examine_offline(machine(redis_url=SecretStr("redis://localhost")))

    assert levels(results)["valkey_library"] == "refuse"
    assert "pip install 'steelyard[valkey]'" in messages(results)["valkey_library"]


def test_traces_without_their_library_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    fine = examine_offline(machine(otlp_url="http://localhost:4318"))
    monkeypatch.setattr("steelyard.app.telemetry.find_spec", lambda _: None)
    missing = examine_offline(machine(otlp_url="http://localhost:4318"))

    assert (levels(fine)["traces"], levels(missing)["traces"]) == ("ok", "refuse")
    assert "traces" not in levels(examine_offline(machine()))


@pytest.mark.parametrize(("text", "level"), [("Hi\n\nx", "ok"), ("Hi {{ nmae }}\n\nx", "refuse")])
def test_templates_of_mails_are_tried(folder: Path, text: str, level: str) -> None:
    (folder / "welcome.txt").write_text(text)
    (folder / "welcome.html").write_text("<p>x</p>")

    assert levels(examine_offline(machine(mail_templates=folder)))["mail_templates"] == level


# -- secrets ---


def put(folder: Path, name: str, mode: int) -> Path:
    path = folder / name
    path.write_text(secrets.token_urlsafe(48))
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("mode", "mode_of_folder", "environment", "level"),
    [
        (0o400, 0o755, "production", "ok"),
        (0o440, 0o755, "production", "ok"),
        (0o444, 0o755, "production", "refuse"),
        (0o402, 0o755, "production", "refuse"),
        (0o444, 0o750, "production", "ok"),
        (0o444, 0o755, "development", "warn"),
    ],
)
def test_other_users_cannot_read_secrets(folder: Path, mode: int, mode_of_folder: int, environment: str, level: str) -> None:
    (folder / "secrets").mkdir()
    put(folder / "secrets", "STEELYARD_SECRET_KEYS", mode)
    (folder / "secrets").chmod(mode_of_folder)

    results = examine_offline(machine(variables={SECRETS_DIR: "secrets"}, environment=environment))

    assert levels(results)["secret_files"] == level
    assert ("STEELYARD_SECRET_KEYS" in messages(results)["secret_files"]) is (level != "ok")


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o644, "warn")])
def test_other_users_cannot_read_the_key_beside_an_sqlite_file(folder: Path, mode: int, level: str) -> None:
    put(folder, "steelyard.key", mode)
    folder.chmod(0o755)

    results = examine_offline(machine(1, secret_keys=None, environment="development", **LITE))

    assert levels(results)["secret_files"] == level


@pytest.mark.parametrize("name", ["STEELYARD_SECRET_KEYS", "steelyard_secret_keys"])
def test_a_setting_is_given_once(folder: Path, name: str) -> None:
    (folder / "secrets").mkdir()
    put(folder / "secrets", "STEELYARD_SECRET_KEYS", 0o400)

    results = examine_offline(machine(variables={SECRETS_DIR: "secrets", name: KEY}))

    assert levels(results)["secrets_once"] == "refuse"
    assert "STEELYARD_SECRET_KEYS is both a variable and a file" in messages(results)["secrets_once"]


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("STEELYARD_SECRET_KEYS", KEY, "warn"),
        ("STEELYARD_METRICS_TOKEN", KEY, "warn"),
        ("STEELYARD_DATABASE_URL", "postgresql://u:hunter2@db/d", "warn"),
        ("STEELYARD_DATABASE_URL", "postgresql://u@db/d?password=hunter2", "warn"),
        ("STEELYARD_SMTP_URL", "smtps://u:hunter2@mail", "warn"),
        ("STEELYARD_REDIS_URL", "redis://:hunter2@valkey", "warn"),
        ("STEELYARD_DATABASE_URL", "postgresql://u@db:5432/d", "ok"),
        ("STEELYARD_REDIS_URL", "redis://valkey:6379", "ok"),
        ("STEELYARD_DOCS", "false", "ok"),
        ("OTHER_SECRET_KEYS", KEY, "ok"),
    ],
)
def test_secrets_in_variables_are_a_warning_that_does_not_repeat_them(name: str, value: str, level: str) -> None:
    results = examine_offline(machine(variables={name: value}))

    assert levels(results)["secrets_in_variables"] == level
    assert not [each for each in results if value in each.message or "hunter2" in each.message]


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read: No such file or directory"), ("x", "holds no certificate"), ("real", "are trusted")]
)
def test_authorities_are_read(folder: Path, content: str | None, words: str) -> None:
    path = folder / "authority.pem"
    if content == "real":
        path = for_localhost(folder)
    elif content is not None:
        path.write_text(content)

    results = examine_offline(machine(variables={"SSL_CERT_FILE": str(path)}))

    assert levels(results)["authorities"] == ("ok" if content == "real" else "refuse")
    assert words in messages(results)["authorities"]


# -- files ---


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({"audit_log": Path("audit.log")}, "ok"),
        ({"audit_log": Path("nowhere/audit.log")}, "warn"),
        ({"audit_log": Path(), "embedded_worker": True}, "refuse"),
        ({"rate_limits_file": Path("nowhere/counts")}, "refuse"),
        ({"mail": "file", "mail_folder": Path("made/later")}, "ok"),
        ({"mail": "file", "mail_folder": Path("file")}, "warn"),
        ({"mail": "file", "mail_folder": Path("file/below"), **LITE}, "refuse"),
    ],
)
def test_files_of_settings_are_tried_and_not_created(folder: Path, settings: dict[str, Any], level: str) -> None:
    (folder / "file").touch()

    results = examine_offline(machine(1, **settings))

    assert levels(results)["files"] == level
    assert [path.name for path in folder.iterdir()] == ["file"]


# -- the page ---


def test_the_page_lists_every_check() -> None:
    listed = re.findall(r"^\| `(\w+)` \| ", (ROOT / "docs" / "operations" / "doctor.md").read_text(), re.MULTILINE)
    modules = [path.read_text() for path in (ROOT / "server" / "steelyard" / "doctor" / "checks").glob("*.py")]
    named = {name for text in modules for name in re.findall(r"(?:ok|warn|refuse|unsafe|level)\(\s*\"(\w+)\"", text)}

    assert sorted(listed) == sorted(named | {"settings"})
