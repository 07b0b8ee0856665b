"""headers.py: the headers and methods that pages of other origins may use, and the headers that never vary."""

from collections.abc import Iterator

from codegen.contract import deprecations
from codegen.contract.document import METHODS, Document, Node

TOP = """
from collections.abc import Mapping
"""
# Scripts may read the first ones anyway (the Fetch standard's safelist). The others are for caches and browsers.
NOT_FOR_SCRIPTS = {
    *("Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma"),
    *("Allow", "Vary", "WWW-Authenticate"),
}


def render(document: Document) -> str:
    """The module."""
    headers = {name: document.dereference(node) for name, node in _of_responses(document)}
    constants = {
        name: spec["schema"]["const"] for name, spec in headers.items() if spec.get("x-edge") == "always" and "const" in spec["schema"]
    }
    exposed = [name for name in (*headers, *deprecations.HEADERS) if name not in NOT_FOR_SCRIPTS | constants.keys()]
    return f"""{TOP}
# Response headers that scripts of other origins may read.
EXPOSED: tuple[str, ...] = {tuple(dict.fromkeys(exposed))!r}

# Request headers that pages of other origins may send.
ACCEPTED: tuple[str, ...] = {tuple(dict.fromkeys(_of_requests(document)))!r}

METHODS: tuple[str, ...] = {tuple(dict.fromkeys(_methods(document)))!r}

# Headers that have the same value in every response.
CONSTANTS: Mapping[str, str] = {constants!r}
"""


def _of_responses(document: Document) -> Iterator[tuple[str, Node]]:
    for operation in document.operations():
        for response in operation.responses():
            yield from response.spec.get("headers", {}).items()
    for shared in document.components("responses").values():
        yield from shared.get("headers", {}).items()


def _of_requests(document: Document) -> Iterator[str]:
    yield "Accept"
    for scheme in document.components("securitySchemes").values():
        if scheme.get("in", "header") == "header":
            yield scheme["name"] if scheme["type"] == "apiKey" else "Authorization"
    yield "Content-Type"
    for operation in document.operations():
        yield from (parameter.name for parameter in operation.parameters() if parameter.spec["in"] == "header")


def _methods(document: Document) -> Iterator[str]:
    """Those of the contract, and those that HTTP and browsers add: HEAD to GET (RFC 9110, 9.3.2), OPTIONS to any."""
    used = {operation.method for operation in document.operations()}
    for method in METHODS:
        if method in used:
            yield from ("GET", "HEAD") if method == "get" else (method.upper(),)
    yield "OPTIONS"
