"""The cases that a run must show, derived from the document and nothing else."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tests.contract.coverage.keywords import BEYOND, Rules, in_form, in_json, in_multipart, in_raw, in_text, response_sides, sides
from tests.kit.contract.bodies import FORM, MULTIPART, is_json, is_stream, schema_field
from tests.kit.contract.checker import CONTRACT, Contract, Operation, Schema

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


def responses(contract: Contract, operation: Operation) -> Iterator[str]:
    for status, node in contract.responses(operation).items():
        yield from (of_response(status, node, media) for media in node.get("content", {}) or (None,))


def of_response(status: int, response: Schema, media: str | None) -> str:
    """A response in one of its media types. Those of a problem follow from the request alone, whatever its status."""
    is_further = status >= 400 and media not in {next(iter(response.get("content", {})), None), None}
    return f"{'problem' if is_further else status} {media or 'without body'}"


def headers(contract: Contract, operation: Operation) -> Iterator[str]:
    for status, node in contract.responses(operation).items():
        for name, header in node.get("headers", {}).items():
            yield f"{status} {name}"
            if not contract.resolve(header).get("required"):
                yield f"{name} left out"


class Way(NamedTuple):
    """What a caller has to show."""

    scopes: frozenset[str] | None
    """Of a token; None: no token."""
    keys: frozenset[str] = frozenset()
    """Security schemes that are API keys."""


def alternatives(contract: Contract, operation: Operation) -> dict[str, Way]:
    """By their names. A public operation also accepts a token."""
    by_name: dict[str, Way] = {}
    schemes = contract.tree["components"]["securitySchemes"]
    for way in contract.security(operation):
        tokens = [scopes for scheme, scopes in way.items() if "in" not in schemes[scheme]]
        scopes = frozenset(scope for held in tokens for scope in held) if tokens else None
        keys = frozenset(scheme for scheme in way if "in" in schemes[scheme])
        words = [*(["token"] if scopes is not None else []), *sorted(scopes or ()), *sorted(keys)]
        by_name[" ".join(words) or "anonymous"] = Way(scopes, keys)
    return by_name or {"anonymous": Way(None), "token": Way(frozenset())}


def parameters(contract: Contract, operation: Operation) -> Iterator[str]:
    for parameter in contract.parameters(operation):
        name = parameter["name"]
        yield f"{name} sent"
        if parameter["in"] != "path":
            yield f"{name} left out"
            if not is_edge(parameter) and not is_list(parameter):
                yield f"{name} repeated"
        for where, side in sides(contract, schema_pointer(contract, operation.id, name), in_text):
            if not (side == BEYOND and is_no_segment(contract, parameter, where)):
                yield f"{name} {where} {side}"


def is_no_segment(contract: Contract, parameter: Schema, where: str) -> bool:
    """Whether one beyond that keyword would be an empty segment, which no path of the contract has."""
    keyword = where.rpartition("/")[2]
    least = contract.resolve(parameter["schema"]).get(keyword)
    return parameter["in"] == "path" and keyword in {"minLength", "minItems"} and least == 1


def is_list(parameter: Schema) -> bool:
    """A header whose lines are one list (RFC 9110, sections 5.3 and 13.1): several lines are valid."""
    is_array = CONTRACT.resolve(parameter["schema"]).get("type") == "array"
    return parameter["in"] == "header" and (is_array or parameter["name"].lower() in {"if-match", "if-none-match"})


def is_one_text(parameter: Schema) -> bool:
    """An array whose elements are one text, with commas between them."""
    is_array = CONTRACT.resolve(parameter["schema"]).get("type") == "array"
    return is_array and (parameter["in"] != "query" or parameter.get("explode") is False)


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
    return None if described is None else str(described[1][schema_field(described[0])]["$ref"]).removeprefix("#")


def body(contract: Contract, operation: Operation) -> Iterator[str]:
    pointer = body_pointer(contract, operation)
    if pointer is not None:
        yield "left out"
        yield from (f"{where} {side}" for where, side in sides(contract, pointer, rules_of(contract, operation)))


def rules_of(contract: Contract, operation: Operation) -> Rules:
    """How the media type of the body reads keywords."""
    media, _ = contract.body(operation) or ("", {})
    if is_json(media) or is_stream(media):
        return in_json
    return in_form if media == FORM else in_multipart if media == MULTIPART else in_raw


def response_values(contract: Contract) -> Iterator[str]:
    for operation in contract.operations.values():
        for status, node in contract.responses(operation).items():
            for media in node.get("content", {}) if status < 300 else ():
                yield from (" ".join(side) for side in response_sides(contract, response_pointer(node, media)))


def response_pointer(response: Schema, media: str) -> str:
    """Where the schema of a response's body is, or that of its items."""
    return str(response["content"][media][schema_field(media)]["$ref"]).removeprefix("#")


def examples(contract: Contract, operation: Operation) -> Iterator[str]:
    described = contract.body(operation)
    if described is not None:
        yield from described[1].get("examples", {})
    for status, node in contract.responses(operation).items():
        for content in node.get("content", {}).values() if status < 300 else ():
            yield from content.get("examples", {})
    for parameter in contract.parameters(operation):
        if "example" in parameter:
            yield f"of {parameter['name']}"


def links(contract: Contract, operation: Operation) -> Iterator[str]:
    for node in contract.responses(operation).values():
        yield from node.get("links", {})
