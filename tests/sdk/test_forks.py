"""A client that is shared with forked processes, and with threads that use it first at the same moment."""

import asyncio
import json
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from steelyard_client import AsyncSteelyard, FileTokens, Steelyard, errors
from tests.sdk.kit import EXAMPLES
from tests.sdk.loopback import TokenServer, loopback

ITEM = json.dumps(EXAMPLES["get_item"]).encode()
FORK = multiprocessing.get_context("fork")
PATIENCE_S = 20


# -- forked processes ---------------------------------------------------------------------------------------------------
def in_child(function: Callable[[], Any]) -> Any:
    """The result of a function in a forked process; AssertionError if that takes too long."""
    ours, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=lambda: theirs.send(function()))
    child.start()
    try:
        assert ours.poll(PATIENCE_S), "the forked process hangs"
        return ours.recv()
    finally:
        child.kill()
        child.join()


@contextmanager
def held(lock: Any) -> Iterator[None]:
    """Another thread holds a lock, as at the moment of a fork."""
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            taken.set()
            done.wait(PATIENCE_S)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(PATIENCE_S)
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("provided", [False, True], ids=["own", "http="])
def test_a_forked_process_shares_no_socket(provided: bool) -> None:
    options: dict[str, Any] = {"http": httpx.Client()} if provided else {}
    peers = list[int]()

    def behave(_: object, handler: Any) -> Any:
        peers.append(handler.client_address[1])
        return 200, ITEM, {}

    with loopback(behave) as server, Steelyard(server.url, **options) as client:
        client.items.get(7)
        assert in_child(lambda: client.items.get(7).id) == 7
        client.items.get(7)

    mine, childs, mine_again = peers
    assert mine == mine_again
    assert childs != mine


@pytest.mark.parametrize("provided", [False, True], ids=["own", "http="])
def test_an_asynchronous_client_shares_no_socket_with_a_forked_process(provided: bool) -> None:
    peers = list[int]()

    def behave(_: object, handler: Any) -> Any:
        peers.append(handler.client_address[1])
        return 200, ITEM, {}

    with loopback(behave) as server:
        options: dict[str, Any] = {"http": httpx.AsyncClient()} if provided else {}
        client = AsyncSteelyard(server.url, **options)

        async def use() -> int:
            return (await client.items.get(7)).id

        async def both() -> int:
            await use()
            try:
                return int(in_child(lambda: threaded(lambda: asyncio.run(use()))))
            finally:
                await client.aclose()

        assert asyncio.run(both()) == 7

    assert peers[0] != peers[1]


def threaded(function: Callable[[], Any]) -> Any:
    """The result of a function in a new thread: an event loop that was forked still counts as running in the old one."""
    results = list[Any]()
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join(PATIENCE_S)
    return results[0]


@pytest.mark.parametrize("provided", [False, True], ids=["own", "http="])
def test_a_forked_process_shares_no_lock(provided: bool) -> None:
    options: dict[str, Any] = {"http": httpx.Client()} if provided else {}
    body = json.dumps(EXAMPLES["get_current_user"]).encode()
    with loopback(TokenServer(body)) as server, Steelyard(server.url, username="a", password="right", **options) as client:
        auth: Any = client.core.auth
        pool: Any = client.http
        with held(auth.thread_lock), held(client.core.budget._lock), held(pool._transport._pool._optional_thread_lock._lock):
            assert in_child(lambda: client.users.get_current().id) == EXAMPLES["get_current_user"]["id"]


def test_a_forked_process_logs_in_itself_instead_of_sending_the_refresh_token_of_its_parent() -> None:
    shop = TokenServer(json.dumps(EXAMPLES["get_current_user"]).encode(), lifetime_s=1)
    with loopback(shop) as server, Steelyard(server.url, username="a", password="right") as client:
        client.users.get_current()
        in_child(lambda: client.users.get_current().id)
        client.users.get_current()

    assert (shop.grants, shop.reused) == (["password", "password", "refresh_token"], 0)


def test_a_forked_process_does_not_keep_the_lock_of_a_shared_session(tmp_path: Path) -> None:
    parents, others = FileTokens(tmp_path / "session"), FileTokens(tmp_path / "session")
    assert parents.try_lock()
    ready, done = FORK.Event(), FORK.Event()

    def live() -> None:
        ready.set()
        done.wait(PATIENCE_S)

    child = FORK.Process(target=live)
    child.start()
    try:
        ready.wait(PATIENCE_S)
        assert not others.try_lock()
        parents.unlock()
        assert others.try_lock()
    finally:
        done.set()
        child.join()
    others.unlock()


# -- threads that race for first use ---------------------------------------------------------------------------------------
def at_once(function: Callable[[], Any], number: int = 16) -> list[Any]:
    """The results of a function that so many threads call at the same moment."""
    barrier, results = threading.Barrier(number), list[Any]()

    def run() -> None:
        barrier.wait(PATIENCE_S)
        results.append(function())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    return results


def test_threads_that_race_for_first_use_make_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    made, slow = list[httpx.Client](), threading.Event()

    class Slow(httpx.Client):
        def __init__(self, **options: Any) -> None:
            # Long enough for all threads to arrive.
            slow.wait(0.2)
            super().__init__(**options)
            made.append(self)

    client = Steelyard("http://127.0.0.1:1")
    monkeypatch.setattr("steelyard_runtime.client.httpx.Client", Slow)

    seen = at_once(lambda: client.http)

    assert len(made) == 1
    assert set(map(id, seen)) == {id(made[0])}


def test_threads_that_race_for_the_first_error_get_its_class(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = (
        "from threading import Event",
        "from steelyard_runtime.errors import ProblemError",
        "Event().wait(0.2)",
        "class Slow(ProblemError, type='/problems/slow'): pass",
    )
    (tmp_path / "slow_problems.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("steelyard_runtime.errors._unloaded", {"slow_problems": None})

    names = at_once(lambda: errors.ProblemError.of("/problems/slow").__name__)

    assert names == ["Slow"] * 16
