"""Every command ends on every wrong input with a sentence that names the cause and a remedy, and without a traceback."""

import asyncio
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from steelyard.app import application, telemetry
from steelyard.cli import demo
from steelyard.db.migrations import commands as migrations
from steelyard.doctor.checks import valkey
from steelyard.serving import process
from tests.kit.servers.databases import Databases

Run = Callable[..., tuple[int, str, str]]

CREATE = ("admin", "create", "--email", "ada@example.com", "--name", "Ada")
COMMANDS: dict[str, tuple[str, ...]] = {
    "serve": ("serve", "--port", "0"),
    "workers": ("serve", "--port", "0", "--workers", "2"),
    "worker": ("worker",),
    "migrate": ("migrate",),
    "create": CREATE,
}
# Commands import these modules late. They are imported here, before a test takes permissions away.
LOADED = (application, process, demo, migrations)

PASSWORD = "hunter2-and-more"


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return COMMANDS[request.param]


def message_of(result: tuple[int, str, str]) -> str:
    """The sentence with which a failed command ends."""
    status, _, err = result
    assert status == 1, result
    assert err.startswith("steelyard: "), err
    assert err.endswith("\n")
    assert "Traceback" not in err
    assert "this is a bug" not in err
    assert PASSWORD not in err
    return err


@pytest.mark.parametrize("command", [COMMANDS["serve"], COMMANDS["workers"]], ids=["serve", "workers"])
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("missing/counts", "missing/counts cannot be written: No such file or directory. Correct STEELYARD_RATE_LIMITS_FILE"),
        ("folder", "folder cannot be written: Is a directory. Correct STEELYARD_RATE_LIMITS_FILE"),
        ("text", "text is no file of rate limits of this version. Delete it"),
    ],
)
def test_an_unusable_file_of_rate_limits_is_named(run: Run, command: tuple[str, ...], file: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no counts")

    assert expected in message_of(run(*command, rate_limits_file=str(tmp_path / file)))


@pytest.mark.parametrize("command", [COMMANDS["serve"], COMMANDS["workers"]], ids=["serve", "workers"])
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"https://:{PASSWORD}@valkey", "STEELYARD_REDIS_URL: its scheme is not one of redis, rediss and unix. Write redis://host"),
        (f"redis://{PASSWORD}@valkey", "STEELYARD_REDIS_URL: it cannot be read. Write redis://host"),
    ],
)
def test_an_unreadable_url_of_valkey_is_explained(run: Run, command: tuple[str, ...], url: str, expected: str) -> None:
    assert expected in message_of(run(*command, redis_url=url))


def test_a_missing_library_for_valkey_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "find_spec", lambda _: None)

    assert "Run pip install 'steelyard[valkey]'" in message_of(run(*COMMANDS["serve"], redis_url=f"redis://:{PASSWORD}@valkey"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:////missing/x.db", "No such file or directory"),
        ("sqlite:///:memory:", "STEELYARD_DATABASE_URL: other connections cannot see a database in memory"),
        ("sqlite://x.db", "STEELYARD_DATABASE_URL: it has no path of a file"),
        ("sqlite:///file/x.db", "Not a directory"),
        ("sqlite:///folder", "Is a directory"),
        ("sqlite:///text.db", "text.db is no database. Move that file away"),
        ("mysql://u@h/d", "STEELYARD_DATABASE_URL: the database is neither PostgreSQL nor SQLite"),
        (f"postgresql://u:{PASSWORD}@h:port/d", "host and port cannot be read"),
        (f"postgresql://u:{PASSWORD}/x@h/d", "percent-encoded"),
        (f"postgresql://u:{PASSWORD}@127.0.0.1:1/d?channel_binding=require", "no parameter channel_binding"),
        (f"postgresql://u:{PASSWORD}@127.0.0.1:1/d?sslmode=sometimes", "Correct its parameters, such as sslmode"),
        (
            f"postgresql://u:{PASSWORD}@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=nowhere.pem",
            "127.0.0.1:1/d cannot be connected to, because sslrootcert=nowhere.pem in STEELYARD_DATABASE_URL cannot be read",
        ),
        (f"postgresql:///d?host=127.0.0.1&port=five&user=u&password={PASSWORD}", "the parameter port is not a number"),
    ],
)
def test_an_unusable_database_url_is_explained(run: Run, command: tuple[str, ...], url: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.db").write_text("not a database, " * 100)

    assert expected in message_of(run(*command, database_url=url))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"postgresql://u:{PASSWORD}@127.0.0.1:1/d", "127.0.0.1:1/d cannot be reached (Connection refused). Start it"),
        (f"postgresql://u@127.0.0.1:1/d?password={PASSWORD}", "127.0.0.1:1/d cannot be reached (Connection refused). Start it"),
        (f"postgresql://u:{PASSWORD}@127.0.0.1:1,localhost:1/d", "127.0.0.1:1,localhost:1/d cannot be reached"),
        (f"postgresql://u:{PASSWORD}@nowhere.invalid/d", "nowhere.invalid/d cannot be reached"),
        (f"POSTGRESQL://u:{PASSWORD}@127.0.0.1:1/d", "127.0.0.1:1/d cannot be reached"),
    ],
)
@pytest.mark.parametrize("command", [each for each in COMMANDS.values() if each != ("worker",)], ids=lambda command: command[0])
def test_an_unreachable_database_is_named(run: Run, command: tuple[str, ...], url: str, expected: str) -> None:
    assert expected in message_of(run(*command, database_url=url))


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts connections and sends nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_database_that_does_not_respond_is_a_timeout(run: Run, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "_CONNECT_TIMEOUT_S", 0.2)

    assert "did not respond in time" in message_of(run("migrate", database_url=f"postgresql://u:{PASSWORD}@127.0.0.1:{silent}/d"))


