"""Logins in the browser of the user: against the server and a real identity provider, and against responses that nothing good sends."""

import asyncio
import errno
import json
import socket
import stat
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import anyio
import httpx
import pytest
from anyio import to_thread

from steelyard.db.database import Database
from steelyard_client import AsyncSteelyard, FileTokens, Steelyard, Tokens, errors, login
from steelyard_runtime import login_command
from steelyard_runtime.login import read_code
from tests.kit.clients.third_party_login import challenge, login_settings
from tests.kit.clients.web_browser import WebBrowser
from tests.kit.servers.children import free_port
from tests.kit.servers.identity_providers import NanoIdp, nanoidp
from tests.kit.servers.live import live
from tests.kit.servers.running import settings_for
from tests.kit.servers.waiting import until
from tests.sdk.kit import BASE_URL, Scripted, ok, problem

Open = Callable[[str], object]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NanoIdp]:
    with nanoidp(tmp_path_factory.mktemp("provider") / "company", "company") as started:
        yield started


@pytest.fixture
async def server(embedded: Database, provider: NanoIdp) -> AsyncIterator[str]:
    """A server whose users log in with the provider; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with live(settings_for(embedded.url, **login_settings(provider.settings, public_url=url)), port=port):
        yield url


@pytest.fixture
def alice(provider: NanoIdp) -> Open:
    """The browser of alice: it opens an address, and logs in."""
    return lambda address: asyncio.run(WebBrowser(provider).visit(address))


async def test_a_user_logs_in_and_both_clients_use_and_renew_the_session(server: str, alice: Open) -> None:
    def use() -> str:
        tokens = login.in_browser(server, open=alice, scope="account:read")
        with Steelyard(server, tokens=tokens) as client:
            assert client.auth.list_credentials().first() is not None
            with pytest.raises(errors.InsufficientScope):
                client.orders.list().page()
        # Expired, so that the next client renews it.
        with Steelyard(server, tokens=Tokens(tokens.access, tokens.refresh, 0.0)) as client:
            return str(client.users.get_current().email)

    assert await to_thread.run_sync(use) == "alice@example.com"

    async with AsyncSteelyard(server, tokens=await login.in_browser_async(server, "company", open=alice)) as client:
        assert (await client.users.get_current()).email == "alice@example.com"


async def test_the_command_keeps_the_session_in_a_file_of_the_user(
    server: str, alice: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", alice)
    file = tmp_path / "made" / "session"

    status = await to_thread.run_sync(command, server, "--tokens", str(file))

    printed = capsys.readouterr()
    assert (status, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600), printed
    assert printed.out == f"You are logged in. The session is in {file}, which only you can read: use it with FileTokens('{file}').\n"
    assert printed.err.splitlines()[1].startswith(f"{server}/authorize?response_type=code&client_id=steelyard-cli&")
    async with AsyncSteelyard(server, tokens=FileTokens(file)) as client:
        assert (await client.users.get_current()).email == "alice@example.com"
    assert str(FileTokens(file).load().access) not in printed.out + printed.err


async def test_what_the_server_says_is_wrong_is_in_the_error(server: str) -> None:
    def use() -> errors.LoginFailed:
        with pytest.raises(errors.LoginFailed) as failed:
            login.in_browser(server, "missing", open=lambda address: httpx.get(address, follow_redirects=True))
        return failed.value

    error = await to_thread.run_sync(use)

    assert (str(error), error.error) == ("There is no such identity provider (invalid_request).", "invalid_request")


# -- against responses of a test ---------------------------------------------------------------------------------------


def command(*arguments: str) -> int:
    return login_command.main("steelyard_client", login.in_browser, ["login", *arguments])


class Returning:
    """A browser that comes back with these parameters beside those of a good login; None leaves one out. It keeps the last page.

    The login does not wait until its page is read.
    """

    def __init__(self, **changed: str | None) -> None:
        self.changed = changed
        self.sent: dict[str, str] = {}
        self._page = ""
        self._is_read = threading.Event()

    def __call__(self, address: str) -> object:
        self.sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        response = {"code": "syc_code", "state": self.sent["state"], "iss": BASE_URL, **self.changed}
        query = urlencode({name: value for name, value in response.items() if value is not None})
        self._page = httpx.get(f"{self.sent['redirect_uri']}?{query}", trust_env=False).text
        self._is_read.set()
        return True

    @property
    def page(self) -> str:
        assert self._is_read.wait(20)
        return self._page


def logged_in(browser: Open, server: Scripted, timeout: float = 20.0) -> Tokens:
    return login.in_browser(BASE_URL, timeout=timeout, open=browser, http=httpx.Client(transport=httpx.MockTransport(server)))


def test_the_request_and_the_exchange_are_those_of_rfc_7636() -> None:
    browser, server = Returning(), Scripted([ok("issue_token")])

    tokens = logged_in(browser, server)

    form = {name: values[0] for name, values in parse_qs(server.seen[0].content.decode()).items()}
    assert browser.sent["code_challenge"] == challenge(form.pop("code_verifier"))
    assert form == {
        "grant_type": "authorization_code",
        "client_id": "steelyard-cli",
        "code": "syc_code",
        "redirect_uri": browser.sent["redirect_uri"],
    }
    assert browser.sent["redirect_uri"].startswith("http://127.0.0.1:")
    assert "You are logged in" in browser.page
    assert tokens.access is not None
    assert tokens.access not in repr(tokens)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"state": "foreign"}, "The browser came back from another login than this one. Begin again."),
        ({"state": None}, "The browser came back from another login than this one. Begin again."),
        ({"iss": None}, f"The response does not name its server, so it may not be from {BASE_URL}."),
        ({"iss": "https://evil.test"}, "The response is from a server with the address https://evil.test, not https://shop.test."),
        ({"code": None}, "The response has neither a code nor an error."),
        ({"error": "access_denied", "error_description": "No\nlogin."}, "No login (access_denied)."),
        ({"error": "access_denied", "iss": "https://evil.test"}, "The response is from a server with the address https://evil.test"),
    ],
)
def test_a_response_of_another_login_or_server_is_rejected_before_its_code_is_sent(changed: dict[str, str | None], message: str) -> None:
    browser, server = Returning(**changed), Scripted([ok("issue_token")])

    with pytest.raises(errors.LoginFailed) as failed:
        logged_in(browser, server)

    assert str(failed.value).startswith(message)
    assert "The login failed" in browser.page
    assert server.seen == []


@pytest.mark.parametrize("query", ["", "&" * 100, "state=s&state=s&iss=https://a.test&code=c", "state=%ff%00", "=".join("ab" * 99)])
def test_an_odd_query_is_another_login(query: str) -> None:
    with pytest.raises(errors.LoginFailed, match="another login"):
        read_code(query, state="s", issuer="https://a.test")


def test_a_rejected_code_is_the_problem_of_the_server() -> None:
    browser = Returning()

    with pytest.raises(errors.InvalidGrant):
        logged_in(browser, Scripted([problem("InvalidGrant")]))

    assert "The login failed" in browser.page


def test_the_listener_takes_one_response_and_nothing_else() -> None:
    statuses: list[int] = []

    def look_around(address: str) -> object:
        redirect_uri = parse_qs(urlsplit(address).query)["redirect_uri"][0]
        statuses.append(httpx.get(redirect_uri.replace("/callback", "/favicon.ico"), trust_env=False).status_code)
        first = threading.Thread(target=Returning(), args=(address,))
        first.start()
        taken.wait(20)
        statuses.append(httpx.get(redirect_uri, trust_env=False).status_code)
        again.set()
        first.join(20)
        return True

    def respond(_: httpx.Request) -> httpx.Response:
        taken.set()
        again.wait(20)
        return ok("issue_token")

    taken, again = threading.Event(), threading.Event()
    logged_in(look_around, Scripted(respond))

    assert statuses == [404, 404]


def test_a_browser_that_opens_connections_in_advance_disturbs_nothing() -> None:
    idle: list[socket.socket] = []

    def open_early(address: str) -> object:
        port = urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0]).port
        assert port is not None
        idle.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        return Returning()(address)

    assert logged_in(open_early, Scripted([ok("issue_token")])).access is not None
    idle[0].close()


def test_without_a_browser_or_a_login_the_error_says_what_to_do() -> None:
    with pytest.raises(errors.LoginFailed, match="No browser could be opened"):
        logged_in(lambda _: False, Scripted([ok("issue_token")]))
    with pytest.raises(errors.LoginFailed, match=r"No login came back within 0.01 seconds. Begin again."):
        logged_in(lambda _: None, Scripted([ok("issue_token")]), timeout=0.01)


def refuses(port: int | None) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port or 0), timeout=10).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


async def test_a_cancelled_login_listens_no_longer() -> None:
    opened: list[str] = []
    with anyio.move_on_after(0.2):
        await login.in_browser_async(BASE_URL, open=opened.append)

    port = urlsplit(parse_qs(urlsplit(opened[0]).query)["redirect_uri"][0]).port
    await until(lambda: refuses(port), within_s=20)


@pytest.mark.parametrize("url", ["http://shop.test", "ftp://shop.test", "https://ann:secret@shop.test", "shop.test"])
def test_an_address_that_is_none_or_open_to_others_is_rejected(url: str) -> None:
    with pytest.raises(ValueError, match=r"https|address|credentials"):
        login.in_browser(url, open=lambda _: None)


def test_every_error_of_the_command_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    (tmp_path / "file").touch()

    def printed(*arguments: str, **outcome: object) -> str:
        def instead(*_: object, **__: object) -> Tokens:
            if isinstance(result := outcome["result"], BaseException):
                raise result
            return Tokens("access", "refresh", 0.0)

        arguments = (BASE_URL, *arguments)
        status = login_command.main("steelyard_client", instead, ["login", *arguments]) if outcome else command(*arguments)
        shown = capsys.readouterr()
        assert (status in {1, 130}, shown.out) == (True, ""), shown
        return shown.err.splitlines()[-1]

    assert printed("--timeout", "0.01") == "The login failed: No login came back within 0.01 seconds. Begin again."
    assert printed("--timeout", "nan") == "The login failed: timeout must be seconds, such as timeout=180"
    assert printed(result=KeyboardInterrupt()) == "The login was stopped."
    assert "allows no listener (No room)" in printed(result=OSError(errno.ENOSPC, "No room"))
    assert "(File exists). Choose another file" in printed("--tokens", str(tmp_path / "file" / "session"), result=None)


def test_the_stored_session_has_the_form_of_a_file_of_tokens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def instead(*_: object, **__: object) -> Tokens:
        return Tokens("access", "refresh", 7.0)

    assert login_command.main("steelyard_client", instead, ["login", BASE_URL, "--tokens", str(tmp_path / "s")]) == 0
    assert "You are logged in." in capsys.readouterr().out
    assert json.loads((tmp_path / "s").read_text()) == {"access": "access", "refresh": "refresh", "expires_at": 7.0}
