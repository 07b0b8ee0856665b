"""Sessions over sockets: one login for any number of callers, rotation, lost answers, stores; and what is sent when there is no session."""

import asyncio
import json
import multiprocessing
import pickle
import random
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from steelyard_client import AsyncSteelyard, FileTokens, PasswordAuth, Steelyard, Tokens, calls, errors
from tests.sdk.kit import ANSWERS, AT_ONCE, BASE_URL, Scripted, ok, problem
from tests.sdk.loopback import Asked, Given, Handler, TokenDesk, loopback

USER = json.dumps(ANSWERS["get_current_user"]).encode()
CALLERS = 32


def desk() -> TokenDesk:
    return TokenDesk(USER)


def at_the_same_time(times: int, function: Callable[[], object]) -> list[BaseException]:
    """Run it in so many threads that start together; what they raised."""
    start = threading.Barrier(times)

    def use() -> None:
        start.wait()
        function()

    with ThreadPoolExecutor(times) as threads:
        running = [threads.submit(use) for _ in range(times)]
    return [error for one in running if (error := one.exception()) is not None]


def test_thirty_two_threads_log_in_once_and_renew_once() -> None:
    shop = desk()
    with loopback(shop) as server, Steelyard(server.url, username="ann@example.com", password="right") as client:
        assert at_the_same_time(CALLERS, client.users.get_current) == []
        assert shop.grants == ["password"]

        shop.revoke()

        assert at_the_same_time(CALLERS, client.users.get_current) == []
        assert shop.grants == ["password", "refresh_token"]


async def test_thirty_two_tasks_log_in_once_and_renew_once() -> None:
    shop = desk()
    with loopback(shop) as server:
        async with AsyncSteelyard(server.url, username="ann@example.com", password="right") as client:
            await asyncio.gather(*(client.users.get_current() for _ in range(CALLERS)))
            assert shop.grants == ["password"]

            shop.revoke()

            await asyncio.gather(*(client.users.get_current() for _ in range(CALLERS)))
            assert shop.grants == ["password", "refresh_token"]


def test_a_wrong_password_is_tried_once_for_all_who_wait() -> None:
    shop = desk()
    with loopback(shop) as server, Steelyard(server.url, username="ann@example.com", password="wrong") as client:
        raised = at_the_same_time(8, client.users.get_current)

    assert {type(error) for error in raised} == {errors.InvalidCredentials}
    assert len(raised) == 8
    assert len(shop.grants) < 8


def test_no_call_fails_while_a_server_revokes_tokens_at_random() -> None:
    shop, dice, one_by_one = desk(), random.Random(7), threading.Lock()
    plain, served, revoked = shop.__call__, 0, 0

    def revoking(asked: Asked, handler: Handler) -> Given | None:
        nonlocal served, revoked
        if asked.path.endswith("/token"):
            return plain(asked, handler)
        with one_by_one:
            # Only then has somebody surely got an answer: whoever is refused with token after token that nobody was served for gives up.
            if served > CALLERS and dice.random() < 0.1:
                shop.revoke()
                served, revoked = 0, revoked + 1
            answer = plain(asked, handler)
            served += answer is not None and answer[0] == 200
            return answer

    def work() -> None:
        for _ in range(20):
            client.users.get_current()

    async def async_work(client: AsyncSteelyard) -> None:
        for _ in range(10):
            await client.users.get_current()

    async def tasks() -> None:
        async with AsyncSteelyard(server.url, username="ann@example.com", password="right") as client:
            await asyncio.gather(*(async_work(client) for _ in range(CALLERS)))

    with loopback(revoking) as server:
        with Steelyard(server.url, username="ann@example.com", password="right") as client:
            assert at_the_same_time(8, work) == []
        asyncio.run(tasks())

    assert shop.reused == 0
    assert revoked > 3


def test_a_session_is_renewed_before_it_ends_by_a_clock_that_nobody_sets() -> None:
    server = Scripted(answer_of(desk()))
    client = server.client(username="ann@example.com", password="right")
    session = client.core.auth
    assert isinstance(session, PasswordAuth)
    now = 0.0
    session._clock = lambda: now
    client.users.get_current()
    now = 1784.0
    client.users.get_current()

    assert tokens_sent(server) == 1

    now = 1786.0
    client.users.get_current()

    assert tokens_sent(server) == 2


