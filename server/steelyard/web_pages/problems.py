"""A page for each problem, at the path in its `type`. It is made from the contract."""

import json
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from steelyard.web_pages.static import Static, html_page

Schema = dict[str, Any]

PREFIX = "/problems/"
# What every problem has; a page lists what this one adds.
COMMON = ("type", "title", "status", "detail", "instance")


@dataclass(slots=True)
class ProblemPage:
    """One problem of the contract, and where it may be met."""

    slug: str
    title: str
    status: int
    detail: str | None
    members: dict[str, str]
    example: object = None
    operations: list[str] = field(default_factory=list)


def routes(bundle: bytes) -> list[Route]:
    """`/problems`, the list of all, and `/problems/<slug>`."""

    @cache
    def pages() -> dict[str, Static]:
        problems = list_problems(json.loads(bundle))
        return {"": _list(problems)} | {each.slug: _page(each) for each in problems}

    async def every_problem(request: Request) -> Response:
        return pages()[""].respond(request)

    async def problem(request: Request) -> Response:
        page = pages().get(request.path_params["slug"])
        if page is None:
            raise HTTPException(404)
        return page.respond(request)

    return [Route("/problems", every_problem), Route("/problems/{slug}", problem)]


def list_problems(document: Schema) -> list[ProblemPage]:
    """All problems of the contract, by status and name, with the operations that list them."""
    schemas = document["components"]["schemas"]
    problems = {name: _problem(schema) for name, schema in schemas.items() if _type(schema).startswith(PREFIX)}
    for response in document["components"].get("responses", {}).values():
        for media in response.get("content", {}).values():
            for name in _named(media.get("schema", {})) & problems.keys():
                problems[name].example = problems[name].example or media.get("example")
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "operationId" in operation:
                for name in _reached(operation["responses"], document) & problems.keys():
                    problems[name].operations.append(operation["operationId"])
    return sorted(problems.values(), key=lambda each: (each.status, each.slug))


def _type(schema: Schema) -> str:
    return str(schema.get("properties", {}).get("type", {}).get("const", ""))


def _problem(schema: Schema) -> ProblemPage:
    properties: Schema = schema["properties"]
    members = {name: str(about.get("description", "")) for name, about in properties.items() if name not in COMMON}
    detail = properties["detail"].get("const")
    return ProblemPage(_type(schema).removeprefix(PREFIX), properties["title"]["const"], properties["status"]["const"], detail, members)


def _named(schema: Schema) -> set[str]:
    """The components that a schema names, itself or as alternatives."""
    alternatives = [schema, *schema.get("oneOf", ())]
    return {each["$ref"].rsplit("/", 1)[1] for each in alternatives if "$ref" in each}


def _reached(responses: Schema, document: Schema) -> set[str]:
    names: set[str] = set()
    for declared in responses.values():
        response = document["components"]["responses"][declared["$ref"].rsplit("/", 1)[1]] if "$ref" in declared else declared
        for media in response.get("content", {}).values():
            names |= _named(media.get("schema", {}))
    return names


def _list(problems: list[ProblemPage]) -> Static:
    cells = ((each.status, f'<a href="problems/{each.slug}">{each.slug}</a>', escape(each.detail or each.title)) for each in problems)
    rows = "\n".join(f"<tr><td>{status}</td><td>{link}</td><td>{detail}</td></tr>" for status, link, detail in cells)
    body = (
        "<main>\n<h1>Problems</h1>\n<p>Every problem that this API can return, as <code>application/problem+json</code> (RFC 9457). "
        "The <code>type</code> is the path of one of these pages; its meaning and status never change.</p>\n"
        f"<table><tr><th>Status</th><th>Type</th><th>Detail</th></tr>\n{rows}\n</table>\n"
        '<p><a href="docs">Try the API</a> · <a href="redoc">Read the reference</a></p>\n</main>'
    )
    return html_page("Steelyard: problems", body, root="")


def _page(page: ProblemPage) -> Static:
    parts = [
        f"<h1>{escape(page.title)}</h1>",
        f'<p><span class="status">{page.status}</span> <code>{PREFIX}{page.slug}</code></p>',
    ]
    if page.detail:
        parts.append(f"<p>{escape(page.detail)}.</p>")
    if page.members:
        rows = "".join(f"<tr><td><code>{escape(name)}</code></td><td>{escape(about)}</td></tr>" for name, about in page.members.items())
        parts.append(f"<h2>Members</h2>\n<table>{rows}</table>")
    if page.example is not None:
        parts.append(f"<h2>Example</h2>\n<pre>{escape(to_json(page.example, indent=2).decode())}</pre>")
    where = ", ".join(f"<code>{escape(name)}</code>" for name in page.operations) or "None: the server returns it outside of operations."
    parts.append(f"<h2>Operations</h2>\n<p>{where}</p>")
    parts.append('<p><a href="../problems">All problems</a> · <a href="../docs">Try the API</a></p>')
    return html_page(f"Steelyard: {page.title}", "<main>\n" + "\n".join(parts) + "\n</main>", root="../")
