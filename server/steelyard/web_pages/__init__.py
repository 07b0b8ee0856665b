"""Pages that are not operations: the contract, Swagger UI, ReDoc, the problem types, and `/livez`."""

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from steelyard.settings import Settings
from steelyard.web_pages import contract, livez, login, problems, reference


def routes(settings: Settings, bundle: bytes) -> list[Route]:
    """Plain routes for the application: /livez and the document always, the pages about it unless they are switched off."""
    pages = [*livez.routes(), *login.routes(settings), *contract.routes(contract.below(settings.root_path, bundle))]
    if settings.docs:
        pages += [*reference.routes(has_providers=bool(settings.login_providers)), *problems.routes(bundle)]
    return [*pages, *(Route(route.path + "/", _without_slash) for route in pages)]


async def _without_slash(request: Request) -> RedirectResponse:
    """The page without the slash, because its own links are relative to that address."""
    name = request.url.path.rstrip("/").rsplit("/", 1)[1]
    return RedirectResponse(f"../{name}", status_code=308)
