"""Swagger UI as its users operate it: log in, open an operation, execute it, read the response."""

from dataclasses import dataclass

from playwright.async_api import Locator

from tests.e2e.browser import Shown
from tests.kit.contract.checker import CONTRACT


@dataclass(frozen=True)
class ShownResponse:
    """A response as the page shows it."""

    status: int
    text: str


class Swagger:
    """The page /docs."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown

    async def open(self) -> "Swagger":
        await self.shown.go("/docs")
        await self.shown.page.locator(".opblock").first.wait_for()
        return self

    async def log_in(self, email: str, password: str) -> None:
        page = self.shown.page
        await page.click(".btn.authorize")
        await page.fill("#oauth_username", email)
        await page.fill("#oauth_password", password)
        await page.click(".auth-btn-wrapper .authorize")
        await page.locator(".auth-btn-wrapper >> text=Logout").wait_for()
        await page.click(".btn-done")

    async def is_logged_in(self) -> bool:
        return await self.shown.page.locator(".btn.authorize.locked").count() == 1

    def form(self, operation_id: str) -> Locator:
        tag = CONTRACT.operations[operation_id].node["tags"][0]
        return self.shown.page.locator(f"#operations-{tag}-{operation_id}")

    async def unfold(self, operation_id: str) -> Locator:
        """The form of an operation, filled in by the page."""
        form = self.form(operation_id)
        if not await form.locator(".execute").count():
            await form.locator(".opblock-summary-control").click()
            await form.locator(".execute").wait_for()
        return form

    async def fold(self, operation_id: str) -> None:
        await self.form(operation_id).locator(".opblock-summary-control").click()

    async def execute(self, operation_id: str) -> ShownResponse:
        """Press the button, and read status and body below it."""
        form = await self.unfold(operation_id)
        clear = form.locator(".btn-clear")
        if await clear.count():
            await clear.click()
        await form.locator(".execute").click()
        live = form.locator(".live-responses-table tbody .response")
        await live.wait_for()
        status = await live.locator(".response-col_status").first.inner_text()
        return ShownResponse(int(status.split()[0]), await live.inner_text())
