"""How long the server's part of a login with a third party takes: `python -m benchmarks.logins`.

One browser after the other logs in, each first with a new account and later again, through one process on PostgreSQL with durable commits.
The provider is a stub in this process, whose responses count, too; signing its token and the user's own time do not.
"""

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import p50_and_p99
from benchmarks.measure import busy
from steelyard.db.migrations.commands import migrate
from tests.kit.clients.third_party_login import Browser, login_variables, query_of
from tests.kit.servers.databases import Databases
from tests.kit.servers.identity_providers import StubProvider, stub_provider
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import steelyard
from tests.kit.servers.running import SECRET

USERS, WARM_UP = 300, 20
FIRST, AGAIN = "first login of a user", "later login"
STEPS = ("authorize", "receiveLogin", "issueToken")
Times = dict[str, list[tuple[float, ...]]]


async def log_in(client: httpx.AsyncClient, stub: StubProvider, number: int) -> tuple[float, ...]:
    """The seconds of each step of a login of this user."""
    browser = Browser(client)
    began_s = time.perf_counter()
    started = await browser.authorize(provider="stub")
    authorize_s = time.perf_counter() - began_s
    sent = query_of(started.headers["location"])
    claims = stub.claims(sent["nonce"], datetime.now(UTC), sub=str(number), email=f"user{number}@example.com")
    stub.respond_with(stub.sign(claims))
    began_s = time.perf_counter()
    returned = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")
    receive_s = time.perf_counter() - began_s
    code = query_of(returned.headers["location"])["code"]
    began_s = time.perf_counter()
    response = await browser.exchange(code)
    assert response.status_code == 200, response.text
    return authorize_s, receive_s, time.perf_counter() - began_s


def table(times: Times) -> list[str]:
    lines = ["| | | p50 ms | p99 ms |", "|---|---|---|---|"]
    for what, logins in times.items():
        steps = dict(zip(STEPS, zip(*logins, strict=True), strict=True)) | {"all three": [sum(login) for login in logins]}
        for name, took_s in steps.items():
            lines.append(f"| {what} | {name} | {p50_and_p99(took_s)} |")
    return lines


async def measure() -> None:
    with Server(fsync=True) as server:
        async with AsyncExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            stub = opened.enter_context(stub_provider())
            url = await opened.enter_async_context(Databases(folder, server=server).empty("postgresql", folder))
            await migrate(url)
            own: dict[str, Any] = {"database_url": url, "secret_keys": SECRET.get_secret_value(), "rate_limits": "false"}
            running = steelyard("serve", "--port", "0", folder=folder, **own, **login_variables(stub.settings()))
            process = await opened.enter_async_context(running)
            await process.ready()
            client = await opened.enter_async_context(httpx.AsyncClient(base_url=process.url, trust_env=False))
            times: Times = defaultdict(list)
            for number in range(WARM_UP):
                await log_in(client, stub, -1 - number)
            for what in (FIRST, AGAIN):
                for number in range(USERS):
                    times[what].append(await log_in(client, stub, number))
            print("\n".join(table(times)))
    print(f"load average at the end: {busy():.1f}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(measure())
