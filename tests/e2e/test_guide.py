"""Pages with commands: each block runs as it is written, and has the effect that the page describes."""

import json
import re
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from steelyard.settings import Settings
from tests.kit.documentation import SHOWN_URL, bash, blocks
from tests.kit.project import ROOT
from tests.kit.servers.databases import Databases
from tests.kit.servers.other_servers import APP, GUNICORN, UVICORN
from tests.kit.servers.processes import steelyard
from tests.kit.servers.waiting import until

FIRST_STEPS = "docs/guide/first-steps.md"
RUNNING = "docs/guide/running.md"
ACCOUNTS = "docs/guide/accounts.md"
METRICS = "docs/guide/metrics.md"
TRACING = "docs/guide/tracing.md"
# Its other commands are run by tests/unit/cli/test_jobs_commands.py.
JOBS = "docs/guide/jobs.md"
# Its test is test_a_new_operation.py.
A_NEW_OPERATION = "docs/guide/a-new-operation.md"
# Its test is tests/unit/cli/test_mail_commands.py.
MAIL = "docs/guide/mail.md"
# Its test is tests/login/test_guide.py, in the session `login`.
LOGIN_CLIENTS = "docs/guide/login-clients.md"


class Response:
    """A response as `curl -i` prints it."""

    def __init__(self, printed: str) -> None:
        head, _, body = printed.replace("\r\n", "\n").partition("\n\n")
        self.status = int(head.split()[1])
        self.head = head.lower()
        self.body: dict[str, Any] = json.loads(body)


def responses(printed: str) -> list[Response]:
    return [Response(part) for part in re.split(r"(?=^HTTP/)", printed, flags=re.MULTILINE) if part.startswith("HTTP/")]


@pytest.mark.slow
async def test_the_first_steps_work_as_they_are_written(tmp_path: Path) -> None:
    start, *steps = blocks(FIRST_STEPS, "bash")
    assert start == "steelyard demo"

    async with steelyard("demo", "--port", "0", folder=tmp_path) as demo:
        url = await demo.ready()
        printed = await bash([step.replace(SHOWN_URL, url) for step in steps], tmp_path)

    search, me, first, again, others, short = printed
    assert {item["id"]: item["available"] > 0 for item in json.loads(search)["items"]} == {11: False, 12: True, 13: True}
    assert json.loads(me)["email"] == "bob@example.com"
    (made,), (repeated,), (reused, two), (sold_out,) = map(responses, (first, again, others, short))
    assert (made.status, made.body["lines"][0]["quantity"]) == (201, 1)
    assert (repeated.status, repeated.body["id"]) == (201, made.body["id"])
    assert "idempotency-replayed: true" in repeated.head
    assert (reused.status, reused.body["type"]) == (422, "/problems/idempotency-key-reused")
    assert (two.status, two.body["lines"][0]["quantity"]) == (201, 2)
    assert (sold_out.status, sold_out.body["type"]) == (409, "/problems/insufficient-stock")
    assert [item["product_id"] for item in sold_out.body["items"]] == [11]


@pytest.mark.slow
async def test_a_key_is_made_and_used_as_it_is_written(tmp_path: Path) -> None:
    async with steelyard("demo", "--port", "0", folder=tmp_path) as demo:
        url = await demo.ready()
        printed = await bash([step.replace(SHOWN_URL, url) for step in blocks(ACCOUNTS, "bash")], tmp_path)

    orders, account = printed[-1].replace("}{", "}\n{").splitlines()
    assert json.loads(orders)["total"] > 0
    assert json.loads(account)["type"] == "/problems/insufficient-scope"


async def log_in(url: str) -> httpx.Response | None:
    """None while no worker listens yet."""
    with suppress(httpx.TransportError):
        async with httpx.AsyncClient(base_url=url, headers={"Host": "shop.example.com"}, timeout=60) as client:
            return await client.post("/token", data={"username": "ada@example.com", "password": "a long enough one"})
    return None


