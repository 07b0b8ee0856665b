"""readOnly and writeOnly: a member that only one side sends is left out of the other side's schema.

A component that requests and responses have, and that has such members, becomes two in the bundle: `Part` for responses and `PartRequest`
for requests. So every reader of the document, and everything that is made of it, sees on each side exactly what may be sent there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.contract.document import Document, pointer, referenced, schema_field
from codegen.contract.schemas import CONDITIONS, LIST, MAP, ONE, Schema, reached, schemas
from codegen.contract.yaml import ContractError, SourceDict

HIDDEN = {"request": "readOnly", "response": "writeOnly"}
SUFFIX = "Request"


def separate(document: Document) -> None:
    """Give each side its own schemas, or raise ContractError."""
    used: dict[str, set[str]] = {}
    members: list[Schema] = []
    for schema in schemas(document):
        if schema.component is not None:
            used.setdefault(schema.component, set()).add("request" if schema.use == "request" else "response")
        if schema.use in HIDDEN and any(schema.node.get(keyword) for keyword in HIDDEN.values()):
            members.append(schema)
    if not members:
        return
    _stop_at(dict.fromkeys(_errors(document, members)))
    components = document.components("schemas")
    apart = {name for name in used if _is_affected(document, name)}
    both = {name for name in apart if len(used[name]) > 1}
    if taken := sorted(name for name in both if f"{name}{SUFFIX}" in components):
        raise ContractError(
            "\n".join(
                f"{document.location(pointer('components', 'schemas', name))}: its schema for requests would be {name}{SUFFIX}, "
                "which is another one. Rename one of the two."
                for name in taken
            )
        )
    renamed = {name: f"{name}{SUFFIX}" for name in both}
    requests, responses = _Side("request", renamed), _Side("response", {})
    made: dict[str, Any] = {}
    for name, held in components.items():
        made[name] = responses.form(held) if name in apart and "response" in used[name] else held
        if name in apart and "request" in used[name]:
            made[renamed.get(name, name)] = requests.form(held)
    components.clear()
    components.update(made)
    for operation in document.operations():
        for media in operation.spec.get("requestBody", {}).get("content", {}).values():
            field = schema_field(media)
            media[field] = requests.form(media[field])


def _stop_at(errors: Mapping[str, None]) -> None:
    if errors:
        raise ContractError("\n".join(errors))


def _errors(document: Document, members: list[Schema]) -> Iterator[str]:
    """What neither side could send, and what is no member."""
    uses: dict[str, set[str]] = {}
    for schema in members:
        uses.setdefault(schema.pointer, set()).add(schema.use)
    for schema in members:
        where, keyword = document.location(schema.pointer), "readOnly" if schema.node.get("readOnly") else "writeOnly"
        if schema.inside != "properties" or schema.condition:
            yield f"{where}: `{keyword}` says which side sends a member. Write it in `properties`, beside the schema of the member."
        elif all(schema.node.get(each) for each in HIDDEN.values()):
            yield f"{where}: no side would send a member that is readOnly and writeOnly. Keep one of the two."
        elif uses[schema.pointer] == {"request"} and keyword == "readOnly":
            yield f"{where}: only requests have this schema, and they leave out what is readOnly. Leave the member out."
        elif uses[schema.pointer] == {"response"} and keyword == "writeOnly":
            yield f"{where}: only responses have this schema, and they leave out what is writeOnly. Leave the member out."


def _is_affected(document: Document, name: str) -> bool:
    at = pointer("components", "schemas", name)
    parts = reached(document, [Schema(document.get(at), at, "request", name)])
    return any(part.node.get(keyword) for part in parts for keyword in HIDDEN.values())


class _Side:
    """The schemas of one side."""

    def __init__(self, name: str, renamed: Mapping[str, str]) -> None:
        self._name, self._renamed = name, renamed

    def form(self, node: Any, gone: frozenset[str] = frozenset()) -> Any:
        """The schema for this side; `gone` are the members that the object around a condition has lost."""
        if not isinstance(node, Mapping):
            return node
        members = node.get("properties", {})
        lost = frozenset(name for name, held in members.items() if isinstance(held, Mapping) and held.get(HIDDEN[self._name]))
        if used := sorted(_named(node.get("if", {})) & lost):
            where = f"{node.location('if')}: " if isinstance(node, SourceDict) else ""
            message = f"the condition depends on {', '.join(used)}, which no {self._name} has. Write it about other members."
            raise ContractError(f"{where}{message}")
        gone = gone | lost
        made = {key: self._value(key, held, gone) for key, held in node.items()}
        return _like(node, {key: held for key, held in made.items() if held or key not in ("required", "dependentRequired")})

    def _value(self, key: str, held: Any, gone: frozenset[str]) -> Any:
        if key == "$ref":
            return self._reference(held)
        if key == "mapping":
            return {kind: self._reference(ref) for kind, ref in held.items()}
        if key in ONE or key == "discriminator":
            return self.form(held, gone if key in CONDITIONS else frozenset())
        if key in LIST:
            return [self.form(branch) for branch in held]
        if key in MAP:
            return _like(held, {name: self.form(child) for name, child in held.items() if key != "properties" or name not in gone})
        return _without(key, held, gone)

    def _reference(self, ref: str) -> str:
        name = str(referenced({"$ref": ref}))
        return ref.removesuffix(name) + self._renamed.get(name, name)


def _like(node: Mapping[str, Any], items: dict[str, Any]) -> dict[str, Any]:
    """The items with the place of the node."""
    return node.with_items(items.items()) if isinstance(node, SourceDict) else items


def _named(condition: Mapping[str, Any]) -> set[str]:
    return {*condition.get("required", ()), *condition.get("properties", ())}


def _without(key: str, held: Any, gone: frozenset[str]) -> Any:
    """The value of a keyword that names members."""
    if key == "required":
        return [name for name in held if name not in gone]
    if key == "dependentRequired":
        rules = {name: [other for other in others if other not in gone] for name, others in held.items() if name not in gone}
        return {name: others for name, others in rules.items() if others}
    if key == "examples":
        shown = ({name: value for name, value in each.items() if name not in gone} if isinstance(each, dict) else each for each in held)
        return list(shown)
    return held
