"""Sessions: one login for any number of callers, rotation, lost responses and stores. Also API keys, tokens and calls without a login."""

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
from tests.sdk.kit import AT_ONCE, BASE_URL, EXAMPLES, Scripted, ok, problem
from tests.sdk.loopback import Handler, ReceivedRequest, SentResponse, TokenServer, loopback

USER = json.dumps(EXAMPLES["get_current_user"]).encode()
CALLERS = 32


def token_server() -> TokenServer:
    return TokenServer(USER)


def at_the_same_time(times: int, function: Callable[[], object]) -> list[BaseException]:
    """Run a function in threads that start together. The errors that they raise."""
    start = threading.Barrier(times)

    def use() -> None:
        start.wait()
        function()

    with ThreadPoolExecutor(times) as threads:
        running = [threads.submit(use) for _ in range(times)]
    return [error for future in running if (error := future.exception()) is not None]


def test_thirty_two_threads_log_in_once_and_renew_once() -> None:
    shop = token_server()
    with loopback(shop) as server, Steelyard(server.url, username="ann@example.com", password="right") as client:
        assert at_the_same_time(CALLERS, client.users.get_current) == []
        assert shop.grants == ["password"]

        shop.revoke()

        assert at_the_same_time(CALLERS, client.users.get_current) == []
        assert shop.grants == ["password", "refresh_token"]


async def test_thirty_two_tasks_log_in_once_and_renew_once() -> None:
    shop = token_server()
    with loopback(shop) as server:
        async with AsyncSteelyard(server.url, username="ann@example.com", password="right") as client:
            await asyncio.gather(*(client.users.get_current() for _ in range(CALLERS)))
            assert shop.grants == ["password"]

            shop.revoke()

            await asyncio.gather(*(client.users.get_current() for _ in range(CALLERS)))
            assert shop.grants == ["password", "refresh_token"]


def test_waiting_callers_share_one_attempt_with_a_wrong_password() -> None:
    shop = token_server()
    with loopback(shop) as server, Steelyard(server.url, username="ann@example.com", password="wrong") as client:
        raised = at_the_same_time(8, client.users.get_current)

    assert {type(error) for error in raised} == {errors.InvalidCredentials}
    assert len(raised) == 8
    assert len(shop.grants) < 8


def test_no_call_fails_while_a_server_revokes_tokens_at_random() -> None:
    shop, dice, one_by_one = token_server(), random.Random(7), threading.Lock()
    plain, served, revoked = shop.__call__, 0, 0

    def revoking(request: ReceivedRequest, handler: Handler) -> SentResponse | None:
        nonlocal served, revoked
        if request.path.endswith("/token"):
            return plain(request, handler)
        with one_by_one:
            # At least one caller has used the token by then. A caller that gets several revoked tokens in a row raises.
            if served > CALLERS and dice.random() < 0.1:
                shop.revoke()
                served, revoked = 0, revoked + 1
            response = plain(request, handler)
            served += response is not None and response[0] == 200
            return response

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


def test_a_session_is_renewed_before_it_expires_by_a_monotonic_clock() -> None:
    server = Scripted(without_socket(token_server()))
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


def without_socket(shop: TokenServer) -> Callable[[httpx.Request], httpx.Response]:
    """The responses of the token server, without a socket."""

    def respond(request: httpx.Request) -> httpx.Response:
        received = ReceivedRequest(
            request.method, request.url.path, {name.lower(): value for name, value in request.headers.items()}, request.content
        )
        response = shop(received, None)  # type: ignore[arg-type]  # it does not use its handler
        if response is None:
            raise httpx.ReadError("lost", request=request)
        status, body, fields = response
        return httpx.Response(status, content=body, headers={"content-type": "application/json", **fields})

    return respond


def tokens_sent(server: Scripted) -> int:
    return sum(request.url.path == "/token" for request in server.seen)


def renewing(shop: TokenServer, **options: object) -> Steelyard:
    """A client with a revoked session."""
    client = Scripted(without_socket(shop)).client(username="ann@example.com", password="right", **options)
    client.users.get_current()
    shop.revoke()
    return client


def test_a_refresh_token_is_not_sent_again_after_a_lost_response() -> None:
    shop = token_server()
    client = renewing(shop)
    shop.token_responses = [None]

    client.users.get_current()

    assert shop.grants == ["password", "refresh_token", "password"]
    assert shop.reused == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refresh_token_is_kept_when_the_server_could_not_use_it(status: int) -> None:
    shop = token_server()
    client = renewing(shop)
    shop.token_responses = [(status, b"", {})]

    client.users.get_current()

    assert shop.grants == ["password", "refresh_token", "refresh_token"]


def test_without_a_password_the_end_of_a_session_raises(tmp_path: Path) -> None:
    shop = token_server()
    store = FileTokens(tmp_path / "session")
    Scripted(without_socket(shop)).client(username="ann@example.com", password="right", tokens=store).users.get_current()
    client = Scripted(without_socket(shop)).client(tokens=FileTokens(tmp_path / "session"))

    assert client.users.get_current().id
    shop.revoke()
    shop.token_responses = [None]
    with pytest.raises(errors.SignedOut):
        client.users.get_current()
    with pytest.raises(errors.SignedOut):
        client.users.get_current()
    assert shop.reused == 0


def test_a_login_that_fails_temporarily_is_sent_again_and_counts_as_an_attempt() -> None:
    shop = token_server()
    shop.token_responses = [(503, b"", {}), (429, b"", {})]
    client = Scripted(without_socket(shop)).client(username="ann@example.com", password="right")

    assert client.send(calls.get_current_user()).attempts == 3


