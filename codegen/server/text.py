"""Python source of types and texts. The formatter sets quotes and line breaks, and removes unused imports."""

from collections.abc import Iterable

from codegen.contract.document import Node, referenced
from codegen.contract.names import schema_class

PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}
FORMATS = {"uuid": "UUID", "date-time": "datetime", "date": "date", "byte": "bytes"}
# Keyword of a schema -> argument of pydantic's Field.
LIMITS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minItems": "min_length",
    "maxItems": "max_length",
}


def annotation(schema: Node) -> str:
    """The type of a value of this schema, without its bounds."""
    if (name := referenced(schema)) is not None:
        return f"m.{schema_class(name)}"
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    for keyword in {"oneOf", "anyOf"} & set(schema):
        return " | ".join(dict.fromkeys(map(annotation, schema[keyword])))
    kinds = schema.get("type", "string")
    return " | ".join(_named(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _named(kind: str, schema: Node) -> str:
    if kind == "null":
        return "None"
    if kind == "array":
        return f"list[{annotation(schema['items'])}]"
    return FORMATS.get(schema.get("format", ""), "str") if kind == "string" else PLAIN[kind]


def limits(schema: Node) -> list[str]:
    """The bounds of a schema as arguments of Field."""
    return [f"{LIMITS[key]}={held!r}" for key, held in schema.items() if key in LIMITS]


class Source(str):
    """Python source."""

    __slots__ = ()


def call(function: str, /, **arguments: object) -> Source:
    """A call by keywords; the comma at its end makes the formatter give each a line."""
    pairs = (f"{argument}={value if isinstance(value, Source) else repr(value)}" for argument, value in arguments.items())
    return Source(f"{function}({', '.join(pairs)},)")


def tuple_of(calls: Iterable[Source]) -> Source:
    """A tuple of calls."""
    return Source(f"({''.join(f'{one},' for one in calls)})")


def docstring(text: str) -> str:
    """The text in triple quotes, on one line."""
    safe = " ".join(text.split()).replace("\\", "\\\\").replace('"', "'")
    return f'"""{safe}"""'
