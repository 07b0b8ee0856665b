"""The cases that a run must show, derived from the document and nothing else."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tests.contract.coverage.keywords import in_form, in_json, in_text, response_sides, sides
from tests.kit.contract.checker import Contract, Operation, Schema

FORM = "application/x-www-form-urlencoded"
DIMENSIONS = {
    "response": "operation x status x media type",
    "header": "response x declared header; operation x optional header",
    "problem": "operation x problem",
    "security": "operation x alternative of `security`, with a token that satisfies no other",
    "access": "operation x row of `x-access`, alone",
    "parameter": "operation x parameter: sent, left out, repeated; each keyword at its edge and one beyond",
    "body": "operation x keyword of the request body: at its edge, broken alone; members sent and left out",
    "value": "keyword of a response with several outcomes: each enum value, true and false, null and not, each branch, empty and not",
    "example": "operation x example, exchanged as written",
    "link": "operation x link, followed to a success",
}


ANY = "any"
"""In place of an operation: a value of a response is one case, whichever operation returns it."""


class Case(NamedTuple):
    """One case; its text names it in reports and in exceptions.txt."""

    dimension: str
    operation: str
    what: str

    def __str__(self) -> str:
        return " ".join(self)


def cases(contract: Contract) -> list[Case]:
    """All of them, in the order of the document."""
    each = (case for operation in contract.operations.values() for case in _of(contract, operation))
    return list(dict.fromkeys((*each, *(Case("value", ANY, what) for what in response_values(contract)))))


def _of(contract: Contract, operation: Operation) -> Iterator[Case]:
    for dimension, whats in (
        ("response", responses(contract, operation)),
        ("header", headers(contract, operation)),
        ("problem", iter(contract.problems(operation))),
        ("security", iter(alternatives(contract, operation))),
        ("access", iter(operation.node.get("x-access", {}))),
        ("parameter", parameters(contract, operation)),
        ("body", body(contract, operation)),
        ("example", examples(contract, operation)),
        ("link", links(contract, operation)),
    ):
        yield from (Case(dimension, operation.id, what) for what in whats)


def media_of(response: Schema) -> str | None:
    """The media type of a response."""
    return next(iter(response.get("content", {})), None)


def responses(contract: Contract, operation: Operation) -> Iterator[str]:
    for status, node in contract.responses(operation).items():
        yield f"{status} {media_of(node) or 'without body'}"


def headers(contract: Contract, operation: Operation) -> Iterator[str]:
    for status, node in contract.responses(operation).items():
        for name, header in node.get("headers", {}).items():
            yield f"{status} {name}"
            if not contract.resolve(header).get("required"):
                yield f"{name} left out"


def alternatives(contract: Contract, operation: Operation) -> dict[str, frozenset[str] | None]:
    """Name -> scopes that a token must have; None: no token. A public operation also accepts a token."""
    by_name: dict[str, frozenset[str] | None] = {}
    for way in contract.security(operation):
        scopes = frozenset(scope for held in way.values() for scope in held)
        by_name["anonymous" if not way else " ".join(["token", *sorted(scopes)])] = scopes if way else None
    return by_name or {"anonymous": None, "token": frozenset()}


def parameters(contract: Contract, operation: Operation) -> Iterator[str]:
    for parameter in contract.parameters(operation):
        name = parameter["name"]
        yield f"{name} sent"
        if parameter["in"] != "path":
            yield f"{name} left out"
            if not is_edge(parameter) and not is_list(parameter):
                yield f"{name} repeated"
        for where, side in sides(contract, schema_pointer(contract, operation.id, name), in_text):
            yield f"{name} {where} {side}"


def is_list(parameter: Schema) -> bool:
    """A header whose lines are one list (RFC 9110, sections 5.3 and 13.1): several lines are valid."""
    return parameter["in"] == "header" and parameter["name"].lower() in {"if-match", "if-none-match"}


def is_edge(parameter: Schema) -> bool:
    """Read by the edge, which validates less than the decoder of parameters."""
    return "x-edge" in parameter


@lru_cache(None)
def schema_pointer(contract: Contract, operation_id: str, name: str) -> str:
    """Where the schema of a parameter is."""
    operation = contract.operations[operation_id]
    for holder, at in ((contract.tree["paths"][operation.path], operation.pointer.rpartition("/")[0]), (operation.node, operation.pointer)):
        for index, node in enumerate(holder.get("parameters", ())):
            if contract.resolve(node)["name"] == name:
                return f"{node['$ref'].removeprefix('#') if '$ref' in node else f'{at}/parameters/{index}'}/schema"
    raise KeyError(name)


def body_pointer(contract: Contract, operation: Operation) -> str | None:
    """Where the schema of the request body is."""
    described = contract.body(operation)
    return None if described is None else str(described[1]["schema"]["$ref"]).removeprefix("#")


def body(contract: Contract, operation: Operation) -> Iterator[str]:
    pointer = body_pointer(contract, operation)
    if pointer is not None:
        yield "left out"
        yield from (f"{where} {side}" for where, side in sides(contract, pointer, in_form if is_form(contract, operation) else in_json))


def is_form(contract: Contract, operation: Operation) -> bool:
    """Whether all members of the body are text."""
    described = contract.body(operation)
    return described is not None and described[0] == FORM


def response_values(contract: Contract) -> Iterator[str]:
    for operation in contract.operations.values():
        for status, node in contract.responses(operation).items():
            if status < 300 and media_of(node):
                yield from (" ".join(side) for side in response_sides(contract, response_pointer(node)))


def response_pointer(response: Schema) -> str:
    """Where the schema of a response's body is."""
    return str(next(iter(response["content"].values()))["schema"]["$ref"]).removeprefix("#")


def examples(contract: Contract, operation: Operation) -> Iterator[str]:
    described = contract.body(operation)
    if described is not None:
        yield from described[1].get("examples", {})
    for status, node in contract.responses(operation).items():
        if status < 300:
            yield from node.get("content", {}).get(media_of(node), {}).get("examples", {})
    for parameter in contract.parameters(operation):
        if "example" in parameter:
            yield f"of {parameter['name']}"


def links(contract: Contract, operation: Operation) -> Iterator[str]:
    for node in contract.responses(operation).values():
        yield from node.get("links", {})
