"""What a run has to show, one case at a time, derived from the document and nothing else."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tests.contract.coverage.keywords import asked, filled, sides, told, written
from tests.kit.contract.checker import Contract, Operation, Schema

FORM = "application/x-www-form-urlencoded"
DIMENSIONS = {
    "answer": "operation x status x media type",
    "header": "answer x declared header; and operation x header that it may leave out",
    "problem": "operation x way to say no",
    "security": "operation x alternative of `security`, by a token that is good for nothing else",
    "access": "operation x row of `x-access`, alone",
    "parameter": "operation x parameter: sent, left out, repeated; each keyword at its edge and one beyond",
    "body": "operation x keyword of the request body: kept at its edge, broken alone; members sent and left out",
    "reply": "keyword of an answer that leaves a choice: each enum value, true and false, null and not, each branch, empty and not",
    "example": "operation x example, exchanged as it is written",
    "link": "operation x link, followed to a success",
}


ANY = "any"
"""Instead of an operation: what an answer's schema may hold is asked for once, whichever operation answers it."""


class Case(NamedTuple):
    """One thing to see; its text names it in reports and in exceptions.txt."""

    dimension: str
    operation: str
    what: str

    def __str__(self) -> str:
        return " ".join(self)


def cases(contract: Contract) -> list[Case]:
    """All of them, in the order of the document."""
    each = (case for operation in contract.operations.values() for case in _of(contract, operation))
    return list(dict.fromkeys((*each, *(Case("reply", ANY, what) for what in replies(contract)))))


def _of(contract: Contract, operation: Operation) -> Iterator[Case]:
    for dimension, whats in (
        ("answer", answers(contract, operation)),
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


def media_of(answer: Schema) -> str | None:
    """The one media type of an answer."""
    return next(iter(answer.get("content", {})), None)


def answers(contract: Contract, operation: Operation) -> Iterator[str]:
    for status, node in contract.promised(operation).items():
        yield f"{status} {media_of(node) or 'without body'}"


def headers(contract: Contract, operation: Operation) -> Iterator[str]:
    for status, node in contract.promised(operation).items():
        for name, header in node.get("headers", {}).items():
            yield f"{status} {name}"
            if not contract.resolve(header).get("required"):
                yield f"{name} left out"


def alternatives(contract: Contract, operation: Operation) -> dict[str, frozenset[str] | None]:
    """Name -> scopes that a token must have; None: nobody has to show one. What is public can be asked with a token as well."""
    found: dict[str, frozenset[str] | None] = {}
    for way in contract.security(operation):
        scopes = frozenset(scope for held in way.values() for scope in held)
        found["anonymous" if not way else " ".join(["token", *sorted(scopes)])] = scopes if way else None
    return found or {"anonymous": None, "token": frozenset()}


def parameters(contract: Contract, operation: Operation) -> Iterator[str]:
    for parameter in contract.parameters(operation):
        name = parameter["name"]
        yield f"{name} sent"
        if parameter["in"] != "path":
            yield f"{name} left out"
            if not is_edge(parameter) and not is_list(parameter):
                yield f"{name} repeated"
        for where, side in sides(contract, schema_pointer(contract, operation.id, name), written):
            yield f"{name} {where} {side}"


def is_list(parameter: Schema) -> bool:
    """A header whose lines are one list (RFC 9110, sections 5.3 and 13.1): several of them are no fault."""
    return parameter["in"] == "header" and parameter["name"].lower() in {"if-match", "if-none-match"}


def is_edge(parameter: Schema) -> bool:
    """Read by the edge, which asks less of it than the decoder of parameters does."""
    return "x-edge" in parameter


@lru_cache(None)
def schema_pointer(contract: Contract, operation_id: str, name: str) -> str:
    """Where the schema of a parameter stands."""
    operation = contract.operations[operation_id]
    for holder, at in ((contract.tree["paths"][operation.path], operation.pointer.rpartition("/")[0]), (operation.node, operation.pointer)):
        for index, node in enumerate(holder.get("parameters", ())):
            if contract.resolve(node)["name"] == name:
                return f"{node['$ref'].removeprefix('#') if '$ref' in node else f'{at}/parameters/{index}'}/schema"
    raise KeyError(name)


def body_pointer(contract: Contract, operation: Operation) -> str | None:
    """Where the schema of the request body stands."""
    described = contract.body(operation)
    return None if described is None else str(described[1]["schema"]["$ref"]).removeprefix("#")


def body(contract: Contract, operation: Operation) -> Iterator[str]:
    pointer = body_pointer(contract, operation)
    if pointer is not None:
        yield "left out"
        yield from (f"{where} {side}" for where, side in sides(contract, pointer, filled if is_form(contract, operation) else asked))


def is_form(contract: Contract, operation: Operation) -> bool:
    """Whether all members of the body are text."""
    described = contract.body(operation)
    return described is not None and described[0] == FORM


def replies(contract: Contract) -> Iterator[str]:
    for operation in contract.operations.values():
        for status, node in contract.promised(operation).items():
            if status < 300 and media_of(node):
                yield from (" ".join(side) for side in told(contract, answer_pointer(node)))


def answer_pointer(answer: Schema) -> str:
    """Where the schema of an answer's body stands."""
    return str(next(iter(answer["content"].values()))["schema"]["$ref"]).removeprefix("#")


def examples(contract: Contract, operation: Operation) -> Iterator[str]:
    described = contract.body(operation)
    if described is not None:
        yield from described[1].get("examples", {})
    for status, node in contract.promised(operation).items():
        if status < 300:
            yield from node.get("content", {}).get(media_of(node), {}).get("examples", {})
    for parameter in contract.parameters(operation):
        if "example" in parameter:
            yield f"of {parameter['name']}"


def links(contract: Contract, operation: Operation) -> Iterator[str]:
    for node in contract.promised(operation).values():
        yield from node.get("links", {})
