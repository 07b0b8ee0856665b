"""openapi/problems.yaml as schemas and responses: each entry of the table becomes a flat, closed object.

Flat, because client generators merge neither a reference with its siblings nor a const into a typed base.
"""

from collections.abc import Iterable
from typing import Any

from codegen.contract.headers import Headers
from codegen.contract.names import kebab
from codegen.contract.yaml import ContractError, SourceDict

MEDIA = "application/problem+json"
# The same bytes, for clients that read nothing else.
PLAIN = "application/json"
ENTRY_KEYS = {"status", "title", "detail", "says", "members", "headers", "example", "ambient"}
# Which operations have a problem without naming it; `never`: none, because it is for requests that match no operation.
AMBIENT = ("always", "limited", "security", "scopes", "input", "body", "response", "key", "version", "cursor", "never")
INSTANCE = "urn:uuid:01934f2e-7c1a-7000-8000-000000000001"

Json = dict[str, Any]


class Problems:
    """The table; `base` is the schema of the members that every problem has."""

    def __init__(self, table: SourceDict, base: Json, headers: Headers) -> None:
        self.table, self.base, self.headers = table, base, headers
        for name, entry in table.items():
            if unknown := set(entry) - ENTRY_KEYS:
                raise ContractError(
                    f"{table.location(name)}: {name} has {', '.join(sorted(unknown))}. An entry may hold {', '.join(sorted(ENTRY_KEYS))}."
                )
            if not {"status", "title"} <= set(entry):
                raise ContractError(f"{table.location(name)}: {name} needs a status and a title.")
            for member in entry.get("members", {}):
                if member in base["properties"]:
                    where = entry["members"].location(member)
                    raise ContractError(f"{where}: every problem has {member}. Give this member another name, such as {member}_value.")
            for header, use in entry.get("headers", {}).items():
                component = use["component"] if isinstance(use, dict) else use
                if component not in headers.table:
                    where = entry["headers"].location(header)
                    raise ContractError(f"{where}: {component} is no header of headers.yaml. Write it there, or correct the name.")
            if entry.get("ambient", "never") not in AMBIENT:
                raise ContractError(f"{table.location(name)}: ambient {entry['ambient']!r} is none of {', '.join(AMBIENT)}.")

    def by_status(self, shape: set[str], named: Iterable[str]) -> dict[int, list[str]]:
        """The problems of an operation by status: those of its shape, and those that it names."""
        names: dict[int, list[str]] = {}
        for name, entry in self.table.items():
            if name in named or entry.get("ambient") in shape:
                names.setdefault(entry["status"], []).append(name)
        return dict(sorted(names.items()))

    def schemas(self) -> Iterable[tuple[str, SourceDict]]:
        """`ItemNotFoundProblem` and so on."""
        for name, entry in self.table.items():
            members: Json = entry.get("members", {})
            fixed: Json = {"type": {"const": self.type(name)}, "title": {"const": entry["title"]}, "status": {"const": entry["status"]}}
            if "detail" in entry:
                fixed["detail"] = {"const": entry["detail"]}
            schema = {
                "type": "object",
                "description": f"{entry['title']}.",
                "additionalProperties": False,
                "required": [*self.base["required"], *members],
                "properties": {**self.base["properties"], **fixed, **members},
            }
            yield f"{name}Problem", entry.with_items(schema.items())

    def type(self, name: str) -> str:
        return f"/problems/{kebab(name)}"

    def example(self, name: str) -> Json:
        """A whole problem, as it is sent."""
        entry = self.table[name]
        detail = entry.get("detail", entry.get("says", f"{entry['title']}."))
        constants = {member: schema["const"] for member, schema in entry.get("members", {}).items() if "const" in schema}
        fixed = {"type": self.type(name), "title": entry["title"], "status": entry["status"], "detail": detail, "instance": INSTANCE}
        return {**fixed, **constants, **entry.get("example", {})}

    def responses(self) -> Iterable[tuple[str, Json]]:
        """Each problem by itself. Those that always share a response have one here, too: it describes them."""
        for name, entry in self.table.items():
            yield name, self.response([name], {"always"} if entry.get("ambient") == "never" else {"always", "limited"})

    def response(self, names: list[str], shape: set[str], *, plain: bool = False) -> Json:
        """One response for all problems of a status that an operation of this shape has; `plain`: also as application/json."""
        refs = [{"$ref": f"#/components/schemas/{name}Problem"} for name in names]
        if len(names) == 1:
            content: Json = {"schema": refs[0], "example": self.example(names[0])}
        else:
            mapping = {self.type(name): ref["$ref"] for name, ref in zip(names, refs, strict=True)}
            content = {
                "schema": {"oneOf": refs, "discriminator": {"propertyName": "type", "mapping": mapping}},
                "examples": {name: {"summary": self.table[name]["title"], "value": self.example(name)} for name in names},
            }
        return {
            "description": " or ".join(self.table[name]["title"] for name in names),
            "headers": {**self.headers.edge(shape), **self._headers(names)},
            "content": dict.fromkeys((MEDIA, PLAIN) if plain else (MEDIA,), content),
        }

    def _headers(self, names: list[str]) -> Json:
        """The headers of a response. One that only some of its problems have is not required, and has no constant value."""
        headers_of = {name: self.table[name].get("headers", {}) for name in names}
        merged: Json = {}
        for header in dict.fromkeys(header for headers in headers_of.values() for header in headers):
            uses = [headers[header] for headers in headers_of.values() if header in headers]
            components = {use["component"] if isinstance(use, dict) else use for use in uses}
            values = {use.get("value") if isinstance(use, dict) else None for use in uses}
            if len(components) > 1:
                raise ContractError(
                    f"{self.table.location(names[0])}: {' and '.join(names)} have one status and different components for {header}."
                )
            component, value = components.pop(), values.pop() if len(values) == 1 else None
            if value is None and len(uses) == len(names):
                merged[header] = self.headers.ref(component)
            else:
                spec = self.headers.spec(component)
                schema = spec["schema"] if value is None else {"type": "string", "const": value}
                merged[header] = {**spec, "required": len(uses) == len(names), "schema": schema}
        return merged
