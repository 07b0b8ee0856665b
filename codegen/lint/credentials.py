"""Whether something enforces each security scheme, and whether a request can carry it beside everything else."""

from collections.abc import Iterator

from codegen.contract.document import Document, Node, pointer
from codegen.lint.breaches import Breach
from codegen.lint.surroundings import HEADER, READ_BY_ITSELF

BEARER = "write `type: oauth2`, or `type: http` with `scheme: bearer`, or `type: apiKey`"
FIELDS = {
    "oauth2": {"type", "description", "flows"},
    "http": {"type", "description", "scheme", "bearerFormat"},
    "apiKey": {"type", "description", "in", "name"},
}


def schemes(document: Document) -> Iterator[Breach]:
    """Bearer tokens, and API keys in header, query and cookie, each in a separate place."""
    taken: dict[tuple[str, str], str] = {}
    for name, scheme in document.components("securitySchemes").items():
        at = pointer("components", "securitySchemes", name)
        kind = scheme.get("type")
        if kind not in FIELDS or (kind == "http" and str(scheme.get("scheme")).lower() != "bearer"):
            shown = f"{kind} {scheme['scheme']}" if "scheme" in scheme else kind
            yield Breach("scheme", at, f"nothing enforces {shown}: {BEARER}")
            continue
        for unknown in sorted(set(scheme) - FIELDS[kind]):
            yield Breach("scheme", at + pointer(unknown), f"`{unknown}` of {kind} has no effect: remove it")
        place = (scheme["in"], scheme["name"].lower()) if kind == "apiKey" else ("header", "authorization")
        if taken.setdefault(place, name) != name:
            yield Breach(
                "scheme", at, f"{name} and {taken[place]} are both in the {' '.join(place)}, which holds one: give one another place"
            )
        if kind == "apiKey":
            yield from _key(scheme, at)
            yield from _beside(document, name, scheme)


def _key(scheme: Node, at: str) -> Iterator[Breach]:
    where, name = scheme["in"], scheme["name"]
    if where == "header" and name.lower() in {*READ_BY_ITSELF, "cookie"}:
        yield Breach("scheme", at, f"the server reads {name} by itself: write another header, such as X-API-Key, or {BEARER}")
    elif where != "query" and not HEADER.fullmatch(name):
        yield Breach("scheme", at, f"{name!r} is no name of a {where}: write letters, digits and hyphens")


def _beside(document: Document, name: str, scheme: Node) -> Iterator[Breach]:
    """No parameter of an operation is the key."""
    for operation in document.operations():
        if any(name in way for way in operation.security):
            for parameter in operation.parameters():
                spelled = parameter.name.lower() if scheme["in"] == "header" else parameter.name
                taken_name = scheme["name"].lower() if scheme["in"] == "header" else scheme["name"]
                if (parameter.spec["in"], spelled) == (scheme["in"], taken_name):
                    remedy = "remove the parameter, which handlers must not see"
                    yield Breach("scheme", parameter.pointer, f"{parameter.name} is the key of {name}: {remedy}")
