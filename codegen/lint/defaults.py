"""Rules for schemas: P13 and P14, about values that are left out."""

from collections.abc import Iterator

import jsonschema_rs

from codegen.contract.document import Document, pointer
from codegen.contract.schemas import schemas
from codegen.lint.breaches import Breach
from codegen.lint.shapes import sent, types


def p13_defaults(document: Document) -> Iterator[Breach]:
    """Only optional members and parameters have a default."""
    for schema in schemas(document):
        node = schema.node
        if schema.component and "default" in node:
            yield Breach("P13", schema.pointer, "a default belongs where the component is used")
        for name in schema.node.get("required", ()):
            if "default" in schema.node.get("properties", {}).get(name, {}):
                yield Breach("P13", schema.pointer + pointer("properties", name), f"{name} is required, so its default is never used")
        if "default" in node and sent(schema) and not document.validator(schema.pointer).is_valid(node["default"]):
            yield Breach("P13", schema.pointer + pointer("default"), "the default is not valid by its own schema")
    for operation in document.operations():
        for parameter in operation.parameters():
            if "default" in parameter.spec["schema"] and (parameter.spec["in"] != "query" or parameter.spec.get("required")):
                yield Breach("P13", parameter.pointer, "only an optional query parameter has a default")


def p14_conditions(document: Document) -> Iterator[Breach]:
    """Conditions are explicit about members that are absent or null."""
    for schema in schemas(document):
        node, members = schema.node, schema.node.get("properties", {})
        for name, condition in node.get("if", {}).get("properties", {}).items():
            if name in node["if"].get("required", ()):
                continue
            default = members.get(name, {}).get("default")
            if default is None or not jsonschema_rs.is_valid(condition, default):
                at = schema.pointer + pointer("if")
                yield Breach(
                    "P14",
                    at,
                    f"the condition holds when {name} is absent: add it to the `required` of `if`, or give it a default that satisfies it",
                )
        for branch in ("then", "else"):
            demanded, described = node.get(branch, {}).get("required", ()), node.get(branch, {}).get("properties", {})
            for name in demanded:
                if "null" in types(members.get(name, {})) and types(described.get(name, {})) in ([], ["null"]):
                    at = schema.pointer + pointer(branch)
                    yield Breach("P14", at, f"{name} can be null, which `required` allows: add its type to `{branch}`")
