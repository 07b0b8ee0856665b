"""The page where a user chooses an identity provider. It is made for each request, and has no script."""

from html import escape
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from steelyard.settings import Settings
from steelyard.web_pages.static import html_page

# No authorization request has a longer one.
MAX_QUERY_LENGTH = 8000


def routes(settings: Settings) -> list[Route]:
    """/login, if there are providers."""
    if not settings.login_providers:
        return []

    async def login(request: Request) -> Response:
        """Links to authorize with the same parameters and each provider; what is wrong with them is said there."""
        query = request.url.query
        sent = parse_qsl(query, keep_blank_values=True) if len(query) <= MAX_QUERY_LENGTH else []
        kept = [(name, value) for name, value in sent if name != "provider"]
        links = "\n".join(
            f'<li><a href="authorize?{escape(urlencode([*kept, ("provider", each.id)], quote_via=quote))}">{escape(each.name)}</a></li>'
            for each in settings.login_providers
        )
        page = html_page("Log in", f"<main><h1>Log in</h1>\n<ul>\n{links}\n</ul></main>", root="", sheets=())
        response = page.respond(request)
        response.headers["cache-control"] = "no-store"
        return response

    return [Route("/login", login)]
