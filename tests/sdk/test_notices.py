"""Warnings point at the line of the caller. Where they are errors, they are raised before a call has an effect, never after it."""

import asyncio
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from steelyard_client import AsyncSteelyard, Steelyard, calls, errors
from steelyard_runtime import notices
from tests.sdk.kit import Scripted, ok

DEPRECATED = {"deprecation": "@1798761600"}
ANOTHER_CONTRACT = {"contract-digest": "sha-256=other"}


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_announced", set())


def respond(key: str, fields: dict[str, str]) -> Callable[[httpx.Request], httpx.Response]:
    """The example of an operation, with these headers, from a server with an incompatible contract."""

    def behave(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"version": "99.0.0"}) if request.url.path == "/" else ok(key, headers=fields)

    return behave


def iterate(client: Steelyard) -> None:
    for _ in client.items.list():
        break


async def iterate_in_a_loop(client: AsyncSteelyard) -> None:
    async for _ in client.items.list():
        break


async def get(client: AsyncSteelyard) -> None:
    await client.items.get(7)


async def send(client: AsyncSteelyard) -> None:
    await client.send(calls.get_item(7))


async def in_a_task(client: AsyncSteelyard) -> None:
    await asyncio.create_task(get(client))


USES: dict[str, tuple[str, Callable[[Steelyard], object]]] = {
    "a method": ("get_item", lambda client: client.items.get(7)),
    "send": ("get_item", lambda client: client.send(calls.get_item(7))),
    "a page": ("list_items", lambda client: client.items.list().page()),
    "a loop": ("list_items", iterate),
    "a view": ("get_item", lambda client: client.with_options(timeout=1).items.get(7)),
}
ASYNCHRONOUS_USES: dict[str, tuple[str, Callable[[AsyncSteelyard], Any]]] = {
    "a method": ("get_item", get),
    "send": ("get_item", send),
    "a loop": ("list_items", iterate_in_a_loop),
    "a task": ("get_item", in_a_task),
}
both = pytest.mark.parametrize("fields", [DEPRECATED, ANOTHER_CONTRACT], ids=["deprecated", "another contract"])


def line_of(caught: list[warnings.WarningMessage]) -> tuple[Path, str]:
    """Where a warning points: the file, and the line of code."""
    (warning,) = caught
    return Path(warning.filename), Path(warning.filename).read_text().splitlines()[warning.lineno - 1]


@both
@pytest.mark.parametrize("name", USES)
def test_a_warning_points_at_the_line_of_the_caller(name: str, fields: dict[str, str]) -> None:
    key, use = USES[name]
    client = Scripted(respond(key, fields)).client()

    with warnings.catch_warnings(record=True, action="always") as caught:
        use(client)

    file, line = line_of(caught)
    assert file == Path(__file__)
    assert "client." in line


@both
@pytest.mark.parametrize("name", ASYNCHRONOUS_USES)
async def test_a_warning_of_the_asynchronous_client_points_at_the_line_of_the_caller(name: str, fields: dict[str, str]) -> None:
    key, use = ASYNCHRONOUS_USES[name]
    client = Scripted(respond(key, fields)).async_client()

    with warnings.catch_warnings(record=True, action="always") as caught:
        await use(client)

    file, line = line_of(caught)
    assert file == Path(__file__)
    assert "client." in line


@pytest.fixture
def strict() -> Iterator[None]:
    """As under `-W error`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.usefixtures("strict")
def test_a_warning_that_is_an_error_is_raised_by_the_next_call_before_it_is_sent() -> None:
    server = Scripted([ok("create_item", 201, headers=DEPRECATED)])
    client = server.client()

    assert client.items.create(title="Lamp", price={"amount": 1, "currency": "USD"}).id == 9
    with pytest.raises(errors.ApiDeprecation, match="createItem is deprecated"):
        client.items.create(title="Lamp", price={"amount": 1, "currency": "USD"})
    assert len(server.seen) == 1

    client.items.create(title="Lamp", price={"amount": 1, "currency": "USD"})
    assert len(server.seen) == 2


@pytest.mark.usefixtures("strict")
async def test_the_asynchronous_client_raises_it_before_the_next_call_too() -> None:
    server = Scripted(respond("get_item", ANOTHER_CONTRACT))
    client = server.async_client()

    assert (await client.items.get(7)).id == 7
    sent = len(server.seen)
    with pytest.raises(errors.ContractMismatch):
        await client.users.get_current()

    assert len(server.seen) == sent


@pytest.mark.usefixtures("strict")
def test_another_operation_does_not_raise_the_deprecation() -> None:
    server = Scripted([ok("get_item", headers=DEPRECATED), ok("get_current_user")])
    client = server.client()

    client.items.get(7)
    assert client.users.get_current().view == "full"
    with pytest.raises(errors.ApiDeprecation):
        client.items.get(7)
