"""The type of a value in the SDK, and the expression that reads it from JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from codegen.contract.document import Document, Node, referenced
from codegen.contract.media import is_binary
from codegen.contract.schemas import is_any, is_enumeration
from codegen.contract.yaml import ContractError

PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}
# Format of a string -> its type, and how it is read.
FORMATS: dict[str, tuple[str, str]] = {
    "date-time": ("datetime.datetime", "datetime.datetime.fromisoformat({})"),
    "date": ("datetime.date", "datetime.date.fromisoformat({})"),
    "uuid": ("UUID", "read_uuid({})"),
}
# What a form takes as its file: the bytes, or a name and the bytes.
FILE = "bytes | tuple[str, bytes]"


@dataclass(frozen=True)
class PythonType:
    """A type."""

    read: str
    """Of a value that was received."""
    accepted: str
    """Of a value that users may give."""
    construct: Callable[[str], str] | None = None
    """The expression that reads it from the JSON value that an expression yields; None: it is that value."""
    classes: frozenset[str] = field(default_factory=frozenset)
    """Models and enumerations in `read`."""
    inputs: frozenset[str] = field(default_factory=frozenset)
    """Typed dictionaries in `given`."""
    item: "PythonType | None" = None
    """Of an array."""
    returns: tuple[str, ...] = ()
    """Classes of values, for a check at run time."""

    def from_json(self, expression: str) -> str:
        return expression if self.construct is None else self.construct(expression)

    @property
    def parser(self) -> str:
        """A function of the JSON value."""
        if len(self.classes) == 1 and self.read in self.classes:
            return f"{self.read}.from_dict"
        return f"lambda data: {self.from_json('data')}"


@dataclass(frozen=True)
class Stream(PythonType):
    """The list of all items of a stream, which can also be read one by one."""

    reads: str = ""
    """The class that reads them."""
    iterates: str = ""
    """The class that methods return, without `Async`, and its argument."""

    @property
    def parser(self) -> str:
        """A function of the whole body."""
        assert self.item is not None
        return f"{self.reads}({self.item.parser})"


def literal(values: list[Any]) -> str:
    return f"Literal[{', '.join(repr(value) for value in values)}]"


class Types:
    """The types of a document's schemas."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.schemas = document.components("schemas")

    def of(self, schema: Node) -> PythonType:
        name = referenced(schema)
        if name is not None:
            return self.component(name)
        if "const" in schema:
            return PythonType(literal([schema["const"]]), literal([schema["const"]]))
        if "enum" in schema and not is_enumeration(schema):
            kinds = tuple(dict.fromkeys("type(None)" if value is None else type(value).__name__ for value in schema["enum"]))
            return PythonType(literal(schema["enum"]), literal(schema["enum"]), returns=kinds)
        if "oneOf" in schema or "anyOf" in schema:
            return self._one_of(schema)
        if "enum" in schema:
            raise ContractError(f"An enumeration without a name: {schema['enum']}. Make it a component (P7).")
        if is_any(schema):
            return PythonType("Any", "Any", returns=("object",))
        types = schema.get("type", "string")
        return self._of_types(types, schema) if isinstance(types, list) else self._of_type(types, schema)

    def _of_types(self, types: list[str], schema: Node) -> PythonType:
        some = [self._of_type(name, schema) for name in types if name != "null"]
        read = " | ".join(kind.read for kind in some)
        made = some[0] if len(some) == 1 else PythonType(read, read)
        return _nullable(made) if "null" in types else made

    def _of_type(self, kind: str, schema: Node) -> PythonType:
        if kind == "array":
            return self._array(self.of(schema["items"]))
        if kind == "object":
            return self._map(schema)
        if kind == "string" and is_binary(schema):
            return PythonType(FILE, FILE, returns=("bytes",))
        if kind == "string" and schema.get("format") in FORMATS:
            name, how = FORMATS[schema["format"]]
            return PythonType(name, name, how.format, returns=(name,))
        return PythonType(PLAIN[kind], PLAIN[kind], returns=(PLAIN[kind],))

    def component(self, name: str) -> PythonType:
        """The type of a named schema."""
        schema = self.schemas[name]
        if is_enumeration(schema):
            accepted = f"{name} | {literal(schema['enum'])}"
            return PythonType(name, accepted, lambda value: f"{name}.of({value})", frozenset({name}), returns=(name,))
        if self.is_model(name):
            accepted = f"{name} | {name}Dict"
            return PythonType(
                name, accepted, lambda value: f"{name}.from_dict({value})", frozenset({name}), frozenset({f"{name}Dict"}), returns=(name,)
            )
        return self.of(schema)

    def is_model(self, name: str) -> bool:
        schema = self.schemas[name]
        return "properties" in schema or "allOf" in schema or schema.get("additionalProperties") is False

    def _one_of(self, schema: Node) -> PythonType:
        every = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
        some = [branch for branch in every if branch.get("type") != "null"]
        nullable = len(some) < len(every)
        made = self.of(some[0]) if len(some) == 1 else self._union(schema, some)
        return _nullable(made) if nullable else made

    def _union(self, schema: Node, some: list[Node]) -> PythonType:
        kinds = [self.of(branch) for branch in some]
        accepted = " | ".join(dict.fromkeys(kind.accepted for kind in kinds))
        classes = frozenset[str]().union(*(kind.classes for kind in kinds))
        inputs = frozenset[str]().union(*(kind.inputs for kind in kinds))
        names = [str(referenced(branch)) for branch in some]
        tag = schema.get("discriminator", {}).get("propertyName")
        if tag is None:
            # Required members discriminate: only requests can have it (P8).
            return PythonType(" | ".join(names), accepted, None, classes, inputs)
        mapping: Mapping[str, str] = schema["discriminator"].get("mapping") or {
            self.schemas[name]["properties"][tag]["const"]: name for name in names
        }
        variants = ", ".join(f"{value!r}: {ref.rpartition('/')[2]}" for value, ref in mapping.items())
        returns = (*names, "Unknown")
        return PythonType(
            " | ".join(returns), accepted, lambda value: f"variant({value}, {tag!r}, {{{variants}}})", classes, inputs, returns=returns
        )

    def _array(self, inner: PythonType) -> PythonType:
        construct = None if inner.construct is None else lambda value: f"[{inner.from_json('value')} for value in {value}]"
        made = replace(inner, read=f"list[{inner.read}]", accepted=f"Sequence[{inner.accepted}]", construct=construct)
        return replace(made, item=inner, returns=("list",))

    def stream(self, schema: Node, *, are_events: bool) -> Stream:
        """The type of a body with items of this schema."""
        inner = self.of(schema)
        item = f"StreamEvent[{inner.read}]" if are_events else inner.read
        return Stream(
            f"list[{item}]",
            f"Sequence[{item}]",
            classes=inner.classes,
            item=inner,
            returns=("list",),
            reads="JsonEvents" if are_events else "JsonLines",
            iterates=f"EventStream[{inner.read}]" if are_events else f"ItemStream[{inner.read}]",
        )

    def _map(self, schema: Node) -> PythonType:
        inner = (
            self.of(schema["additionalProperties"]) if isinstance(schema.get("additionalProperties"), Mapping) else PythonType("Any", "Any")
        )
        how = None
        if inner.construct is not None:
            how = lambda value: f"{{name: {inner.from_json('value')} for name, value in {value}.items()}}"  # noqa: E731  # beside its twin
        made = replace(inner, read=f"dict[str, {inner.read}]", accepted=f"Mapping[str, {inner.accepted}]", construct=how)
        return replace(made, returns=("dict",))


def _nullable(kind: PythonType) -> PythonType:
    how = kind.construct
    construct = None if how is None else lambda value: f"None if {value} is None else {how(value)}"
    return replace(kind, read=f"{kind.read} | None", accepted=f"{kind.accepted} | None", construct=construct)
