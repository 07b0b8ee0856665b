"""What the SDK costs, as ratios to bare httpx doing the same; `nox -s bench -- --sdk` measures them and says which are beyond their budget.

CPU time, in pairs: see Pairs. The gates count calls instead (tests/sdk/test_cost.py), because a count holds on a busy machine.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from steelyard_client import AsyncSteelyard, Steelyard
from tests.sdk.kit import EXAMPLES

ROOT = Path(__file__).parents[1]
ROUNDS = 120
BUDGETS = {
    "GET": 1.0,
    "POST": 1.0,
    "page of 100": 2.0,
    "async GET": 1.0,
    "import (ms)": 15.0,
    "client and first call": 1.05,
    "the same, ready for TLS": 1.25,
}
ITEM = EXAMPLES["get_item"]
BODIES = {
    "/items/7": json.dumps(ITEM).encode(),
    "/items": json.dumps({**EXAMPLES["list_items"], "items": [ITEM] * 100, "next_cursor": None}).encode(),
}
FIELDS = {
    "content-type": "application/json",
    "x-request-id": "01a2027b-d680-7000-8000-000000000001",
    "contract-digest": "",
    "cache-control": "private, no-store",
    "vary": "Authorization, Origin",
    "etag": '"4"',
}
DRAFT = {"title": "Lamp", "price": {"amount": 1999, "currency": "USD"}}


def respond(request: httpx.Request) -> httpx.Response:
    if request.method == "POST":
        return httpx.Response(201, content=BODIES["/items/7"], headers=FIELDS)
    return httpx.Response(200, content=BODIES[request.url.path], headers=FIELDS)


class Pairs:
    """CPU times of two ways to do the same, measured in turn, so that a busy machine is busy for both; the best of each counts."""

    def __init__(self) -> None:
        self.raw, self.ours = list[float](), list[float]()

    def result(self) -> tuple[float, float, float]:
        """The best of both, and the ratio."""
        raw, ours = min(self.raw), min(self.ours)
        return raw, ours, ours / raw


def ratio(raw: Callable[[], object], ours: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Microseconds of both, and their ratio."""
    pairs = Pairs()
    for _ in range(ROUNDS):
        for function, times_us in ((raw, pairs.raw), (ours, pairs.ours)):
            begun = time.process_time()
            for _ in range(times):
                function()
            times_us.append((time.process_time() - begun) / times * 1e6)
    return pairs.result()


async def async_ratio(
    raw: Callable[[], Awaitable[object]], ours: Callable[[], Awaitable[object]], times: int
) -> tuple[float, float, float]:
    pairs = Pairs()
    for _ in range(ROUNDS):
        for function, times_us in ((raw, pairs.raw), (ours, pairs.ours)):
            begun = time.process_time()
            for _ in range(times):
                await function()
            times_us.append((time.process_time() - begun) / times * 1e6)
    return pairs.result()


def clients() -> tuple[httpx.Client, Steelyard]:
    """Bare httpx and the SDK, both on a transport that responds at once."""
    FIELDS["contract-digest"] = f"sha-256={Steelyard.FACTS.digest}"
    bare = httpx.Client(base_url="http://127.0.0.1", transport=httpx.MockTransport(respond))
    return bare, Steelyard("http://127.0.0.1", token="t", http=httpx.Client(transport=httpx.MockTransport(respond)))


def calls() -> dict[str, tuple[float, float, float]]:
    bare, ours = clients()
    bearer = {"Authorization": "Bearer t"}
    return {
        "GET": ratio(lambda: bare.get("/items/7", headers=bearer).json(), lambda: ours.items.get(7), 40),
        "POST": ratio(
            lambda: bare.post("/items", json=DRAFT, headers={**bearer, "Idempotency-Key": "k"}).json(),
            lambda: ours.items.create(title="Lamp", price={"amount": 1999, "currency": "USD"}),
            40,
        ),
        "page of 100": ratio(
            lambda: bare.get("/items", params={"limit": 100}, headers=bearer).json(), lambda: ours.items.list(limit=100).page(), 8
        ),
    }


async def async_calls() -> dict[str, tuple[float, float, float]]:
    async with (
        httpx.AsyncClient(base_url="http://127.0.0.1", transport=httpx.MockTransport(respond)) as bare,
        AsyncSteelyard("http://127.0.0.1", token="t", http=httpx.AsyncClient(transport=httpx.MockTransport(respond))) as ours,
    ):

        async def raw() -> object:
            return (await bare.get("/items/7", headers={"Authorization": "Bearer t"})).json()

        return {"async GET": await async_ratio(raw, lambda: ours.items.get(7), 40)}


# What a fresh install has: httpx[cli], which tools for development bring along, would make all of them slower.
PATHS = f"sys.path[:0] = {[str(ROOT / 'client'), str(ROOT / 'generated/client')]!r}\n"
LEAN = "import sys; sys.modules['click'] = None\n"
FIRST_CALL = (
    LEAN
    + "from steelyard_client import Steelyard, calls\n"
    + "client = Steelyard('https://shop.example', token='t'); client.http; client.items.get; client.core.build(calls.get_item(7))"
)
STARTS = {
    "python": LEAN,
    "import": LEAN + "import steelyard_client",
    "httpx": LEAN + "import httpx; httpx.Client()",
    # All that happens before a first call connects: client and pool made, operation and models loaded, request built.
    "client": FIRST_CALL,
    # And whom to trust found out, which is left to the first handshake.
    "TLS": FIRST_CALL + "\nfrom steelyard_runtime.http import tls_context; tls_context().loaded",
}


def cpu_ms(code: str) -> float:
    """CPU time of a fresh interpreter that runs the code."""
    path = f"{ROOT / 'client'}:{ROOT / 'generated/client'}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def starts(rounds: int = 25) -> dict[str, tuple[float, float, float]]:
    times_ms: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(rounds):
        for name, code in STARTS.items():
            times_ms[name].append(cpu_ms(code))
    bare, imported = min(times_ms["python"]), min(times_ms["import"])
    results = {"import (ms)": (bare, imported, imported - bare)}
    for name, title in (("client", "client and first call"), ("TLS", "the same, ready for TLS")):
        pairs = Pairs()
        pairs.raw, pairs.ours = [time_ms - bare for time_ms in times_ms["httpx"]], [time_ms - bare for time_ms in times_ms[name]]
        results[title] = pairs.result()
    return results


def main() -> int:
    results = calls() | asyncio.run(async_calls()) | starts()
    for name, (raw, ours, figure) in results.items():
        print(f"{name:28} bare {raw:8.1f}   SDK {ours:8.1f}   {figure:6.2f} of {BUDGETS[name]:.2f}")
    beyond = [name for name, (_, _, figure) in results.items() if figure > BUDGETS[name]]
    if beyond:
        print(f"Beyond budget: {', '.join(beyond)}", file=sys.stderr)
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
