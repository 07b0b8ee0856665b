"""The web pages of the contract in a real browser, against the demo: a form of /docs works as filled in, or the page shows the reason."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from steelyard.demo.people import PASSWORD
from tests.e2e.browser import DESK, PHONE, Shown, chromium
from tests.e2e.swagger import Swagger
from tests.kit.contract.checker import CONTRACT
from tests.kit.servers.processes import steelyard

Expected = int | tuple[int, str]

# The status that the page shows after Execute. The order matters: an order is read before it is cancelled, and the login ends last.
SHOPPING: dict[str, Expected] = {
    "getRoot": 200,
    "getHealth": 200,
    "getPublicData": 200,
    "getAuthorizationServer": (404, "This server has no public address"),
    "listLoginProviders": 200,
    "listItems": 200,
    "getItem": 200,
    "quoteOrder": 200,
    "createOrder": 201,
    "listOrders": 200,
    "getOrder": 200,
    "cancelOrder": 200,
}
ACCOUNT: dict[str, Expected] = {
    "getCurrentUser": 200,
    "getUser": 200,
    "createAddress": 201,
    "updateAddress": 200,
    "deleteAddress": 204,
    "createItem": 201,
    "createUser": (400, "Email already registered"),
    "listIdentities": 200,
    "startIdentityLink": (400, "No client with this client_id"),
    "finishIdentityLink": (400, "The code is unknown"),
    "deleteIdentity": (404, "Identity not found"),
    "changePassword": (400, "The current password is wrong"),
    "createApiKey": 201,
    "listCredentials": 200,
    "requestEmailVerification": 202,
    "confirmEmailVerification": (400, "The token is not valid"),
    "requestPasswordReset": 202,
    "confirmPasswordReset": (400, "The token is not valid"),
    "issueToken": (401, "Incorrect username or password"),
    "revokeCredential": (404, "Credential not found"),
    "revokeCurrentCredential": 204,
}
# Operations that bob may not use.
STAFF: dict[str, Expected] = {
    "listUsers": 200,
    "updateUser": 200,
    "setUserAccess": 200,
    "updateItem": 200,
    "recordStockMovement": 201,
    "listStockMovements": 200,
    "deleteItem": 204,
    "deleteUser": (409, "The account has open orders, as a buyer or as a seller"),
}
NOT_BOBS: dict[str, Expected] = {"setUserAccess": (403, "Admin required"), "updateItem": (403, "Not permitted")}


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[tuple[Browser, str]]:
    async with steelyard("demo", "--port", "0", folder=folder) as process, chromium() as browser:
        yield browser, await process.ready()


async def logged_in(browser: Browser, url: str, name: str, size: dict[str, int] = DESK) -> Swagger:
    swagger = await Swagger(await Shown.at(browser, url, size)).open()
    await swagger.log_in(f"{name}@example.com", PASSWORD)
    return swagger


async def executed(swagger: Swagger, operation_id: str, expected: Expected) -> str | None:
    """Execute an operation as the page fills it in. The fault that this shows, if any."""
    response = await swagger.execute(operation_id)
    over = await swagger.shown.overhang()
    await swagger.fold(operation_id)
    status, reason = expected if isinstance(expected, tuple) else (expected, "")
    if response.status != status or reason not in response.text:
        return f"{operation_id}: {response.status}, {response.text}"
    return f"{operation_id}: wider than the window by {over} pixels" if over > 0 else None


async def tried(swagger: Swagger, operations: dict[str, Expected]) -> list[str]:
    faults = [await executed(swagger, operation_id, expected) for operation_id, expected in operations.items()]
    return [*filter(None, faults), *swagger.shown.strays]


def test_every_operation_is_executed() -> None:
    executable = [name for name, operation in CONTRACT.operations.items() if not operation.navigates]

    assert sorted([*SHOPPING, *ACCOUNT, *STAFF]) == sorted(executable)


@pytest.mark.slow
async def test_a_navigation_has_no_button_because_it_leaves_the_page(tmp_path: Path) -> None:
    async with demo(tmp_path) as (browser, url):
        swagger = await Swagger(await Shown.at(browser, url, DESK)).open()
        for operation_id in [name for name, operation in CONTRACT.operations.items() if operation.navigates]:
            form = swagger.form(operation_id)
            await form.locator(".opblock-summary-control").click()
            await form.locator(".responses-table").wait_for()

            assert await form.locator(".execute, .try-out__btn").count() == 0
            assert "for browsers" in await form.locator(".opblock-description").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size", "operations"),
    [("bob", PHONE, SHOPPING), ("bob", PHONE, ACCOUNT), ("admin", DESK, STAFF), ("bob", DESK, NOT_BOBS)],
    ids=["shopping", "account", "staff", "not bob's"],
)
async def test_an_operation_works_as_filled_in_or_the_page_shows_the_reason(
    tmp_path: Path, name: str, size: dict[str, int], operations: dict[str, Expected]
) -> None:
    async with demo(tmp_path) as (browser, url):
        swagger = await logged_in(browser, url, name, size)

        assert await tried(swagger, operations) == []


@pytest.mark.slow
async def test_the_page_repeats_a_request_for_the_same_body_and_makes_a_new_one_for_another(tmp_path: Path) -> None:
    async with demo(tmp_path) as (browser, url):
        bob = await logged_in(browser, url, "bob")
        form = await bob.unfold("createOrder")
        key = form.locator("input[placeholder='Idempotency-Key']")

        first, first_key = await bob.execute("createOrder"), await key.input_value()
        again = await bob.execute("createOrder")
        await form.locator("textarea").fill('{"product_id": 7, "quantity": 1}')
        other = await bob.execute("createOrder")
        await key.fill("typed-by-hand")
        await form.locator("textarea").fill('{"product_id": 7, "quantity": 3}')

        assert (first.status, again.status, other.status) == (201, 201, 201)
        assert "idempotency-replayed: true" in again.text
        assert "idempotency-replayed" not in other.text
        assert len(first_key) == 32
        assert await key.input_value() == "typed-by-hand"


@pytest.mark.slow
async def test_a_login_lasts_over_a_reload_until_the_server_ends_it(tmp_path: Path) -> None:
    async with demo(tmp_path) as (browser, url):
        bob = await logged_in(browser, url, "bob")
        kept = await bob.shown.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
        await bob.open()

        assert await bob.is_logged_in()
        assert (await bob.execute("getCurrentUser")).status == 200
        assert "access_token" in kept
        assert PASSWORD not in kept
        assert "refresh_token" not in kept

        assert (await bob.execute("revokeCurrentCredential")).status == 204
        assert (await bob.execute("getItem")).status == 401
        assert not await bob.is_logged_in()
        assert (await bob.execute("getItem")).status == 200


@pytest.mark.slow
async def test_pages_fit_the_window_load_nothing_from_other_hosts_and_can_be_searched(tmp_path: Path) -> None:
    async with demo(tmp_path) as (browser, url):
        for size in (DESK, PHONE):
            shown = await Shown.at(browser, url, size)
            for path in ("/docs/", "/redoc/", "/problems", "/problems/insufficient-stock", "/"):
                await shown.go(path)
                assert await shown.overhang() <= 0, path
            assert shown.strays == []

        reference = await Shown.at(browser, url, DESK)
        await reference.go("/redoc")
        await reference.page.fill("input[aria-label='Search']", "stock movement")
        results = reference.page.locator("[data-role='search:results']")
        await results.wait_for()
        assert "Record a stock movement" in await results.inner_text()
        assert reference.strays == []


@pytest.mark.slow
async def test_the_login_form_has_only_the_fields_of_the_contract(tmp_path: Path) -> None:
    async with demo(tmp_path) as (browser, url):
        swagger = await Swagger(await Shown.at(browser, url, PHONE)).open()
        await swagger.shown.page.click(".btn.authorize")
        dialog = await swagger.shown.page.locator(".dialog-ux .modal-ux-content").inner_text()

        assert "username" in dialog
        assert "client" not in dialog.lower()
        assert await swagger.shown.overhang() <= 0


# WCAG 2.2, 1.4.3: the ratio of the luminance of text and background.
CONTRAST = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255);
  const part = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) => 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  const opaque = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" && element.parentElement ? opaque(element.parentElement) : color;
  };
  return [...document.querySelectorAll("h1, p, pre, td, th, a, code, .status")].map((element) => {
    const [darker, lighter] = [getComputedStyle(element).color, opaque(element)].map(channels).map(luminance).sort((a, b) => a - b);
    return (lighter + 0.05) / (darker + 0.05);
  });
}"""


@pytest.mark.slow
async def test_pages_about_problems_follow_the_colour_scheme_of_the_browser(tmp_path: Path) -> None:
    async with demo(tmp_path) as (browser, url):
        backgrounds = {}
        for scheme in ("light", "dark"):
            shown = await Shown.at(browser, url, PHONE)
            await shown.page.emulate_media(color_scheme=scheme)
            for path in ("/problems", "/problems/insufficient-stock"):
                await shown.go(path)
                assert min(await shown.page.evaluate(CONTRAST)) >= 4.5, (scheme, path)
            backgrounds[scheme] = await shown.page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert backgrounds == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 25, 29)"}