async def administer(url: str, *commands: str) -> None:
    session = await asyncpg.connect(url)
    for each in commands:
        await session.execute(each)
    await session.close()


async def test_a_missing_database_has_to_be_created(run: Run, command: tuple[str, ...], databases: Databases) -> None:
    url = databases.server_url.rsplit("/", 1)[0] + "/missing"

    assert "missing does not exist on its server. Create it" in message_of(await asyncio.to_thread(run, *command, database_url=url))


@pytest.mark.parametrize("grant", ["SELECT 1", "GRANT ALL ON SCHEMA public TO {user}"], ids=["no rights", "no extension"])
async def test_missing_rights_to_migrate_are_listed(run: Run, grant: str, databases: Databases, tmp_path: Path) -> None:
    user = f"guest_{secrets.token_hex(4)}"
    async with databases.empty("postgresql", tmp_path) as url:
        await administer(url, f"CREATE ROLE {user} LOGIN", grant.format(user=user))
        message = message_of(await asyncio.to_thread(run, "migrate", database_url=url.replace("//steelyard@", f"//{user}@")))
        await administer(url, f"DROP OWNED BY {user}", f"DROP ROLE {user}")

    assert "does not give this user the rights that it needs. To migrate, it owns the database" in message


@pytest.mark.parametrize("command", [COMMANDS["serve"], COMMANDS["worker"], CREATE], ids=["serve", "worker", "create"])
async def test_missing_rights_to_serve_are_listed(run: Run, command: tuple[str, ...], databases: Databases, tmp_path: Path) -> None:
    user = f"guest_{secrets.token_hex(4)}"
    async with databases.empty("postgresql", tmp_path) as url:
        await asyncio.to_thread(run, "migrate", database_url=url)
        await administer(url, f"CREATE ROLE {user} LOGIN")
        message = message_of(await asyncio.to_thread(run, *command, database_url=url.replace("//steelyard@", f"//{user}@")))
        await administer(url, f"DROP ROLE {user}")

    assert "to serve, it may SELECT, INSERT, UPDATE and DELETE in every table" in message


async def test_a_read_only_database_is_not_migrated(run: Run, databases: Databases, tmp_path: Path) -> None:
    async with databases.empty("postgresql", tmp_path) as url:
        message = message_of(await asyncio.to_thread(run, "migrate", database_url=url + "?options=-cdefault_transaction_read_only%3Don"))

    assert "is read-only, as a standby is. Name the primary in STEELYARD_DATABASE_URL" in message


async def test_a_missing_schema_is_reported(run: Run, databases: Databases, tmp_path: Path) -> None:
    async with databases.empty("postgresql", tmp_path) as url:
        message = message_of(await asyncio.to_thread(run, "migrate", database_url=url + "?search_path=nowhere"))

    assert "has no schema that tables could be created in" in message


async def test_a_database_of_another_program_is_not_migrated(run: Run, databases: Databases, tmp_path: Path) -> None:
    async with databases.empty("postgresql", tmp_path) as url:
        await administer(url, "CREATE TABLE users (name text)")
        message = message_of(await asyncio.to_thread(run, "migrate", database_url=url))

    assert "has tables of another program. Create a database for Steelyard alone" in message


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_needs_the_encoding_utf_8(run: Run, command: tuple[str, ...], encoding: str, databases: Databases) -> None:
    name = f"narrow_{secrets.token_hex(4)}"
    made = f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    await administer(databases.server_url, made)
    try:
        url = databases.server_url.rsplit("/", 1)[0] + f"/{name}"
        message = message_of(await asyncio.to_thread(run, *command, database_url=url))
    finally:
        await administer(databases.server_url, f"DROP DATABASE {name} WITH (FORCE)")

    assert f"has the encoding {encoding}, which cannot hold every text. Create it anew with ENCODING 'UTF8'" in message


