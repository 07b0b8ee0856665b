"""The input of openapi-python-client: the shapes of the contract, without the rules that only a server enforces.

The generator cannot merge an `allOf` whose second half refines a member of the first: it drops the schema with a warning.
So halves are merged here. A keyword on neither list stops generation.
"""

from collections.abc import Callable, Mapping
from typing import Any

from codegen.client.names import members
from codegen.contract.laws import LAWS
from codegen.contract.media import MULTIPART, is_raw, is_stream
from codegen.contract.names import enum_members
from codegen.contract.schemas import is_any, is_enumeration
from codegen.contract.yaml import ContractError

Json = dict[str, Any]
KEPT = frozenset(
    {"$ref", "additionalProperties", "allOf", "anyOf", "const", "discriminator", "enum", "format", "items", "oneOf", "required", "type"}
)
DROPPED = frozenset(
    {
        # enforced by the server
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"),
        *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "propertyNames"),
        *("if", "then", "else", "not", "dependentRequired", "unevaluatedProperties"),
        # the server fills it in: a client that sent the default would freeze it
        "default",
        # our templates read these from the document
        *("title", "description", "example", "examples", "readOnly", "writeOnly"),
        *("x-message", "x-secret", "x-deprecation", "deprecated"),
        *LAWS,
    }
)
# Parts of an operation that the generator ignores or misreads.
SILENT = frozenset({"example", "examples", "links", "headers", "security", "callbacks"})
# Parts that are left out if they are texts, files or streams.
RAW = ("requestBody", "content")


def generator_input(document: Mapping[str, Any]) -> Json:
    """A copy of the document for the generator; the document itself keeps every rule."""
    schemas: Mapping[str, Any] = document.get("components", {}).get("schemas", {})

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(child) for child in node]
        if not isinstance(node, Mapping):
            return node
        return {
            key: reduced(child, schemas) if key == "schema" else walk(in_path(child) if key == "parameters" else child)
            for key, child in node.items()
            if key not in SILENT and not key.startswith("x-") and not (key in RAW and has_raw(child))
        }

    def in_path(parameters: Any) -> Any:
        """The only parameters that the generator needs: it would rename others, and no template prints what it makes of them."""
        specs = document.get("components", {}).get("parameters", {})
        resolved = [(node, specs.get(str(node.get("$ref")).rpartition("/")[2], node)) for node in parameters]
        return [node for node, spec in resolved if spec.get("in") == "path"]

    made: Json = walk({key: child for key, child in document.items() if key not in {"components", "webhooks", "paths"}})
    paths = {path: {key: child for key, child in item.items() if not _navigates(child)} for path, item in document["paths"].items()}
    made["paths"] = walk({path: item for path, item in paths.items() if item.keys() - {"parameters"}})
    components = document.get("components", {})
    made["components"] = {
        "schemas": {name: reduced(schema, schemas) for name, schema in schemas.items()},
        "parameters": {name: walk(node) for name, node in components.get("parameters", {}).items() if node.get("in") == "path"},
        "responses": walk(components.get("responses", {})),
    }
    return made


def has_raw(node: Any) -> bool:
    """Whether the content is no JSON: the generator knows few media types, and no template prints what it makes of them."""
    return any(is_raw(media) or is_stream(media) or media == MULTIPART for media in node.get("content", node))


def _navigates(operation: Any) -> bool:
    return isinstance(operation, Mapping) and "x-navigation" in operation


def reduced(schema: Any, schemas: Mapping[str, Any]) -> Any:
    """A schema without what only a server enforces."""
    if not isinstance(schema, Mapping):
        return schema
    if is_any(schema) or ("enum" in schema and not is_enumeration(schema)):
        return {}
    if "allOf" in schema:
        schema = merged([*schema["allOf"], {key: child for key, child in schema.items() if key != "allOf"}], schemas)
    made: Json = {}
    for key, child in schema.items():
        if key in WITHIN:
            made[key] = WITHIN[key](child, schemas)
        elif key in KEPT:
            made[key] = child
        elif key not in DROPPED:
            raise ContractError(f"{key!r} is neither kept nor dropped for clients: add it to a list in codegen/client/generator_input.py.")
    if "properties" not in made and isinstance(made.get("additionalProperties"), dict):
        # A map: the generator would make a class of it, which the contract does not name.
        return {}
    return {**made, **_names(made)}


def _names(made: Json) -> Json:
    """Values and members under names that the generator takes as they are."""
    if "enum" in made:
        return {"x-enum-varnames": list(enum_members(made["enum"]).values())}
    if "properties" not in made:
        return {}
    spelled = members(made["properties"])
    required = [spelled[name] for name in made.get("required", ())]
    return {"properties": {spelled[name]: own for name, own in made["properties"].items()}, **({"required": required} if required else {})}


# Keyword -> what is made of the schemas that it holds.
WITHIN: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "properties": lambda child, schemas: {name: reduced(own, schemas) for name, own in child.items()},
    # The generator would use its own class for a file.
    "format": lambda child, _: "byte" if child == "binary" else child,
    "items": reduced,
    "additionalProperties": reduced,
    "oneOf": lambda child, schemas: [reduced(own, schemas) for own in child],
    "anyOf": lambda child, schemas: [reduced(own, schemas) for own in child],
}


def merged(parts: list[Any], schemas: Mapping[str, Any]) -> Json:
    """One object of several halves.

    A typed member of the first half wins over a constant that refines it, except for `type`, which discriminates.
    """
    made: Json = {"type": "object", "required": [], "properties": {}}
    for named in parts:
        part = schemas[named["$ref"].rpartition("/")[2]] if "$ref" in named else named
        if "allOf" in part:
            part = merged([*part["allOf"], {key: child for key, child in part.items() if key != "allOf"}], schemas)
        for name, own in part.get("properties", {}).items():
            base = made["properties"].get(name, {})
            refines = "const" in own and "type" in base and name != "type"
            made["properties"][name] = base if refines else own if own.keys() & {"type", "$ref", "const"} else {**base, **own}
        made["required"] += [name for name in part.get("required", []) if name not in made["required"]]
        made |= {key: child for key, child in part.items() if key not in {"properties", "required", "allOf"}}
    return made
