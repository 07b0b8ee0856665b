"""Commands in this process: what they print, change and reject."""

import asyncio
import errno
import json
import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from steelyard.cli.database import check_schema
from steelyard.cli.serve import METRICS_FOLDER
from steelyard.db.migrations import commands
from steelyard.serving import process
from steelyard.settings import Settings
from steelyard.telemetry import registry
from tests.kit.servers.databases import Databases
from tests.kit.servers.scraping import TOKEN

BUNDLE = (resources.files("steelyard_contract") / "openapi.json").read_bytes()
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The calls of `serve`, which serves nothing."""
    calls: list[dict[str, Any]] = []

    def serve(settings: Settings, _app: object, listener: Any, **options: Any) -> int:
        listener.close()
        calls.append({"settings": settings, "counts": os.environ.get(METRICS_FOLDER), **options})
        return 0

    monkeypatch.setattr(process, "serve", serve)
    return calls


def test_openapi_prints_the_contract_byte_for_byte(run: Run) -> None:
    status, out, _ = run("openapi")

    assert (status, out) == (0, BUNDLE.decode())


def test_openapi_prints_yaml_with_the_same_content(run: Run) -> None:
    _, out, _ = run("openapi", "--yaml")

    assert yaml.safe_load(out) == json.loads(BUNDLE)


def test_migrate_brings_an_empty_database_to_the_newest_schema_once(run: Run, tmp_path: Path) -> None:
    first, second = run("migrate"), run("migrate")

    assert (first[0], second[0]) == (0, 0)
    assert f"at revision {commands.head()}; {len(first_revisions())} applied" in first[1]
    assert "0 applied" in second[1]
    assert asyncio.run(commands.current(f"sqlite:///{tmp_path}/steelyard.db")) == commands.head()


def first_revisions() -> list[str]:
    return commands.pending(None)


async def test_processes_that_start_together_on_a_new_file_all_find_it_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/steelyard.db")
    read = commands.current

    async def current(url: str) -> str | None:
        """What it was just before another process migrated it."""
        revision = await read(url)
        await commands.migrate(url)
        return revision

    monkeypatch.setattr(commands, "current", current)

    await check_schema(settings)

    assert await read(settings.database_url) == commands.head()


def test_migrate_prints_its_statements_without_running_them(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("migrate", "--sql")

    assert (status, "CREATE TABLE users" in out) == (0, True)
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_setting_stops_every_command(run: Run) -> None:
    status, _, err = run("migrate", databse_url="sqlite:///x.db")

    assert status == 1
    assert err.startswith("steelyard: STEELYARD_DATABSE_URL is set, but there is no such setting")
    assert err.endswith("Did you mean STEELYARD_DATABASE_URL?\n")


def test_an_unreachable_database_is_named_without_its_password(run: Run) -> None:
    status, _, err = run("migrate", database_url="postgresql://steelyard:hunter2@127.0.0.1:1/steelyard")

    assert status == 1
    assert "127.0.0.1:1/steelyard cannot be reached" in err
    assert "hunter2" not in err


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ZeroDivisionError("hunter2"), "this is a bug: ZeroDivisionError in broken (test_commands.py, line "),
        (OSError(errno.ENOSPC, "No space left on device", "schema.sql"), "schema.sql cannot be used: No space left on device."),
    ],
    ids=["bug", "system"],
)
def test_an_unexpected_error_ends_a_command_with_one_sentence(
    run: Run, error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise error

    monkeypatch.setattr(commands, "script", broken)

    status, _, err = run("migrate", "--sql")

    assert status == 1
    assert err.startswith(f"steelyard: {sentence}")
    assert (err.count("\n"), "hunter2" in err) == (1, False)


# -- serve ---


def test_serve_migrates_an_sqlite_file_and_keeps_a_key_beside_it(run: Run, served: list[dict[str, Any]], tmp_path: Path) -> None:
    for _ in range(2):
        status, out, err = run("serve", "--port", "0")
        assert (status, out, "/docs to try it" in err) == (0, "", True)

    first, second = served
    key = tmp_path / "steelyard.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [each["settings"].secret_keys[0].get_secret_value() for each in served] == [key.read_text()] * 2
    assert first["workers"] == second["workers"] == 1
    assert asyncio.run(commands.current("sqlite:///steelyard.db")) == commands.head()


def test_a_damaged_key_file_is_not_used(run: Run, served: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "steelyard.key").write_text("short")

    status, _, err = run("serve", "--port", "0")

    assert status == 1
    assert "holds no key of 32 bytes. Delete it" in err
    assert served == []


def test_a_configured_key_is_not_stored(run: Run, served: list[dict[str, Any]], tmp_path: Path) -> None:
    run("serve", "--port", "0", secret_keys="k3Yv9-Zq7Lm2Xc8Rt4Wb6Nf1HaZq7Lm2Xc8Rt4Wb6Nf1Ha")

    assert served[0]["settings"].secret_keys[0].get_secret_value().startswith("k3Yv9")
    assert not (tmp_path / "steelyard.key").exists()


def test_workers_count_requests_together_in_a_file_of_this_start(run: Run, served: list[dict[str, Any]], tmp_path: Path) -> None:
    run("serve", "--port", "0", "--workers", "3")
    run("serve", "--port", "0", "--workers", "3")
    run("serve", "--port", "0", "--workers", "1")
    run("serve", "--port", "0", "--workers", "3", rate_limits="false")
    run("serve", "--port", "0", "--workers", "3", rate_limits_file=str(tmp_path / "counts"))

    first, second, alone, unlimited, named = [each["settings"].rate_limits_file for each in served]
    assert first.parent != second.parent
    assert not first.parent.exists()
    assert (alone, unlimited, named) == (None, None, tmp_path / "counts")


@pytest.mark.parametrize(("workers", "token", "together"), [("2", TOKEN, True), ("2", None, False), ("1", TOKEN, False)])
def test_workers_share_a_new_metrics_folder_if_a_metrics_token_is_set(
    run: Run, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, workers: str, token: str | None, together: bool
) -> None:
    monkeypatch.setenv(METRICS_FOLDER, "/left/over")

    run("serve", "--port", "0", "--workers", workers, **({} if token is None else {"metrics_token": token}))

    assert registry.METRICS_FOLDER == METRICS_FOLDER
    counts = served[0]["counts"]
    assert ("steelyard-metrics-" in counts) if together else (counts is None)
    assert not (together and Path(counts).exists())
    assert METRICS_FOLDER not in os.environ


def test_workers_that_cannot_share_metrics_end_with_a_remedy(
    run: Run, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as nowhere:
        nowhere.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        status, _, err = run("serve", "--port", "0", "--workers", "2", metrics_token=TOKEN)

    assert status == 1
    assert "Set TMPDIR to a folder with write access, or leave out STEELYARD_METRICS_TOKEN" in err
    assert served == []


@pytest.mark.parametrize(("host", "trusted"), [("0.0.0.0", "*"), ("127.0.0.2", "127.0.0.2")])
def test_a_development_server_trusts_the_host_that_it_listens_on(run: Run, served: list[dict[str, Any]], host: str, trusted: str) -> None:
    run("serve", "--port", "0", "--host", host)

    assert trusted in served[0]["settings"].trusted_hosts


def test_a_port_in_use_is_named_with_a_way_out(run: Run) -> None:
    with process.listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]

        status, _, err = run("serve", "--port", str(port))

    assert status == 1
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use. Stop what is using it, or choose another with --port." in err


def test_production_does_not_reload(run: Run, served: list[dict[str, Any]]) -> None:
    status, _, err = run(
        "serve",
        "--reload",
        environment="production",
        secret_keys="k3Yv9-Zq7Lm2Xc8Rt4Wb6Nf1HaZq7Lm2Xc8Rt4Wb6Nf1Ha",
        trusted_hosts="shop.example.com",
        mail="file",
    )

    assert (status, served) == (1, [])
    assert "--reload is for development" in err


def test_a_schema_of_a_newer_release_is_rejected(run: Run, served: list[dict[str, Any]], tmp_path: Path) -> None:
    run("migrate")
    with closing(sqlite3.connect(tmp_path / "steelyard.db", isolation_level=None)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")

    status, _, err = run("serve", "--port", "0")

    assert (status, served) == (1, [])
    assert "at revision 9999, which is newer than this version. Install the version that migrated it." in err


async def test_an_older_schema_on_postgresql_is_rejected_with_the_command_to_run(
    run: Run, served: list[dict[str, Any]], databases: Databases, tmp_path: Path
) -> None:
    async with databases.empty("postgresql", tmp_path) as url:
        status, _, err = await asyncio.to_thread(run, "serve", "--port", "0", database_url=url)

    assert (status, served) == (1, [])
    assert "behind" in err
    assert "Run `steelyard migrate` first." in err


# -- admin create ---


def create(run: Run, email: str = "ada@example.com", name: str = "Ada", password: str = "a long enough one") -> tuple[int, str, str]:
    return run("admin", "create", "--email", email, "--name", name, stdin=password + "\n")


def test_the_first_admin_comes_from_the_command_line(run: Run, tmp_path: Path) -> None:
    status, out, _ = create(run)

    assert (status, out) == (0, "ada@example.com is now an admin with the id 1.\n")
    with closing(sqlite3.connect(tmp_path / "steelyard.db", isolation_level=None)) as file:
        assert file.execute("SELECT email, role, is_active FROM users").fetchall() == [("ada@example.com", "admin", 1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"email": "ada"}, "the contract does not allow it. email:"),
        ({"password": "short"}, "the contract does not allow it. password:"),
        ({"password": "password1"}, "Choose another password"),
    ],
)
def test_an_account_that_the_api_rejects_is_rejected_here(run: Run, options: dict[str, str], message: str) -> None:
    status, _, err = create(run, **options)

    assert status == 1
    assert message in err


def test_an_address_is_registered_once(run: Run) -> None:
    create(run)

    status, _, err = create(run, email="ADA@example.com")

    assert status == 1
    assert "ADA@example.com is already registered. Choose another address." in err
