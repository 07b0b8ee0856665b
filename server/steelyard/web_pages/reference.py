"""Swagger UI at /docs and ReDoc at /redoc, from the files that the fastapi-offline package brings: no other host, no inline script."""

import importlib.util
from importlib import resources
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from steelyard.web_pages.static import Static, html_page

# Long enough for a visit, and short enough that a new release is not shown with old scripts.
ASSETS_FOR_S = 3600

# ReDoc makes two kinds of inline sheets: empty ones that it fills rule by rule, and one fixed text of its scroll bar.
REDOC_STYLES = ("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='")

OWN_ASSETS = {
    "swagger.js": "text/javascript",
    "oauth2-redirect.js": "text/javascript",
    "redoc.js": "text/javascript",
    "page.css": "text/css",
    "reference.css": "text/css",
    "icon.svg": "image/svg+xml",
}
# ReDoc loads its maker's logo from another host, whatever its options: this replaces that address.
FOREIGN_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
NO_LOGO = b"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/%3E"
PACKAGE_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
}


class Assets:
    """The files that pages load, read at the first request."""

    def __init__(self) -> None:
        self._read: dict[str, Static] = {}

    def find(self, name: str) -> Static | None:
        """The file of that name, if the pages need it."""
        if name not in self._read:
            if name in OWN_ASSETS:
                self._read[name] = Static(
                    (resources.files(__package__) / "assets" / name).read_bytes(), OWN_ASSETS[name], max_age_s=ASSETS_FOR_S
                )
            elif name in PACKAGE_ASSETS:
                body = (_package() / name).read_bytes().replace(FOREIGN_LOGO, NO_LOGO)
                self._read[name] = Static(body, PACKAGE_ASSETS[name], max_age_s=ASSETS_FOR_S)
        return self._read.get(name)


def _package() -> Path:
    """Where the package's files lie; importing it would load FastAPI's pages, which we do not use."""
    spec = importlib.util.find_spec("fastapi_offline")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("fastapi-offline is not installed, so there is no Swagger UI to show. Install it, or set STEELYARD_DOCS=false")
    return Path(spec.submodule_search_locations[0]) / "static"


def routes(*, has_providers: bool) -> list[Route]:
    """/docs with its login button, /redoc, and the files of both. Logins with third parties are shown if there are providers."""
    assets = Assets()
    swagger = html_page(
        "Steelyard: try it",
        f'<div id="swagger-ui"{" data-providers" if has_providers else ""}></div>',
        root="",
        scripts=("swagger-ui-bundle.js", "swagger.js"),
        sheets=("swagger-ui.css", "reference.css"),
    )
    returned = html_page(
        "Steelyard: log in", '<main><p id="note"></p></main>', root="../", scripts=("oauth2-redirect.js",), sheets=("page.css",)
    )
    redoc = html_page(
        "Steelyard: reference",
        '<div id="redoc"></div>',
        root="",
        scripts=("redoc.standalone.js", "redoc.js"),
        sheets=("reference.css",),
        styles=REDOC_STYLES,
        # Its search runs in a worker that it makes from its own text.
        workers="blob:",
    )

    async def docs(request: Request) -> Response:
        return swagger.respond(request)

    async def oauth2_redirect(request: Request) -> Response:
        """The redirect URI of the client `swagger-ui`. Its address has a code, which goes nowhere with the requests of the page."""
        response = returned.respond(request)
        response.headers["referrer-policy"] = "no-referrer"
        return response

    async def reference(request: Request) -> Response:
        return redoc.respond(request)

    async def asset(request: Request) -> Response:
        page = assets.find(request.path_params["name"])
        return Response(status_code=404) if page is None else page.respond(request)

    pages = [Route("/docs", docs), Route("/docs/oauth2-redirect", oauth2_redirect), Route("/redoc", reference)]
    return [*pages, Route("/docs/assets/{name}", asset)]
