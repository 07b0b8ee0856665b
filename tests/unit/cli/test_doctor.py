"""`steelyard doctor`: what it prints, its status, and that `serve` refuses the same."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from steelyard.serving import process
from steelyard.settings.loading import SECRETS_DIR
from tests.kit.servers.databases import Databases
from tests.unit.cli.conftest import Run

KEY = "k3Yv9-Zq7Lm2Xc8Rt4Wb6Nf1HaZq7Lm2Xc8Rt4Wb6Nf1Ha"
PRODUCTION = {
    "environment": "production",
    "secret_keys": KEY,
    "trusted_hosts": "shop.example.com",
    "mail": "file",
}
# Unreachable, each with a password.
CANARIES = {
    "database_url": "postgresql://shop:canary-database@127.0.0.1:1/d",
    "redis_url": "redis://shop:canary-valkey@127.0.0.1:1",
    "mail": "smtp",
    "mail_from": "shop@shop.example",
    "smtp_url": "smtps://shop:canary-mail@127.0.0.1:1",
    "metrics_token": "canary-metrics-0123456789-abcdefghij",
    "secret_keys": "canary-keys-0123456789-abcdefghij",
}
LINE = re.compile(r"(ok    |warn  |refuse)  (\w+) +  ?(\S.*)")


@pytest.fixture
def unserved(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The calls of the server, which serves nothing."""
    calls: list[object] = []

    def serve(*arguments: object, **_: object) -> int:
        calls.append(arguments)
        return 0

    monkeypatch.setattr(process, "serve", serve)
    return calls


def test_each_check_is_one_line_and_the_last_line_counts_them(run: Run, tmp_path: Path) -> None:
    status, out, err = run("doctor")

    *lines, last = out.splitlines()
    assert (status, err) == (0, "")
    assert all(LINE.fullmatch(line) for line in lines)
    counts = [sum(line.startswith(level) for line in lines) for level in ("ok", "warn", "refuse")]
    assert last == "{} ok, {} warn, {} refuse".format(*counts)
    assert list(tmp_path.iterdir()) == []


def test_the_status_is_1_if_something_is_refused(run: Run) -> None:
    status, out, _ = run("doctor", database_url="postgresql://u@127.0.0.1:1/d")

    assert (status, "refuse  database " in out) == (1, True)


def test_offline_nothing_is_connected_to(run: Run) -> None:
    status, out, _ = run("doctor", "--offline", "--json", **(PRODUCTION | CANARIES))

    checks = {each["check"] for each in json.loads(out)["results"]}
    assert status == 0
    assert checks.isdisjoint({"database", "schema", "mail_server", "valkey"})


def test_a_program_gets_json(run: Run) -> None:
    status, out, _ = run("doctor", "--json", "--workers", "2")

    report = json.loads(out)
    assert (status, report["level"]) == (0, "warn")
    assert {"check": "workers", "level": "warn"}.items() <= next(each for each in report["results"] if each["check"] == "workers").items()


@pytest.mark.parametrize("environment", ["production", "development"])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_secret_is_printed(run: Run, environment: str, options: tuple[str, ...]) -> None:
    status, out, err = run("doctor", *options, **(PRODUCTION | CANARIES | {"environment": environment}))

    assert status == 1
    assert "canary" not in out + err
    assert len(re.findall("refuse", out)) >= 1
    assert "STEELYARD_SMTP_URL" in out


@pytest.mark.parametrize("name", [name for name, value in CANARIES.items() if "canary" in value])
@pytest.mark.parametrize(
    "change", [lambda text: f"{text}/ %", lambda text: text[:20], lambda text: f"\x7f{text}", lambda text: f"{text}\n\n{text}"]
)
def test_no_part_of_a_broken_secret_is_printed(run: Run, name: str, change: Any) -> None:
    _, out, err = run("doctor", "--offline", **(PRODUCTION | CANARIES | {name: change(CANARIES[name])}))

    assert "canary" not in out + err
    assert "Traceback" not in err


def test_settings_that_cannot_be_used_are_lines_as_well(run: Run) -> None:
    status, out, err = run("doctor", pool_size="0", currency="euro", log_level="loud")

    *lines, last = out.splitlines()
    assert (status, last) == (1, "0 ok, 0 warn, 3 refuse")
    assert all(line.startswith("refuse  settings  STEELYARD_") for line in lines)
    assert err == "The other checks need settings that can be used.\n"


def test_an_unsafe_production_is_refused(run: Run) -> None:
    status, out, _ = run("doctor", **(PRODUCTION | {"debug": "true", "trusted_hosts": "*"}))

    assert status == 1
    assert "refuse  settings  not safe in production: STEELYARD_DEBUG is on; STEELYARD_TRUSTED_HOSTS contains `*`." in out


@pytest.mark.parametrize(("environment", "starts"), [("production", False), ("development", True)])
def test_serve_refuses_in_production_what_the_doctor_refuses(
    run: Run, unserved: list[object], environment: str, starts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "STEELYARD_SECRET_KEYS").write_text(KEY)
    (tmp_path / "secrets" / "STEELYARD_SECRET_KEYS").chmod(0o644)
    monkeypatch.setenv(SECRETS_DIR, "secrets")
    settings = PRODUCTION | {"environment": environment}

    examined, _, _ = run("doctor", "--offline", "--workers", "2", **settings)
    status, _, err = run("serve", "--port", "0", "--workers", "2", **settings)

    assert (examined, status, bool(unserved)) == ((0, 0, True) if starts else (1, 1, False))
    if not starts:
        assert err.startswith("steelyard: this server does not start:\n  workers: 2 processes would write to one SQLite file")
        assert "secret_files: Other users of this machine have access to secrets/STEELYARD_SECRET_KEYS" in err
        assert "secrets_once: STEELYARD_SECRET_KEYS is both a variable and a file" in err


async def test_a_migrated_postgresql_in_production_is_checked_to_the_end(run: Run, databases: Databases, tmp_path: Path) -> None:
    async with databases.empty("postgresql", tmp_path) as url:
        await asyncio.to_thread(run, "migrate", database_url=url)
        status, out, _ = await asyncio.to_thread(run, "doctor", **(PRODUCTION | {"database_url": url}))

    # The role of the tests is a superuser.
    assert (status, out.splitlines()[-1].endswith(", 1 refuse")) == (1, True)
    assert "ok      schema" in out
    assert "ok      jobs" in out