async def test_a_server_without_tls_is_rejected_if_tls_is_required(run: Run, command: tuple[str, ...], databases: Databases) -> None:
    message = message_of(await asyncio.to_thread(run, *command, database_url=databases.server_url + "?sslmode=require"))

    assert "offers no TLS, which sslmode in STEELYARD_DATABASE_URL demands" in message


async def test_the_second_of_several_hosts_is_found(run: Run, databases: Databases, tmp_path: Path) -> None:
    async with databases.empty("postgresql", tmp_path) as url:
        several = url.replace("@127.0.0.1", "@127.0.0.1:1,127.0.0.1").replace("postgresql:", "postgresql+asyncpg:")
        status, out, _ = await asyncio.to_thread(run, "migrate", database_url=several)

    assert (status, "applied" in out) == (0, True)


@pytest.fixture
def stranger() -> Iterator[Path]:
    """A folder that this user may read and not write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "kept.db").touch()
        (folder / "steelyard.key").write_text(secrets.token_urlsafe(48))
        for path, mode in ((folder / "kept.db", 0o444), (folder / "steelyard.key", 0o444), (folder, 0o555)):
            path.chmod(mode)
        was_root = os.geteuid() == 0
        if was_root:
            os.seteuid(65_534)
        try:
            yield folder
        finally:
            if was_root:
                os.seteuid(0)
            folder.chmod(0o700)


@pytest.mark.parametrize("file", ["kept.db", "new.db"])
def test_a_database_file_without_write_access_is_named(run: Run, command: tuple[str, ...], stranger: Path, file: str) -> None:
    message = message_of(run(*command, database_url=f"sqlite:///{stranger / file}"))

    assert f"{stranger / file} cannot be opened (Permission denied). Let this user write it and its folder" in message


@pytest.mark.parametrize(("name", "place"), [("mail_folder", "mail"), ("audit_log", "audit.log")])
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker",)], ids=lambda command: command[0])
def test_a_folder_or_log_without_write_access_is_named(run: Run, command: tuple[str, ...], stranger: Path, name: str, place: str) -> None:
    with tempfile.TemporaryDirectory() as own:
        url = f"sqlite:///{own}/own.db"
        message = message_of(run(*command, database_url=url, mail="file", **{"mail_folder": f"{own}/mail", name: str(stranger / place)}))

    assert f"{stranger / place} cannot be written: Permission denied. Correct STEELYARD_{name.upper()}." in message


@pytest.mark.parametrize("data", ["file", "file/below"])
def test_a_file_is_no_folder_for_the_demo(run: Run, tmp_path: Path, data: str) -> None:
    (tmp_path / "file").touch()

    assert f"the folder {data} cannot be written: " in message_of(run("demo", "--port", "0", "--data", data))


def test_the_demo_needs_a_temporary_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as nowhere:
        nowhere.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        ended = run("demo", "--port", "0")

    assert "Set TMPDIR to a folder with write access" in message_of(ended)


@pytest.mark.parametrize("command", [("serve",), ("demo", "--data", "market")], ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("host", "expected"),
    [("nowhere.invalid", "another with --host"), ("192.0.2.1", "another with --host"), ("a..b", "another with --host")],
)
def test_an_address_of_another_machine_is_rejected(run: Run, command: tuple[str, ...], host: str, expected: str) -> None:
    assert expected in message_of(run(*command, "--port", "0", "--host", host))


@pytest.fixture
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accepted input starts no server, which could have thousands of workers."""
    monkeypatch.setattr(process, "serve", lambda *_, **__: 0)


@pytest.mark.usefixtures("unserved")
@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("host", ["", " ", "[]"])
def test_an_empty_address_is_rejected(run: Run, command: str, host: str) -> None:
    status, _, err = run(command, "--port", "0", "--host", host)

    assert (status, "Invalid value for '--host': it is empty" in err) == (2, True)


@pytest.mark.usefixtures("unserved")
def test_an_ipv6_address_is_accepted_and_shown_as_in_a_url(run: Run) -> None:
    for host in ("::1", "[::1]"):
        status, _, err = run("serve", "--port", "0", "--host", host)

        assert (status, err.startswith("Serving http://[::1]:")) == (0, True)


