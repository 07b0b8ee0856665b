"""All schemas that the bundle uses, once for each kind of use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from codegen.contract.document import Document, Node, pointer, referenced, schema_field

Use = Literal["request", "parameter", "response", "problem", "header"]

# Keywords that hold one schema, a list of them, or a map of them. `default`, `enum`, `const` and `examples` hold data.
ONE = (
    "items",
    "if",
    "then",
    "else",
    "not",
    "additionalProperties",
    "propertyNames",
    "contains",
    "unevaluatedProperties",
    "unevaluatedItems",
)
LIST = ("oneOf", "allOf", "anyOf", "prefixItems")
MAP = ("properties", "patternProperties", "dependentSchemas", "$defs")
CONDITIONS = ("if", "then", "else", "not")


# All types: this list, and nothing beside it, is the schema of any JSON value.
ANY_JSON = frozenset({"object", "array", "string", "number", "boolean", "null"})


def is_any(node: Node) -> bool:
    """Whether the schema is written for any JSON value: without a type it may be a mistake."""
    return isinstance(node.get("type"), list) and frozenset(node["type"]) == ANY_JSON


def is_enumeration(node: Node) -> bool:
    """Whether its values are texts, so that it becomes a class; other lists of values are types without a class."""
    return "enum" in node and all(isinstance(value, str) for value in node["enum"])


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema in one use."""

    node: Node
    pointer: str
    use: Use
    component: str | None = None
    """The name of a component."""
    inside: str = ""
    """The keyword that holds it."""
    condition: bool = False
    """It is below if, then or else, and may be incomplete."""

    def subschemas(self) -> "Iterator[Schema]":
        """Those within this one; references are not followed."""
        for key, held in self.node.items():
            below: list[tuple[tuple[str | int, ...], Any]] = []
            if key in ONE:
                below = [((key,), held)]
            elif key in LIST:
                below = [((key, index), child) for index, child in enumerate(held)]
            elif key in MAP:
                below = [((key, name), child) for name, child in held.items()]
            yield from (self._below(key, child, *steps) for steps, child in below if isinstance(child, Mapping))

    def _below(self, keyword: str, node: Node, *steps: str | int) -> "Schema":
        return Schema(node, self.pointer + pointer(*steps), self.use, None, keyword, self.condition or keyword in CONDITIONS)


def schemas(document: Document) -> Iterator[Schema]:
    """All schemas that operations use; a component comes once for each kind of use."""
    yield from reached(document, _roots(document))


def reached(document: Document, roots: Iterable[Schema]) -> Iterator[Schema]:
    """These schemas and all that they refer to."""
    seen: set[tuple[Use, str]] = set()
    waiting = list(roots)[::-1]
    while waiting:
        schema = waiting.pop()
        if (schema.use, schema.pointer) in seen:
            continue
        seen.add((schema.use, schema.pointer))
        yield schema
        below = list(schema.subschemas())
        if (name := referenced(schema.node)) is not None:
            target = pointer("components", "schemas", name)
            below.append(Schema(document.get(target), target, schema.use, name))
        waiting += below[::-1]


def _roots(document: Document) -> Iterator[Schema]:
    for operation in document.operations():
        for parameter in operation.parameters():
            yield Schema(parameter.spec["schema"], f"{parameter.pointer}/schema", "parameter")
        for media, content in operation.spec.get("requestBody", {}).get("content", {}).items():
            field = schema_field(content)
            yield Schema(content[field], operation.pointer + pointer("requestBody", "content", media, field), "request")
        for response in operation.responses():
            yield from _response(document, response.spec, response.pointer, "response" if response.status < 400 else "problem")
    for delivery in document.deliveries():  # a receiver reads it as a caller reads a response
        yield from (Schema(node, at, "response") for node, at in delivery.schemas)
    for name, shared in document.components("responses").items():
        yield from _response(document, shared, pointer("components", "responses", name), "problem")


def _response(document: Document, response: Node, at: str, use: Use) -> Iterator[Schema]:
    for media, content in response.get("content", {}).items():
        field = schema_field(content)
        yield Schema(content[field], at + pointer("content", media, field), use)
    for name, node in response.get("headers", {}).items():
        component = referenced(node)
        where = at + pointer("headers", name) if component is None else pointer("components", "headers", component)
        yield Schema(document.dereference(node)["schema"], f"{where}/schema", "header")
