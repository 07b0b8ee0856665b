"""Rules for webhooks: each event is a class that its constant `type` names."""

from collections.abc import Iterator

from codegen.contract.document import Document, Node, referenced
from codegen.lint.breaches import Breach


def events(document: Document) -> Iterator[Breach]:
    """Each event has one type, a constant by which receivers know it from the others, and is shown."""
    types: dict[str, str] = {}
    for delivery in document.deliveries():
        summary = delivery.spec.get("summary", "")
        if not summary or len(summary) > 60 or summary.endswith("."):
            yield Breach("name", delivery.pointer, "a summary has 1 to 60 characters and no full stop")
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


def _type(document: Document, branch: Node) -> str | None:
    """The type of an event, if it has one."""
    event = document.dereference(branch)
    kind = document.dereference(event.get("properties", {}).get("type", {})).get("const")
    return kind if "$ref" in branch and isinstance(kind, str) and "type" in event.get("required", ()) else None