@pytest.mark.usefixtures("unserved")
def test_a_queue_that_does_not_exist_is_rejected(run: Run) -> None:
    queues = "default, mail, webhooks, imports, payments"

    assert f"--queue cannot be used: mails is not one of the queues {queues}." in message_of(run("worker", "--queue", "mails"))
    assert f"STEELYARD_WORKER_QUEUES: mails is not one of the queues {queues}" in message_of(run("worker", worker_queues="mail,mails"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("on", "the database is neither PostgreSQL nor SQLite"),
        ("sqlite:///x.db", "SQLite sends no notifications. Write postgresql://user:password@host:port/name, or off"),
        (f"postgresql://u:{PASSWORD}/x@h/d", "host and port cannot be read"),
    ],
)
def test_an_unusable_address_to_listen_at_is_explained(run: Run, url: str, expected: str) -> None:
    assert f"STEELYARD_JOBS_LISTEN_URL: {expected}" in message_of(run("worker", jobs_listen_url=url))


@pytest.mark.parametrize("workers", ["0", "8000"])
def test_an_invalid_number_of_workers_is_rejected(run: Run, workers: str) -> None:
    status, _, err = run("serve", "--port", "0", "--workers", workers)

    assert (status, "Invalid value for '--workers'" in err) == (2, True)


@pytest.mark.usefixtures("unserved")
def test_reload_excludes_workers(run: Run) -> None:
    assert "--reload serves with one process. Leave out --workers" in message_of(run("serve", "--port", "0", "--reload", "--workers", "2"))


@pytest.mark.parametrize("command", [("serve",), ("demo", "--data", "market")], ids=lambda command: command[0])
def test_a_port_in_use_is_rejected(run: Run, command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert "Stop what is using it, or choose another with --port." in message_of(run(*command, "--port", str(port)))


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_an_invalid_port_is_rejected(run: Run, command: str, port: str) -> None:
    status, _, err = run(command, "--port", port)

    assert status == 2
    assert "Invalid value for '--port'" in err


@pytest.mark.parametrize("password", [b"\xff\xfe\n", b""])
def test_a_password_has_to_be_text(run: Run, password: bytes) -> None:
    assert "password" in message_of(run(*CREATE, stdin=password))


@pytest.mark.parametrize("name", ["\udcff", "a\udc80b"])
def test_an_argument_has_to_be_text(run: Run, name: str) -> None:
    message = message_of(run("admin", "create", "--email", "ada@example.com", "--name", name, stdin="a long enough one\n"))

    assert "name" in message


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [(), ("serve",), ("admin",), ("admin", "create"), ("demo",)], ids=" ".join)
def test_every_command_has_help(run: Run, command: tuple[str, ...], option: str) -> None:
    status, out, _ = run(*command, option)

    assert (status, "Usage:" in out) == (0, True)


def test_the_version_is_shown(run: Run) -> None:
    status, out, _ = run("--version")

    assert (status, out.startswith("steelyard "), "contract 1." in out) == (0, True, True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("collector:4318", "STEELYARD_OTLP_URL: it must be the address of a collector, such as http://localhost:4318"),
        ("grpc://collector", "STEELYARD_OTLP_URL: it must be the address of a collector"),
        ("http://collector:99999", "STEELYARD_OTLP_URL: it must be the address of a collector"),
        (f"http://collector/?token={PASSWORD}", "STEELYARD_OTLP_URL: it must be the address of a collector"),
        (f"http://user:{PASSWORD}@collector", "STEELYARD_OTLP_URL: it must not contain a password. Put credentials into OTEL_EXPORTER_"),
    ],
)
@pytest.mark.parametrize("name", ["serve", "worker"])
def test_a_collector_is_an_address_without_a_password(run: Run, url: str, expected: str, name: str) -> None:
    assert expected in message_of(run(*COMMANDS[name], otlp_url=url))


@pytest.mark.parametrize("name", ["serve", "worker"])
def test_traces_without_their_library_end_with_a_remedy(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(telemetry, "find_spec", lambda _: None)

    assert "Run pip install 'steelyard[otel]'" in message_of(run(*COMMANDS[name], otlp_url="http://localhost:4318"))


@pytest.mark.parametrize("place", ["9100", "localhost", ":9100", "host:99999", "::1:9100", "http://localhost:9100", "host:9100/metrics"])
def test_the_worker_listens_on_host_and_port(run: Run, place: str) -> None:
    expected = "STEELYARD_WORKER_LISTEN: it must be host:port, such as 127.0.0.1:9100 or [::1]:9100"

    assert expected in message_of(run(*COMMANDS["worker"], worker_listen=place))
