"""A real browser: the Chromium of this machine, with an empty profile and no traffic in the background."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, async_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
# A machine that runs other programs on every core needs a while for the largest forms.
PATIENCE_MS = 60_000


def program() -> str:
    """The path of Chromium."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert path, "There is no Chromium to open the pages with. Install one: `apt-get install chromium`, or Google Chrome."
    return path


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without windows. As root, Chromium starts only without its sandbox."""
    flags = [*QUIET, "--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else [*QUIET]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=flags)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Shown:
    """A page of one server, with its faults: requests to other hosts, and errors in its console."""

    page: Page
    url: str
    strays: list[str] = field(default_factory=list)

    @classmethod
    async def at(cls, browser: Browser, url: str, size: dict[str, int]) -> "Shown":
        context = await browser.new_context(viewport={"width": size["width"], "height": size["height"]})
        context.set_default_timeout(PATIENCE_MS)
        shown = cls(await context.new_page(), url)
        shown.page.on("request", lambda request: shown._check_host(request.url))
        shown.page.on("pageerror", lambda error: shown.strays.append(str(error)))
        shown.page.on("console", lambda message: shown.strays.append(message.text) if "Content Security" in message.text else None)
        return shown

    def _check_host(self, url: str) -> None:
        if not url.removeprefix("blob:").startswith((self.url, "data:")):
            self.strays.append(url)

    async def go(self, path: str) -> None:
        """Open a path of the server, and wait until everything on it is loaded."""
        await self.page.goto(self.url + path, wait_until="networkidle")

    async def overhang(self) -> int:
        """The number of pixels by which the page is wider than the window."""
        over: int = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return over
