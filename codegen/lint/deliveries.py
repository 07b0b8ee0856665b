"""Rules for webhooks and callbacks: each event is a class that its constant `type` names, and the request has the URL of a callback."""

import re
from collections.abc import Iterator

from codegen.contract.document import Document, Node, Operation, referenced, steps
from codegen.lint.breaches import Breach


def events(document: Document) -> Iterator[Breach]:
    """Each event has one type, a constant by which receivers know it from the others, and is shown."""
    types: dict[str, str] = {}
    for delivery in document.deliveries():
        summary = delivery.spec.get("summary", "")
        if not summary or len(summary) > 60 or summary.endswith("."):
            yield Breach("name", delivery.at, "a summary has 1 to 60 characters and no full stop")
        for schema, at in delivery.schemas:
            if not {"example", "examples"} & set(document.get(at.removesuffix("/schema"))):
                yield Breach(
                    "P16", at.removesuffix("/schema"), f"{delivery.name} has no example: write `examples: {{name: {{value: ...}}}}`"
                )
            for branch in document.dereference(schema).get("oneOf", [schema]):
                kind = _type(document, branch)
                if kind is None:
                    yield Breach("event", at, "an event is a component with a required member `type`, whose `const` is a text: write one")
                elif types.setdefault(kind, str(referenced(branch))) != referenced(branch):
                    yield Breach("event", at, f"{kind} is the type of {types[kind]}, too: give each event its own")


# The whole URL, because a receiver has no other.
_URL = re.compile(r"{\$request\.(?:(path|query|header)\.([^{}]+)|body#((?:/[^{}/]+)+))}")


def urls(document: Document) -> Iterator[Breach]:
    """The URL of a callback is a parameter or a member of the body, and its schema says that it is a URL."""
    for delivery in document.deliveries():
        if delivery.operation is None:
            continue
        at = delivery.pointer.rpartition("/")[0]
        place = _URL.fullmatch(delivery.url)
        schema = place and _value(delivery.operation, *place.groups(default=""))
        if schema is None:
            remedy = "write `{$request.body#/MEMBER}` or `{$request.query.NAME}`, of the request around it"
            yield Breach("callback", at, f"{delivery.url} is nothing that the request has: {remedy}")
        elif schema.get("format") != "uri":
            yield Breach("callback", at, f"{delivery.url} may be any text: write `format: uri` into its schema")


def _value(operation: Operation, where: str, name: str, path: str) -> Node | None:
    """The schema of a part of the request, if the request has it."""
    if where:
        named = (each for each in operation.parameters() if (each.spec["in"], each.name.lower()) == (where, name.lower()))
        return next((operation.document.dereference(each.spec["schema"]) for each in named), None)
    content = operation.spec.get("requestBody", {}).get("content", {})
    schema: Node | None = next((held["schema"] for held in content.values()), None)
    for member in steps(path):
        schema = None if schema is None else operation.document.dereference(schema).get("properties", {}).get(member)
    return None if schema is None else operation.document.dereference(schema)


def _type(document: Document, branch: Node) -> str | None:
    """The type of an event, if it has one."""
    event = document.dereference(branch)
    kind = document.dereference(event.get("properties", {}).get("type", {})).get("const")
    return kind if "$ref" in branch and isinstance(kind, str) and "type" in event.get("required", ()) else None
