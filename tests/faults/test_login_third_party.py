"""Logins with third parties while the provider fails, and a flood of logins that are never ended."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Text, bindparam, func, select, update

from steelyard.db.statements import statement
from steelyard.features.identities.tasks import periodic_tasks
from steelyard.jobs.tasks import Run
from steelyard.security.identity_providers.connection import DEADLINE_S, MAX_AT_ONCE
from steelyard.tables.identities import login_flows
from tests.faults.callers import Caller, Response, pause
from tests.faults.faulty_proxy import FAULTS, faulty_proxy, passed_on
from tests.faults.served import Served, served
from tests.kit.clients.raw import request_bytes
from tests.kit.clients.third_party_login import LINK_START, Browser, login_variables, query_of
from tests.kit.servers.identity_providers import StubProvider, stub_provider

# Each of them meets the fault: a process calls providers so many times at once.
LOGINS = MAX_AT_ONCE
# A busy machine needs more time for the responses.
LOGIN_WITHIN_S = DEADLINE_S + 4
OTHERS_WITHIN_S = 2

HUB = {"id": "hub", "name": "GitHub", "kind": "github", "client_id": "steelyard"}
STARTS, CLIENTS, QUOTA = 10_000, 25, 20
DOUBLINGS = 4

count_flows = statement(select(func.count()).select_from(login_flows), int)
_others = [column for column in login_flows.c if column is not login_flows.c.state_hash]
double_flows = statement(
    login_flows.insert().from_select(
        [login_flows.c.state_hash, *_others], select(login_flows.c.state_hash + bindparam("suffix", type_=Text), *_others)
    )
)
set_expiry_of_flows = statement(update(login_flows).values(expires_at=bindparam("at")))


@asynccontextmanager
async def others_at_work(market: Served, name: str) -> AsyncIterator[None]:
    """Two callers read and write, one request after another, while the block runs. None of them waits."""
    user = await market.world.user()
    profile = {"name": "Grace", "email": user.email}
    requests = [("GET", "/items", None), ("PUT", f"/users/{user.id}", profile), ("PUT", f"/users/{user.id}", {**profile, "name": "Hopper"})]
    is_over = asyncio.Event()

    async def work(caller: Caller) -> list[Response]:
        responses: list[Response] = []
        while not is_over.is_set() or not responses:
            responses.append(await caller.request(*requests[len(responses) % len(requests)]))
            await pause(0.02)
        return responses

    working = [asyncio.create_task(work(market.caller(user))) for _ in range(2)]
    try:
        yield
    finally:
        is_over.set()
        responses = [response for each in await asyncio.gather(*working) for response in each]
    longest_s = max(response.took_s for response in responses)
    print(f"{name}: {len(responses)} requests of others, longest {longest_s:.2f} s")  # noqa: T201  # the figure of docs/reliability.md
    assert {response.status for response in responses} == {200}
    assert longest_s <= OTHERS_WITHIN_S


async def check_unavailable(name: str, *sent: Awaitable[httpx.Response]) -> None:
    """All of these end in time, with an error for the client."""
    began_s = time.monotonic()
    responses = await asyncio.gather(*sent)
    took_s = time.monotonic() - began_s
    print(f"{name}: {len(responses)} logins ended within {took_s:.2f} s")  # noqa: T201  # the same
    assert Counter(query_of(each.headers["location"]).get("error") for each in responses) == {"temporarily_unavailable": len(responses)}
    assert took_s <= LOGIN_WITHIN_S


async def begin(client: httpx.AsyncClient) -> tuple[Browser, dict[str, str]]:
    """A browser that has been led to the provider, and the parameters that it has there."""
    browser = Browser(client)
    return browser, query_of((await browser.authorize(provider="stub")).headers["location"])


def end(browser: Browser, sent: dict[str, str]) -> Awaitable[httpx.Response]:
    return browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")


async def log_in(client: httpx.AsyncClient, stub: StubProvider) -> httpx.Response:
    browser, sent = await begin(client)
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], datetime.now(UTC))))
    return await browser.exchange(query_of((await end(browser, sent)).headers["location"])["code"])


@pytest.mark.promise("R25")
@pytest.mark.parametrize("name", FAULTS)
async def test_a_provider_that_fails_delays_its_own_logins_only(database_url: str, tmp_path: Path, name: str) -> None:
    async with AsyncExitStack() as stack:
        stub = stack.enter_context(stub_provider())
        proxy = await stack.enter_async_context(faulty_proxy(stub.port))
        stub.announce(proxy.url)
        market = await stack.enter_async_context(served(database_url, tmp_path, workers=1, **login_variables(stub.settings())))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=market.url, trust_env=False, timeout=30))
        bearer = {"authorization": f"Bearer {(await market.world.user()).token}"}
        link = (await client.post("/users/me/identity-links", json=LINK_START, headers=bearer)).json()["authorization_url"]

        proxy.fault = FAULTS[name]
        async with others_at_work(market, f"{name}, at the start"):
            starts = [Browser(client).authorize(provider="stub") for _ in range(LOGINS - 1)]
            await check_unavailable(f"{name}, at the start", *starts, Browser(client).get(link))
        proxy.fault = passed_on
        begun = [await begin(client) for _ in range(LOGINS)]
        proxy.fault = FAULTS[name]
        async with others_at_work(market, f"{name}, at the end"):
            await check_unavailable(f"{name}, at the end", *[end(browser, sent) for browser, sent in begun])
        proxy.fault = passed_on

        assert (await log_in(client, stub)).status_code == 200


async def start(market: Served, number: int, count: int) -> Counter[int]:
    """The statuses of so many starts from one address. The bytes are the same each time: the client must not be slower than the server."""
    url, statuses = httpx.URL(market.url), Counter[int]()
    request = request_bytes("GET", Browser.beginning(provider="hub").encode(), host=url.netloc)
    reader, writer = await asyncio.open_connection(url.host, url.port, local_addr=(f"127.0.1.{number + 1}", 0))
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)\r\n", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        statuses[int(head.split(b" ", 2)[1])] += 1
    writer.close()
    await writer.wait_closed()
    return statuses


async def test_a_flood_of_starts_is_limited_for_each_address(database_url: str, tmp_path: Path) -> None:
    async with served(database_url, tmp_path, rate_limits="true", **login_variables(HUB)) as market:
        began_s = time.monotonic()
        statuses = await asyncio.gather(*[start(market, number, STARTS // CLIENTS) for number in range(CLIENTS)])
        minutes = (time.monotonic() - began_s) / 60
        rows = await market.database.read().scalar(count_flows)

    print(f"{STARTS} starts from {CLIENTS} addresses in {minutes * 60:.0f} s: {rows} rows")  # noqa: T201  # a figure of docs/operations
    assert all(each.keys() == {303, 429} for each in statuses)
    assert all(QUOTA <= each[303] <= QUOTA * (2 + minutes) for each in statuses)
    assert rows == sum(each[303] for each in statuses)


async def test_a_flood_from_everywhere_is_deleted_by_one_run(database_url: str, tmp_path: Path) -> None:
    """A flood from so many addresses that no limit stops it. All rows are copies of those of the first starts."""
    begun = STARTS >> DOUBLINGS
    async with served(database_url, tmp_path, embedded_worker="false", **login_variables(HUB)) as market:
        statuses = await asyncio.gather(*[start(market, number, begun // CLIENTS) for number in range(CLIENTS)])
        async with market.database.transaction() as tx:
            for number in range(DOUBLINGS):
                await tx.run(double_flows, suffix=str(number))
            await tx.run(set_expiry_of_flows, at=tx.now - timedelta(seconds=1))
        (task,), run, began_s = periodic_tasks(), Run(), time.monotonic()
        await task.run(market.database, run)
        deletion_s = time.monotonic() - began_s

    print(f"{STARTS} logins deleted in {deletion_s:.2f} s")  # noqa: T201  # a figure of docs/operations
    assert sum(statuses, Counter()) == {303: begun}
    assert run.changed == STARTS
