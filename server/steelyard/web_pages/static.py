"""Responses of web pages: bytes with their digest as entity tag, and their content security policy."""

import hashlib
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from steelyard.contract.http.etags import is_not_modified


def policy(*styles: str, workers: str = "'none'") -> str:
    """What a page may do: load files of this origin and send requests to it. `styles` admits inline sheets by their hash."""
    sheets = " ".join(("'self'", *styles))
    return (
        f"default-src 'none'; script-src 'self'; style-src {sheets}; img-src 'self' data:; connect-src 'self'; worker-src {workers}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Static:
    """Bytes that do not change while the process runs."""

    def __init__(self, body: bytes, media_type: str, *, max_age_s: int = 0, styles: tuple[str, ...] = (), workers: str = "'none'") -> None:
        self.body = body
        self.media_type = media_type
        self.etag = f'"{hashlib.sha256(body).hexdigest()}"'
        self._policy = policy(*styles, workers=workers)
        self._cache = f"public, max-age={max_age_s}" if max_age_s else "public, no-cache"

    def respond(self, request: Request) -> Response:
        """The bytes, or word that the caller has them already."""
        headers = {"etag": self.etag, "cache-control": self._cache, "content-security-policy": self._policy}
        if (seen := request.headers.getlist("if-none-match")) and is_not_modified(", ".join(seen), self.etag):
            return Response(status_code=304, headers=headers)
        return Response(self.body, media_type=self.media_type, headers=headers)


def html_page(
    title: str,
    body: str,
    *,
    root: str,
    scripts: tuple[str, ...] = (),
    sheets: tuple[str, ...] = ("page.css",),
    styles: tuple[str, ...] = (),
    workers: str = "'none'",
) -> Static:
    """A whole page; `root` leads from its address to the root, so that it works below any prefix."""
    head = [f'<link rel="stylesheet" href="{root}docs/assets/{name}">' for name in sheets]
    head.append(f'<link rel="icon" type="image/svg+xml" href="{root}docs/assets/icon.svg">')
    tail = "".join(f'<script src="{root}docs/assets/{name}"></script>\n' for name in scripts)
    text = (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"{chr(10).join(head)}\n</head>\n<body>\n{body}\n{tail}</body>\n</html>\n"
    )
    return Static(text.encode(), "text/html", styles=styles, workers=workers)
