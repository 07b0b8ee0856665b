"""Valid values of members of request bodies: bounds, enumerations, texts that must not be trimmed or folded, lists that differ."""

from collections.abc import Iterator
from typing import Any

from tests.kit.contract.checker import CONTRACT, Operation, Schema

TEXTS = (" x ", "", "\u00e4\u00f6\u00fc \u4e2d", "100%_Cotton", "0")


def body_schemas(operation: Operation) -> list[tuple[str, Schema]]:
    """Pointer and schema of each form of the body."""
    described = CONTRACT.body(operation)
    if described is None or "$ref" not in described[1]["schema"]:
        return []
    pointer = described[1]["schema"]["$ref"].removeprefix("#")
    schema = CONTRACT.at(pointer)
    return [(branch["$ref"].removeprefix("#"), CONTRACT.resolve(branch)) for branch in schema.get("oneOf", ())] or [(pointer, schema)]


def members(operation: Operation) -> dict[str, Schema]:
    """The members of the body, of all its forms."""
    return {name: node for _, schema in body_schemas(operation) for name, node in schema.get("properties", {}).items()}


def form_of(operation: Operation, body: dict[str, Any]) -> tuple[str, Schema]:
    """Pointer and schema of the form that a body has."""
    return next((pointer, schema) for pointer, schema in body_schemas(operation) if set(body) <= set(schema.get("properties", {})))


def variants(operation: Operation, plain: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """(member, body) for each value of each member, or of the named ones, if the body is valid with it. Texts and files have no members."""
    if not isinstance(plain, dict):
        for pointer, schema in body_schemas(operation):
            yield from (("", value) for value in samples(schema) if value != plain and CONTRACT.validator(pointer).is_valid(value))
        return
    pointer, schema = form_of(operation, plain)
    for name, node in schema["properties"].items():
        if not names or name in names:
            for value in samples(node):
                body = {**plain, name: value}
                if CONTRACT.validator(pointer).is_valid(body):
                    yield name, body


def varied(operation: Operation, body: Any) -> Any:
    """Another body that the document allows."""
    if isinstance(body, list):  # the items of a stream
        return [*body, body[0]]
    _, content = CONTRACT.body(operation) or ("", {})
    validator = CONTRACT.validator(content["schema"]["$ref"].removeprefix("#"))
    others = {"": body} if isinstance(body, str) else body
    changed = {name: f"{value}x" if isinstance(value, str) else value + 1 for name, value in others.items() if type(value) in {str, int}}
    bodies = (value if isinstance(body, str) else {**body, name: value} for name, value in changed.items())
    return next(other for other in bodies if validator.is_valid(other))


def samples(node: Schema) -> list[Any]:
    """Values of a schema, the usual ones first. Some may be invalid."""
    node = {**CONTRACT.resolve(node), **{key: held for key, held in node.items() if key != "$ref"}}
    if "oneOf" in node:
        return [value for branch in node["oneOf"] for value in samples(branch)]
    if "const" in node:
        return [node["const"]]
    if "enum" in node:
        return list(node["enum"])
    kinds = node.get("type", "object")
    values = [value for kind in ([kinds] if isinstance(kinds, str) else kinds) for value in _of_kind(kind, node)]
    return [value for index, value in enumerate(values) if value not in values[:index]]


def _of_kind(kind: str, node: Schema) -> list[Any]:
    examples = [value for value in node.get("examples", ()) if not isinstance(value, dict)]
    if kind in {"null", "boolean"}:
        return [None] if kind == "null" else [True, False]
    if kind in {"integer", "number"}:
        return [*examples, *(node[bound] for bound in ("minimum", "maximum") if bound in node)]
    if kind == "string":
        return [*examples, *(() if "format" in node else TEXTS)]
    if kind == "array":
        items = samples(node["items"])
        whole = examples[0] if examples else items[:2]
        return [whole, whole[::-1], whole[1:], [*whole[:1], *items[1:2]], []]
    if "properties" not in node:
        return []
    first = {name: samples(held)[0] for name, held in node["properties"].items() if name in node.get("required", ())}
    others = [{**first, name: value} for name in first for value in samples(node["properties"][name])[1:2]]
    return [first, *others]