def test_after_a_failed_login_the_error_states_that_the_call_was_not_sent() -> None:
    client = Scripted([httpx.ReadTimeout("x")]).client(username="ann@example.com", password="right")

    with pytest.raises(errors.ConnectionFailed) as raised:
        client.send(calls.create_item(title="Lamp", price={"amount": 1, "currency": "USD"}))

    assert raised.value.sent is False


def test_clients_share_a_session_in_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    shop, path = token_server(), tmp_path / "folder" / "session"
    first, second = (
        Scripted(without_socket(shop)).client(username="ann@example.com", password="right", tokens=FileTokens(path)) for _ in range(2)
    )
    first.users.get_current()
    second.users.get_current()
    shop.revoke()
    second.users.get_current()
    first.users.get_current()

    assert shop.grants == ["password", "refresh_token"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {file.name for file in path.parent.iterdir()} == {"session", "session.lock"}


def test_only_one_holder_has_the_lock_of_a_file(tmp_path: Path) -> None:
    first, second = FileTokens(tmp_path / "session"), FileTokens(tmp_path / "session")

    assert first.try_lock()
    assert not second.try_lock()
    first.unlock()
    assert second.try_lock()
    second.unlock()


def test_processes_that_start_together_share_one_login(tmp_path: Path) -> None:
    shop, path = token_server(), tmp_path / "session"
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


def test_a_damaged_file_is_read_as_no_session(tmp_path: Path) -> None:
    (tmp_path / "session").write_text("{")

    assert FileTokens(tmp_path / "session").load() == Tokens()


def test_an_api_key_and_a_token_are_sent_as_bearer_tokens() -> None:
    choices: list[dict[str, Any]] = [{"api_key": "k"}, {"token": "k"}]
    for options in choices:
        server = Scripted([ok("get_current_user")])
        client = Steelyard(BASE_URL, http=httpx.Client(transport=httpx.MockTransport(server)), **options)
        client.users.get_current()
        assert server.seen[0].headers["authorization"] == "Bearer k"
        with pytest.raises(errors.InvalidToken):
            Scripted([problem("InvalidToken")]).client(**options).users.get_current()


def test_no_credential_is_sent_to_a_public_operation() -> None:
    server = Scripted([ok("get_root")])

    server.client(token="k").system.get_root()

    assert "authorization" not in server.seen[0].headers


def test_an_operation_with_optional_login_uses_a_session_but_does_not_create_one() -> None:
    shop = token_server()
    server = Scripted(lambda request: ok("get_item") if request.url.path.startswith("/items") else without_socket(shop)(request))
    client = server.client(username="ann@example.com", password="right")

    client.items.get(7)
    client.users.get_current()
    client.items.get(7)

    assert ["authorization" in request.headers for request in server.seen if request.url.path == "/items/7"] == [False, True]


def test_missing_credentials_raise_with_the_scope_before_a_request_is_sent() -> None:
    server = Scripted([ok("get_order")])

    with pytest.raises(errors.CredentialsMissing, match="orders:read"):
        server.client(anonymous=True).orders.get(7)

    assert server.seen == []


def test_the_path_of_the_base_url_comes_before_the_token_path() -> None:
    server = Scripted(without_socket(token_server()))
    client = Steelyard(f"{BASE_URL}/api/v1/", username="a", password="right", http=httpx.Client(transport=httpx.MockTransport(server)))

    client.users.get_current()

    assert [request.url.path for request in server.seen] == ["/api/v1/token", "/api/v1/users/me"]


def test_sign_out_revokes_the_session_on_the_server_and_in_the_client() -> None:
    shop = token_server()
    respond = without_socket(shop)
    server = Scripted(lambda request: httpx.Response(204) if request.method == "DELETE" else respond(request))
    client = server.client(username="ann@example.com", password="right")
    client.sign_out()
    assert server.seen == []

    client.users.get_current()
    client.sign_out()
    client.users.get_current()

    assert [request.url.path for request in server.seen] == ["/token", "/users/me", "/credentials/current", "/token", "/users/me"]
    with pytest.raises(TypeError, match="no session"):
        server.client(anonymous=True).sign_out()


async def test_a_password_may_come_from_a_function_and_the_scope_is_sent() -> None:
    shop = token_server()
    server = Scripted(without_socket(shop))
    client = server.async_client(username="ann@example.com", password=lambda: "right", scope="orders:read")

    await client.users.get_current()

    assert b"scope=orders%3Aread" in server.seen[0].content
    await client.sign_out()


def test_a_session_works_with_a_plain_httpx_client() -> None:
    shop = token_server()
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


def test_a_client_accepts_any_auth_of_httpx() -> None:
    server = Scripted([ok("get_current_user")])

    server.client(auth=httpx.BasicAuth("a", "b")).users.get_current()

    assert server.seen[0].headers["authorization"].startswith("Basic ")


def test_a_forked_process_opens_new_connections() -> None:
    shop = token_server()
    with loopback(shop) as server, Steelyard(server.url, username="ann@example.com", password="right") as client:
        client.users.get_current()
        mine = id(client.http)
        pool = multiprocessing.get_context("fork")
        results = pool.Queue()
        child = pool.Process(target=lambda: results.put((client.users.get_current().id, id(client.http) != mine)))
        child.start()
        user_id, has_new_connections = results.get(timeout=20)
        child.join(20)

        assert has_new_connections
        assert client.users.get_current().id == user_id


def test_a_client_with_a_session_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Scripted([ok("get_item")]).client(username="a", password="b", retries=AT_ONCE))
