"""What the SDK may cost, as ratios to bare httpx doing the same; `python -m tests.sdk.budgets` measures and fails beyond a budget.

Rounds are interleaved and the fastest of each counts, so that whatever else the machine does hits all alike.
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
from tests.sdk.kit import ANSWERS

ROOT = Path(__file__).parents[2]
ROUNDS = 60
BUDGETS = {
    "GET": 1.0,
    "POST": 1.0,
    "page of 100": 2.0,
    "async GET": 1.0,
    "import (ms)": 15.0,
    "client and first resource": 1.05,
}
ITEM = ANSWERS["get_item"]
BODIES = {
    "/items/7": json.dumps(ITEM).encode(),
    "/items": json.dumps({**ANSWERS["list_items"], "items": [ITEM] * 100, "next_cursor": None}).encode(),
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


def answer(request: httpx.Request) -> httpx.Response:
    if request.method == "POST":
        return httpx.Response(201, content=BODIES["/items/7"], headers=FIELDS)
    return httpx.Response(200, content=BODIES[request.url.path], headers=FIELDS)


def ratio(raw: Callable[[], object], ours: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Fastest round of both in microseconds, and their ratio."""
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for index, function in enumerate((raw, ours)):
            begun = time.perf_counter()
            for _ in range(times):
                function()
            best[index] = min(best[index], (time.perf_counter() - begun) / times * 1e6)
    return best[0], best[1], best[1] / best[0]


async def async_ratio(
    raw: Callable[[], Awaitable[object]], ours: Callable[[], Awaitable[object]], times: int
) -> tuple[float, float, float]:
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for index, function in enumerate((raw, ours)):
            begun = time.perf_counter()
            for _ in range(times):
                await function()
            best[index] = min(best[index], (time.perf_counter() - begun) / times * 1e6)
    return best[0], best[1], best[1] / best[0]


def calls() -> dict[str, tuple[float, float, float]]:
    FIELDS["contract-digest"] = f"sha-256={Steelyard.FACTS.digest}"
    bare = httpx.Client(base_url="http://127.0.0.1", transport=httpx.MockTransport(answer))
    ours = Steelyard("http://127.0.0.1", token="t", http=httpx.Client(transport=httpx.MockTransport(answer)))
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
        httpx.AsyncClient(base_url="http://127.0.0.1", transport=httpx.MockTransport(answer)) as bare,
        AsyncSteelyard("http://127.0.0.1", token="t", http=httpx.AsyncClient(transport=httpx.MockTransport(answer))) as ours,
    ):

        async def raw() -> object:
            return (await bare.get("/items/7", headers={"Authorization": "Bearer t"})).json()

        return {"async GET": await async_ratio(raw, lambda: ours.items.get(7), 40)}


def cpu_ms(code: str, rounds: int = 15) -> float:
    """CPU time of a fresh interpreter that runs the code, the best of several."""
    best = float("inf")
    path = f"{ROOT / 'client'}:{ROOT / 'generated/client'}"
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)
    return best


def starts() -> dict[str, tuple[float, float, float]]:
    bare, ours = cpu_ms("pass"), cpu_ms("import steelyard_client")
    client = cpu_ms("import httpx; httpx.Client()")
    first = cpu_ms("from steelyard_client import Steelyard; c = Steelyard('http://127.0.0.1'); c.http; c.items.get")
    return {
        "import (ms)": (bare, ours, ours - bare),
        "client and first resource": (client - bare, first - bare, (first - bare) / (client - bare)),
    }


def main() -> int:
    found = calls() | asyncio.run(async_calls()) | starts()
    for name, (raw, ours, figure) in found.items():
        print(f"{name:28} bare {raw:8.1f}   SDK {ours:8.1f}   {figure:6.2f} of {BUDGETS[name]:.2f}")
    beyond = [name for name, (_, _, figure) in found.items() if figure > BUDGETS[name]]
    if beyond:
        print(f"Beyond budget: {', '.join(beyond)}", file=sys.stderr)
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