@asynccontextmanager
async def made_as_written(databases: Databases) -> AsyncIterator[str]:
    """The URL of a database that the page's statements create, with a name and a role that only this test uses."""
    (made,) = blocks(RUNNING, "sql")
    name = f"guide_{secrets.token_hex(4)}"
    session = await asyncpg.connect(databases.server_url)
    try:
        for statement in made.replace("steelyard", name).split("\n"):
            await session.execute(statement)
        yield databases.server_url.replace("//steelyard@", f"//{name}@").rpartition("/")[0] + f"/{name}"
        await session.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await session.execute(f"DROP ROLE {name}")
    finally:
        await session.close()


@pytest.mark.slow
async def test_production_starts_as_it_is_written(databases: Databases, tmp_path: Path) -> None:
    once, serve, work, *_ = blocks(RUNNING, "bash")
    async with made_as_written(databases) as database_url:
        once = once.replace("postgresql://steelyard@db.internal/steelyard", database_url).replace("/run/secrets", str(tmp_path / "secrets"))
        once = once.replace("/var/spool/steelyard", str(tmp_path / "mail"))
        settings = dict(re.findall(r"(STEELYARD_\w+)=(\S+)", once))
        (printed,) = await bash([once], tmp_path, typed="a long enough one\n")
        assert "ada@example.com is now an admin" in printed

        # Servers of tests listen on the loopback interface only.
        serve = serve.replace("--host 0.0.0.0", "--host 127.0.0.1 --port 0")
        async with (
            steelyard(*serve.split()[1:], folder=tmp_path, environment=settings) as server,
            steelyard(*work.split()[1:], folder=tmp_path, environment=settings) as worker,
        ):
            address = re.search(r"http://[^:/]+:(\d+)", await server.line("http://"))
            assert address is not None
            await worker.line("outbox")
            token = await until(lambda: log_in(f"http://127.0.0.1:{address[1]}"), within_s=180)
            for process in (server, worker):
                process.signal(signal.SIGTERM)
                assert await process.ended() == 0, process.printed

    assert token.status_code == 200
    assert "users:write" in token.json()["scope"]


def test_other_servers_are_tested_as_they_are_written() -> None:
    *_, with_gunicorn, with_uvicorn = blocks(RUNNING, "bash")

    assert with_gunicorn.split() == [*GUNICORN, "-w", "4", "-b", "0.0.0.0:8000", APP]
    assert with_uvicorn.split() == [*UVICORN]


async def test_the_settings_accept_the_token_for_prometheus(tmp_path: Path) -> None:
    (printed,) = await bash(blocks(METRICS, "bash"), tmp_path)

    assert Settings(metrics_token=SecretStr(printed.strip())).metrics_token is not None


async def test_a_worker_of_some_queues_starts_as_it_is_written(tmp_path: Path) -> None:
    (work,) = blocks(JOBS, "bash")
    async with steelyard(*work.split()[1:], folder=tmp_path) as worker:
        await worker.line("Ctrl-C stops")
        worker.signal(signal.SIGTERM)

        assert await worker.ended() == 0


async def test_the_settings_accept_the_variables_of_tracing(tmp_path: Path) -> None:
    (block,) = blocks(TRACING, "bash")
    install, *exports = block.splitlines()
    (printed,) = await bash(["\n".join([*exports, "steelyard doctor --offline"])], tmp_path)

    assert re.findall(r"steelyard\[(\w+)\]", install) == ["otel"]
    assert "The library for STEELYARD_OTLP_URL is installed." in printed


def test_every_command_of_the_guide_is_run_by_a_test() -> None:
    """A page that gets a block of commands gets a test as well."""
    pages = {
        str(page.relative_to(ROOT))
        for page in (ROOT / "docs" / "guide").glob("*.md")
        if re.search("^```(bash|console)", page.read_text(), re.MULTILINE)
    }

    assert pages == {FIRST_STEPS, RUNNING, ACCOUNTS, METRICS, TRACING, JOBS, A_NEW_OPERATION, MAIL, LOGIN_CLIENTS}
