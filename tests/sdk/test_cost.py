"""The cost of the SDK, counted instead of timed: Python calls compared with bare httpx, and the modules that an import loads.

`nox -s bench -- --sdk` measures the time. A count rises only together with a reason in the change.
"""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Self

import httpx
import pytest

from benchmarks.sdk import DRAFT, FIRST_CALL, PATHS, STARTS, clients, respond
from steelyard_client import AsyncSteelyard

# As a multiple of the Python calls of bare httpx for the same exchange, with its `.json()`.
LIMITS = {"GET": 1.0, "POST": 1.0, "page of 100": 2.0}


class Counted:
    """Counts the Python functions that are called inside the `with`."""

    def __init__(self) -> None:
        self.calls = 0

    def _count(self, _frame: FrameType, event: str, _argument: object) -> None:
        self.calls += event == "call"

    def __enter__(self) -> Self:
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)


def python_calls(function: Callable[[], object]) -> int:
    """The number of Python functions that the tenth call runs. The first calls load modules and fill caches."""
    for _ in range(9):
        function()
    with Counted() as counted:
        function()
    return counted.calls


@pytest.mark.parametrize("name", LIMITS)
def test_a_call_takes_no_more_python_calls_than_its_budget(name: str) -> None:
    bare, ours = clients()
    bearer = {"Authorization": "Bearer t"}
    ways: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "GET": (lambda: bare.get("/items/7", headers=bearer).json(), lambda: ours.items.get(7)),
        "POST": (
            lambda: bare.post("/items", json=DRAFT, headers={**bearer, "Idempotency-Key": "k"}).json(),
            lambda: ours.items.create(title="Lamp", price={"amount": 1999, "currency": "USD"}),
        ),
        "page of 100": (
            lambda: bare.get("/items", params={"limit": 100}, headers=bearer).json(),
            lambda: ours.items.list(limit=100).page(),
        ),
    }
    raw, sdk = (python_calls(way) for way in ways[name])

    assert sdk <= raw * LIMITS[name], f"{sdk} Python calls, bare httpx needs {raw}"


def test_an_asynchronous_call_takes_no_more_python_calls_than_its_budget() -> None:
    async def counted(call: Callable[[], Awaitable[object]]) -> int:
        for _ in range(9):
            await call()
        with Counted() as counted:
            await call()
        return counted.calls

    async def both() -> tuple[int, int]:
        async with (
            httpx.AsyncClient(base_url="http://127.0.0.1", transport=httpx.MockTransport(respond)) as bare,
            AsyncSteelyard("http://127.0.0.1", token="t", http=httpx.AsyncClient(transport=httpx.MockTransport(respond))) as ours,
        ):
            raw = await counted(lambda: bare.get("/items/7", headers={"Authorization": "Bearer t"}))
            return raw, await counted(lambda: ours.items.get(7))

    raw, sdk = asyncio.run(both())

    assert sdk <= raw * LIMITS["GET"], f"{sdk} Python calls, bare httpx needs {raw}"


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has after running the code, beyond those that it starts with."""
    printed = "\nimport sys; print(*sys.modules)"
    outputs = [
        subprocess.run([sys.executable, "-I", "-c", "import sys\n" + PATHS + each + printed], check=True, capture_output=True, text=True)
        for each in ("", code)
    ]
    before, after = (set(each.stdout.split()) for each in outputs)
    return after - before


def test_importing_the_sdk_loads_the_package_and_nothing_else() -> None:
    assert loaded("import steelyard_client") == {"steelyard_client", "__future__"}


def test_a_first_call_loads_one_tag_beside_what_httpx_needs() -> None:
    modules = loaded(FIRST_CALL) - loaded(STARTS["httpx"])

    assert {each.partition(".")[0] for each in modules} == {"steelyard_client", "steelyard_runtime"}
    assert {each for each in modules if each.startswith("steelyard_client.api.")} == {"steelyard_client.api.items"}
