"""Operations that browsers open as pages: one coroutine per operationId."""

from steelyard_contract import params as p
from steelyard_contract import responses as r
from steelyard_contract.problems import PageNotFound

COOKIE = "workshop-visit=yes; Path=/; Secure; HttpOnly; SameSite=Lax"


async def open_page(page: p.Page, text_size: p.TextSize, page_title: p.PageTitle) -> r.OpenPage303:  # noqa: ARG001  # read by nothing but the compiler
    if page == "nowhere":
        raise PageNotFound
    return r.OpenPage303(location=f"https://pages.example.com/{page}", set_cookie=COOKIE)
