"""An object of the contract as a class, a problem as an exception."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from keyword import iskeyword

from codegen.client.docstrings import sentence
from codegen.client.names import members as attributes_of
from codegen.client.types import PythonType, Types
from codegen.contract.document import Node, referenced, schema_field

BASE = frozenset({"type", "title", "status", "detail", "instance"})


@dataclass(frozen=True)
class Member:
    """A member of an object."""

    name: str
    attribute: str
    kind: PythonType
    required: bool
    schema: Node = field(repr=False)
    documentation: str = ""
    secret: bool = False

    @property
    def spelt_alike(self) -> bool:
        """As an attribute and on the wire."""
        return self.attribute == self.name

    @property
    def constant(self) -> str | None:
        return repr(self.schema["const"]) if "const" in self.schema else None

    @property
    def read(self) -> str:
        return self.kind.read if self.required else f"{self.kind.read} | Unset"

    @property
    def argument(self) -> str:
        """As an argument of the constructor."""
        if self.constant is not None:
            return f"{self.attribute}: {self.kind.read} = {self.constant}"
        return f"{self.attribute}: {self.read}" + ("" if self.required else " = UNSET")

    @property
    def accepted(self) -> str:
        """As an argument of a method."""
        return f"{self.attribute}: {self.kind.accepted}" if self.required else f"{self.attribute}: {self.kind.accepted} | Unset = UNSET"

    @property
    def assigned(self) -> str:
        """The expression that reads it from `data`."""
        key = f"data[{self.name!r}]"
        if self.required:
            return self.kind.from_json(key)
        if self.kind.construct is None:
            return f"data.get({self.name!r}, UNSET)"
        return f"{self.kind.from_json(key)} if {self.name!r} in data else UNSET"


class Models:
    """The objects of a document."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.inputs = self._inputs()

    def resolved(self, schema: Node) -> Node:
        """With the halves of an allOf as one object."""
        from codegen.client.generator_input import merged  # noqa: PLC0415  # beside its use

        return merged([schema], self.types.schemas) if "allOf" in schema else schema

    def members(self, name: str) -> list[Member]:
        """Required ones first, each half in the order of the contract."""
        schema = self.resolved(self.types.schemas[name])
        required = set(schema.get("required", ()))
        properties = schema.get("properties", {})
        spelled = attributes_of(properties)
        members = [self.member(own, spelled[own], self.types.of(node), node, required=own in required) for own, node in properties.items()]
        return sorted(members, key=lambda member: not member.required)

    def has_plain_names(self, name: str) -> bool:
        """Whether its members can be written as those of a class: neither words of Python nor names that a class would change."""
        return all(
            member.name.isidentifier() and not iskeyword(member.name) and not member.name.startswith("__") for member in self.members(name)
        )

    def member(self, name: str, attribute: str, kind: PythonType, schema: Node, *, required: bool) -> Member:
        resolved = self.types.document.dereference(schema)
        secret = any(node.get("format") == "password" or node.get("writeOnly") or node.get("x-secret") for node in (schema, resolved))
        text = schema.get("description") or resolved.get("description", "")
        return Member(name, attribute, kind, required, schema, sentence(text), bool(secret))

    def secrets(self, schema: Node) -> frozenset[str]:
        """Names of secret members, at any depth."""
        names: set[str] = set()
        for name in self._reached(schema):
            names |= {member.name for member in self.members(name) if member.secret}
        return frozenset(names)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Names and types of the problems."""
        for name, schema in self.types.schemas.items():
            constant = self.resolved(schema).get("properties", {}).get("type", {}).get("const")
            if name.endswith("Problem") and constant is not None:
                yield name.removesuffix("Problem"), constant

    def problem_members(self, name: str) -> list[Member]:
        return [member for member in self.members(f"{name}Problem") if member.name not in BASE]

    def status(self, name: str) -> int:
        return int(self.resolved(self.types.schemas[f"{name}Problem"])["properties"]["status"].get("const", 0))

    def is_problem(self, name: str) -> bool:
        return any(f"{problem}Problem" == name for problem, _ in self.problems())

    def _inputs(self) -> frozenset[str]:
        """Models of request bodies, and all that they contain."""
        names: set[str] = set()
        for operation in self.types.document.operations():
            for media in operation.spec.get("requestBody", {}).get("content", {}).values():
                names |= self._reached(media[schema_field(media)])
        return frozenset(names)

    def _reached(self, schema: Node) -> set[str]:
        """Models that a schema contains, itself included."""
        names: set[str] = set()
        todo = [schema]
        while todo:
            node = todo.pop()
            name = referenced(node)
            if name is not None:
                if name in names:
                    continue
                node = self.resolved(self.types.schemas[name])
                if self.types.is_model(name):
                    names.add(name)
            todo += [*node.get("properties", {}).values(), *node.get("oneOf", ()), *node.get("anyOf", ())]
            todo += [node[key] for key in ("items", "additionalProperties") if isinstance(node.get(key), dict)]
        return names
