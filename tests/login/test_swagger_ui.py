"""The login button of /docs with a third party, in a real browser."""

from playwright.async_api import Browser

from tests.e2e.browser import DESK, Shown
from tests.e2e.swagger import Swagger
from tests.login.conftest import Market, log_in_at_provider

FORM = ".auth-container:has(label[for=client_id_authorizationCode])"


async def begun(market: Market, browser: Browser, user: str) -> Swagger:
    """The page after a login at the provider, whose window is closed."""
    swagger = await Swagger(await Shown.at(browser, market.url, DESK)).open()
    page = swagger.shown.page
    await page.click(".btn.authorize")
    assert "client_" not in await page.locator(".dialog-ux .modal-ux-content").inner_text(), "the page is the client"
    async with page.expect_popup() as opened:
        await page.locator(f"{FORM} .btn.authorize").click()
    window = await opened.value
    await log_in_at_provider(window, user)
    if not window.is_closed():
        await window.wait_for_event("close")
    return swagger


async def test_a_user_logs_in_and_the_login_lasts_over_a_reload(market: Market, browser: Browser) -> None:
    swagger = await begun(market, browser, "grace")
    page = swagger.shown.page
    await page.locator(".auth-btn-wrapper >> text=Logout").first.wait_for()
    await page.locator(".btn-done").first.click()
    kept = await page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")

    me = await swagger.execute("getCurrentUser")
    await swagger.open()

    assert (me.status, "grace@example.com" in me.text) == (200, True), me.text
    assert await swagger.is_logged_in()
    assert "access_token" in kept
    assert not [secret for secret in ("codeVerifier", "syc_", "refresh_token") if secret in kept]
    assert swagger.shown.strays == []


async def test_the_page_shows_why_a_login_failed(market: Market, browser: Browser) -> None:
    swagger = await begun(market, browser, "alice")

    message = swagger.shown.page.locator(".auth-container .errors").first
    await message.wait_for()

    assert "password" in await message.inner_text(), "an account with this address exists"
    assert not await swagger.is_logged_in()


async def test_a_response_of_another_login_or_server_is_ignored(market: Market, browser: Browser) -> None:
    swagger = await Swagger(await Shown.at(browser, market.url, DESK)).open()
    page = swagger.shown.page
    await page.click(".btn.authorize")
    async with page.expect_popup() as opened:
        await page.locator(f"{FORM} .btn.authorize").click()
    window = await opened.value

    await window.goto(f"{market.url}/docs/oauth2-redirect?code=syc_foreign&state=foreign&iss={market.url}")
    await window.locator("text=The page that began this login is closed").wait_for()
    state = await page.evaluate("swaggerUIRedirectOauth2.state")
    await window.goto(f"{market.url}/docs/oauth2-redirect?code=syc_foreign&iss=https://evil.example&state={state.replace('=', '%3D')}")
    message = page.locator(".auth-container .errors").first
    await message.wait_for()

    assert "https://evil.example" in await message.inner_text()
    assert not await swagger.is_logged_in()