def answer_of(shop: TokenDesk) -> Callable[[httpx.Request], httpx.Response]:
    """The same desk without a socket."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = Asked(request.method, request.url.path, {name.lower(): value for name, value in request.headers.items()}, request.content)
        given = shop(asked, None)  # type: ignore[arg-type]  # it does not look at its handler
        if given is None:
            raise httpx.ReadError("lost", request=request)
        status, body, fields = given
        return httpx.Response(status, content=body, headers={"content-type": "application/json", **fields})

    return answer


def tokens_sent(server: Scripted) -> int:
    return sum(request.url.path == "/token" for request in server.seen)


def renewing(shop: TokenDesk, **options: object) -> Steelyard:
    """A client whose session has just been revoked."""
    client = Scripted(answer_of(shop)).client(username="ann@example.com", password="right", **options)
    client.users.get_current()
    shop.revoke()
    return client


def test_a_refresh_token_whose_answer_was_lost_is_never_sent_again() -> None:
    shop = desk()
    client = renewing(shop)
    shop.answers = [None]

    client.users.get_current()

    assert shop.grants == ["password", "refresh_token", "password"]
    assert shop.reused == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refresh_token_that_was_not_taken_is_kept(status: int) -> None:
    shop = desk()
    client = renewing(shop)
    shop.answers = [(status, b"", {})]

    client.users.get_current()

    assert shop.grants == ["password", "refresh_token", "refresh_token"]


def test_without_a_password_the_end_of_a_session_is_told(tmp_path: Path) -> None:
    shop = desk()
    store = FileTokens(tmp_path / "session")
    Scripted(answer_of(shop)).client(username="ann@example.com", password="right", tokens=store).users.get_current()
    client = Scripted(answer_of(shop)).client(tokens=FileTokens(tmp_path / "session"))

    assert client.users.get_current().id
    shop.revoke()
    shop.answers = [None]
    with pytest.raises(errors.SignedOut):
        client.users.get_current()
    with pytest.raises(errors.SignedOut):
        client.users.get_current()
    assert shop.reused == 0


def test_a_login_that_is_refused_for_now_is_tried_again_and_counts_as_an_attempt() -> None:
    shop = desk()
    shop.answers = [(503, b"", {}), (429, b"", {})]
    client = Scripted(answer_of(shop)).client(username="ann@example.com", password="right")

    assert client.send(calls.get_current_user()).attempts == 3


def test_a_login_that_fails_leaves_nothing_sent() -> None:
    client = Scripted([httpx.ReadTimeout("x")]).client(username="ann@example.com", password="right")

    with pytest.raises(errors.ConnectionFailed) as raised:
        client.send(calls.create_item(title="Lamp", price={"amount": 1, "currency": "USD"}))

    assert raised.value.sent is False


def test_a_file_shares_one_session_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    shop, path = desk(), tmp_path / "folder" / "session"
    first, second = (
        Scripted(answer_of(shop)).client(username="ann@example.com", password="right", tokens=FileTokens(path)) for _ in range(2)
    )
    first.users.get_current()
    second.users.get_current()
    shop.revoke()
    second.users.get_current()
    first.users.get_current()

    assert shop.grants == ["password", "refresh_token"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {file.name for file in path.parent.iterdir()} == {"session", "session.lock"}


def test_the_lock_of_a_file_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    one, two = FileTokens(tmp_path / "session"), FileTokens(tmp_path / "session")

    assert one.try_lock()
    assert not two.try_lock()
    one.unlock()
    assert two.try_lock()
    two.unlock()


def test_processes_that_start_together_share_one_login(tmp_path: Path) -> None:
    shop, path = desk(), tmp_path / "session"
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(4)

    def use() -> None:
        with Steelyard(server.url, username="ann@example.com", password="right", tokens=FileTokens(path)) as client:
            start.wait()
            client.users.get_current()

    with loopback(shop) as server:
        processes = [fork.Process(target=use) for _ in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(30)

    assert [process.exitcode for process in processes] == [0] * 4
    assert shop.grants == ["password"]


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "session").write_text("{")

    assert FileTokens(tmp_path / "session").load() == Tokens()


def test_a_key_goes_where_the_contract_says_and_a_token_as_it_is() -> None:
    choices: list[dict[str, Any]] = [{"api_key": "k"}, {"token": "k"}]
    for options in choices:
        server = Scripted([ok("get_current_user")])
        client = Steelyard(BASE_URL, http=httpx.Client(transport=httpx.MockTransport(server)), **options)
        client.users.get_current()
        assert server.seen[0].headers["authorization"] == "Bearer k"
        with pytest.raises(errors.InvalidToken):
            Scripted([problem("InvalidToken")]).client(**options).users.get_current()


def test_no_credential_is_sent_where_none_is_wanted() -> None:
    server = Scripted([ok("get_root")])

    server.client(token="k").system.get_root()

    assert "authorization" not in server.seen[0].headers


def test_where_a_login_is_optional_one_is_not_made_but_a_session_is_shown() -> None:
    shop = desk()
    server = Scripted(lambda request: ok("get_item") if request.url.path.startswith("/items") else answer_of(shop)(request))
    client = server.client(username="ann@example.com", password="right")

    client.items.get(7)
    client.users.get_current()
    client.items.get(7)

    assert ["authorization" in request.headers for request in server.seen if request.url.path == "/items/7"] == [False, True]


def test_missing_credentials_are_told_with_the_scope_and_nothing_is_sent() -> None:
    server = Scripted([ok("get_order")])

    with pytest.raises(errors.CredentialsMissing, match="orders:read"):
        server.client(anonymous=True).orders.get(7)

    assert server.seen == []


def test_the_path_of_the_address_stays_before_the_token_path() -> None:
    server = Scripted(answer_of(desk()))
    client = Steelyard(f"{BASE_URL}/api/v1/", username="a", password="right", http=httpx.Client(transport=httpx.MockTransport(server)))

    client.users.get_current()

    assert [request.url.path for request in server.seen] == ["/api/v1/token", "/api/v1/users/me"]


def test_signing_out_ends_the_session_on_the_server_and_here() -> None:
    shop = desk()
    answer = answer_of(shop)
    server = Scripted(lambda request: httpx.Response(204) if request.method == "DELETE" else answer(request))
    client = server.client(username="ann@example.com", password="right")
    client.sign_out()
    assert server.seen == []

    client.users.get_current()
    client.sign_out()
    client.users.get_current()

    assert [request.url.path for request in server.seen] == ["/token", "/users/me", "/credentials/current", "/token", "/users/me"]
    with pytest.raises(TypeError, match="no session"):
        server.client(anonymous=True).sign_out()


async def test_a_password_may_come_from_a_function_and_the_scope_is_asked_for() -> None:
    shop = desk()
    server = Scripted(answer_of(shop))
    client = server.async_client(username="ann@example.com", password=lambda: "right", scope="orders:read")

    await client.users.get_current()

    assert b"scope=orders%3Aread" in server.seen[0].content
    await client.sign_out()


def test_the_session_works_with_a_bare_client_too() -> None:
    shop = desk()
    with loopback(shop) as server:
        session = PasswordAuth("ann@example.com", "right", f"{server.url}/token")
        with httpx.Client(auth=session) as client:
            assert client.get(f"{server.url}/users/me").status_code == 200
            shop.revoke()
            assert client.get(f"{server.url}/users/me").status_code == 200

        async def use() -> int:
            async with httpx.AsyncClient(auth=session) as client:
                shop.revoke()
                return (await client.get(f"{server.url}/users/me")).status_code

        assert asyncio.run(use()) == 200
    assert shop.grants == ["password", "refresh_token", "refresh_token"]


def test_another_httpx_auth_may_be_given() -> None:
    server = Scripted([ok("get_current_user")])

    server.client(auth=httpx.BasicAuth("a", "b")).users.get_current()

    assert server.seen[0].headers["authorization"].startswith("Basic ")


def test_a_forked_process_gets_connections_of_its_own() -> None:
    shop = desk()
    with loopback(shop) as server, Steelyard(server.url, username="ann@example.com", password="right") as client:
        client.users.get_current()
        mine = id(client.http)
        pool = multiprocessing.get_context("fork")
        results = pool.Queue()
        child = pool.Process(target=lambda: results.put((client.users.get_current().id, id(client.http) != mine)))
        child.start()
        found = results.get(timeout=20)
        child.join(20)

        assert found[1]
        assert client.users.get_current().id == found[0]


def test_a_session_is_no_thing_to_pickle() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Scripted([ok("get_item")]).client(username="a", password="b", retries=AT_ONCE))
