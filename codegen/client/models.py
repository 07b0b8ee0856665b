"""An object of the contract as a class, a problem as an exception."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from codegen.client.docstrings import sentence
from codegen.client.names import attribute
from codegen.client.types import PythonType, Types
from codegen.contract.document import Node, referenced
from codegen.contract.yaml import ContractError

BASE = frozenset({"type", "title", "status", "detail", "instance"})


@dataclass(frozen=True)
class Member:
    """A member of an object."""

    name: str
    kind: PythonType
    required: bool
    schema: Node = field(repr=False)
    documentation: str = ""
    secret: bool = False

    @property
    def attribute(self) -> str:
        return attribute(self.name)

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
        key = f'data["{self.name}"]'
        if self.required:
            return self.kind.from_json(key)
        if self.kind.construct is None:
            return f'data.get("{self.name}", UNSET)'
        return f'{self.kind.from_json(key)} if "{self.name}" in data else UNSET'


class Models:
    """The objects of a document."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.inputs = self._inputs()
        for name in self.types.schemas:
            if self.types.is_model(name):
                self._check_circles(name, ())

    def resolved(self, schema: Node) -> Node:
        """With the halves of an allOf as one object."""
        from codegen.client.generator_input import merged  # noqa: PLC0415  # beside its use

        return merged([schema], self.types.schemas) if "allOf" in schema else schema

    def members(self, name: str) -> list[Member]:
        """Required ones first, each half in the order of the contract."""
        schema = self.resolved(self.types.schemas[name])
        required = set(schema.get("required", ()))
        members = [self.member(own, self.types.of(node), node, required=own in required) for own, node in schema["properties"].items()]
        clashes = {member.attribute for member in members if sum(member.attribute == other.attribute for other in members) > 1}
        if clashes:
            raise ContractError(f"{name}: two members would be called {', '.join(sorted(clashes))}. Rename one.")
        return sorted(members, key=lambda member: not member.required)

    def member(self, name: str, kind: PythonType, schema: Node, *, required: bool) -> Member:
        resolved = self.types.document.dereference(schema)
        secret = any(node.get("format") == "password" or node.get("writeOnly") or node.get("x-secret") for node in (schema, resolved))
        text = schema.get("description") or resolved.get("description", "")
        return Member(name, kind, required, schema, sentence(text), bool(secret))

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
                names |= self._reached(media["schema"])
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
                if "properties" in node:
                    names.add(name)
            todo += [*node.get("properties", {}).values(), *node.get("oneOf", ())]
            todo += [node[key] for key in ("items", "additionalProperties") if isinstance(node.get(key), dict)]
        return names

    def _check_circles(self, name: str, way: tuple[str, ...]) -> None:
        if name in way:
            raise ContractError(f"{' -> '.join((*way, name))}: the SDK does not support recursive objects.")
        for member in self.members(name):
            for held in member.kind.classes:
                if self.types.is_model(held):
                    self._check_circles(held, (*way, name))
