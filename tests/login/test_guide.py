"""The guide for clients: every block as it is written, against a server and an OpenID provider."""

import json
import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.e2e.browser import DESK, Shown
from tests.kit.documentation import bash, blocks
from tests.kit.project import ROOT
from tests.login.conftest import GUIDE, Market, log_in_at_provider

API = "https://api.example.com"
# A browser as a program: it logs in at the provider, and `{last}` is what it does then.
BROWSER = """#!/usr/bin/env bash
exec {python} -c 'import asyncio, sys
from tests.kit.clients.web_browser import WebBrowser
from tests.kit.servers.identity_providers import NanoIdp
print(asyncio.run(WebBrowser(NanoIdp("company", "{issuer}"), "grace").{last}(sys.argv[1])))' "$1" > "{folder}/returned"
"""


def write_browser(path: Path, market: Market, last: str) -> None:
    path.write_text(BROWSER.format(python=sys.executable, issuer=market.provider.issuer, last=last, folder=path.parent))
    path.chmod(0o700)


@contextmanager
def page_of(market: Market) -> Iterator[str]:
    """The web page of the guide, on another origin than the server. Its address."""
    (html,), (script,) = blocks(GUIDE, "html"), blocks(GUIDE, "js")
    files = {"/shop.js": ("text/javascript", script.replace(API, market.url))}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = files.get(self.path.partition("?")[0], ("text/html", html))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


async def test_the_web_page_logs_a_user_in(market: Market, browser: Browser) -> None:
    with page_of(market) as address:
        page = (await Shown.at(browser, address, DESK)).page
        await page.goto(address)
        await page.click("#login")
        await log_in_at_provider(page, "grace")
        await page.locator("text=Welcome, grace.").wait_for()

        assert page.url == f"{address}/"
        assert await page.evaluate("sessionStorage.length + localStorage.length") == 0


@pytest.mark.parametrize(
    ("query", "shown"), [("code=syc_x&state=x", "No login began here."), ("error=access_denied", "No login began here.")]
)
async def test_the_web_page_takes_no_response_to_a_login_that_it_did_not_begin(
    market: Market, browser: Browser, query: str, shown: str
) -> None:
    with page_of(market) as address:
        page = (await Shown.at(browser, address, DESK)).page
        await page.goto(f"{address}/callback?{query}&iss={market.url}")

        await page.locator(f"text={shown}").wait_for()


async def test_the_web_page_shows_why_the_server_rejected_a_login(market: Market, browser: Browser) -> None:
    with page_of(market) as address:
        page = (await Shown.at(browser, address, DESK)).page
        await page.goto(address)
        await page.click("#login")
        await log_in_at_provider(page, "alice")

        await page.locator("#status:has-text('password')").wait_for()


async def test_the_app_logs_a_user_in(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, finish = blocks(GUIDE, "bash")[:2]
    write_browser(tmp_path / "xdg-open", market, "log_in")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    *_, printed = await bash([begin.replace(API, market.url), "returned=$(cat returned)", finish], tmp_path)

    assert (tmp_path / "returned").read_text().startswith("com.example.shop:/login?code=syc_")
    assert json.loads(printed)["token_type"] == "bearer"


async def test_the_command_and_the_programs_log_a_user_in(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (command,), programs = blocks(GUIDE, "bash")[2:], blocks(GUIDE, "python")
    write_browser(tmp_path / "browser", market, "visit")
    monkeypatch.setenv("BROWSER", str(tmp_path / "browser"))
    for number, program in enumerate(programs):
        (tmp_path / f"program{number}.py").write_text(program.replace(API, market.url))

    logged_in, *welcomes = await bash([command.replace(API, market.url), "python program0.py", "python program1.py"], tmp_path)

    assert "You are logged in. The session is in session.json" in logged_in
    assert "You are logged in" in (tmp_path / "returned").read_text()
    assert welcomes == ["Welcome, grace.\n"] * 2
    assert stat.S_IMODE((tmp_path / "session.json").stat().st_mode) == 0o600


def test_no_block_of_the_guide_is_left_out() -> None:
    text = (ROOT / GUIDE).read_text()

    assert {name: len(blocks(GUIDE, name)) for name in ("json", "html", "js", "bash", "python")} == {
        "json": 1,
        "html": 1,
        "js": 1,
        "bash": 3,
        "python": 2,
    }
    assert text.count("```") == 2 * 8
