"""Every keyword of the bundle with its enforcer. One without is reported with its place and what to write instead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.contract import extensions
from codegen.contract.document import Document, Node, pointer, referenced
from codegen.contract.keywords import AROUND, FORMATS, PARSED_FORMATS, SCHEMA, TEXT, TYPED_FORMATS, instead
from codegen.contract.schemas import Schema, reached, schemas


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A keyword at a place, and its enforcer there, if any."""

    keyword: str
    pointer: str
    holder: str
    """A key of SCHEMA, if it is in a schema, or else of AROUND."""
    enforcer: str | None
    value: Any = None
    in_schema: bool = False

    @property
    def shown(self) -> str:
        return f"format: {self.value}" if self.keyword == "format" else self.keyword


def occurrences(document: Document) -> Iterator[Occurrence]:
    """Every keyword of the bundle."""
    yield from _around(document)
    for schema in schemas(document):
        yield from _of_schema(schema)


def unenforced(document: Document) -> Iterator[tuple[str, str]]:
    """(pointer, message) of each keyword that nothing enforces, and of each extension whose value means nothing."""
    for occurrence in occurrences(document):
        place = f"the schema of a {occurrence.holder}" if occurrence.in_schema else _article(occurrence.holder)
        if occurrence.enforcer is None and occurrence.keyword == "format":
            known = ", ".join(sorted({*FORMATS, "password"}))
            yield occurrence.pointer, f"nothing enforces `{occurrence.shown}` in {place}: write {known}, or a pattern."
        elif occurrence.enforcer is None:
            remedy = instead(occurrence.keyword, occurrence.holder, in_schema=occurrence.in_schema)
            yield occurrence.pointer, f"nothing enforces `{occurrence.keyword}` in {place}: {remedy}."
        elif (complaint := extensions.complaint(occurrence.keyword, occurrence.value)) is not None:
            yield occurrence.pointer, complaint


def _article(holder: str) -> str:
    return f"{'an' if holder[0] in 'aeiou' else 'a'} {holder}"


def by_document(document: Document, schema: Schema) -> bool:
    """Whether it reaches a keyword that its model or type does not enforce."""
    return any(occurrence.enforcer == "document" for part in reached(document, [schema]) for occurrence in _of_schema(part))


def _of_schema(schema: Schema) -> Iterator[Occurrence]:
    for keyword, held in schema.node.items():
        enforcer = SCHEMA[schema.use].get(keyword)
        if keyword == "format" and held == "password":
            enforcer = "wording"
        elif keyword == "format" and held not in FORMATS:
            enforcer = None
        elif _only_by_document(schema, keyword):
            enforcer = "document"
        yield Occurrence(keyword, schema.pointer + pointer(keyword), schema.use, enforcer, held, in_schema=True)
        if keyword == "discriminator":
            yield from _of("discriminator", held, schema.pointer + pointer(keyword))


def _only_by_document(schema: Schema, keyword: str) -> bool:
    """Whether a model does not check it: a format without a type, or bounds of text that the model parses."""
    kind = schema.node.get("format")
    if keyword in ("const", "enum") and schema.use == "request":
        values = [schema.node["const"]] if keyword == "const" else schema.node["enum"]
        return any(not isinstance(value, str) for value in values)  # for Python, 1 and true are one value
    if schema.use not in ("request", "parameter") or kind is None or kind == "password":
        return False
    # The type of a parameter has the bounds of a schema that is written there, and a component has them nowhere.
    is_parsed = (schema.use == "request" or schema.component is not None) and kind in PARSED_FORMATS
    return (keyword == "format" and kind not in TYPED_FORMATS) or (is_parsed and keyword in TEXT)


def _around(document: Document) -> Iterator[Occurrence]:
    """Everything but schemas."""
    yield from _of("document", document.root, "")
    yield from _of("components", document.root.get("components", {}), pointer("components"))
    for path, item in document.root["paths"].items():
        yield from _of("path", item, pointer("paths", path))
    for operation in document.operations():
        yield from _of("operation", operation.spec, operation.pointer)
        for parameter in operation.parameters():
            yield from _of("parameter", parameter.spec, parameter.pointer)
            yield from _examples(parameter.spec, parameter.pointer)
        if body := operation.spec.get("requestBody"):
            yield from _of("body", body, f"{operation.pointer}/requestBody")
            yield from _content(body, f"{operation.pointer}/requestBody")
        for response in operation.responses():
            yield from _of("response", response.spec, response.pointer)
            yield from _content(response.spec, response.pointer)
            for name, link in response.spec.get("links", {}).items():
                yield from _of("link", link, response.pointer + pointer("links", name))
            for name, node in response.spec.get("headers", {}).items():
                if referenced(node) is None:
                    yield from _of("header", node, response.pointer + pointer("headers", name))
    yield from _deliveries(document)
    for name, node in document.components("headers").items():
        yield from _of("header", node, pointer("components", "headers", name))


def _deliveries(document: Document) -> Iterator[Occurrence]:
    for delivery in document.deliveries():
        yield from _of("webhook", delivery.item, delivery.pointer)
        yield from _of("delivery", delivery.spec, delivery.at)
        body = delivery.spec.get("requestBody", {})
        yield from _of("event", body, delivery.at + pointer("requestBody"))
        yield from _content(body, delivery.at + pointer("requestBody"))
        for status, receipt in delivery.spec.get("responses", {}).items():
            yield from _of("receipt", receipt, delivery.at + pointer("responses", status))


def _content(holder: Node, at: str) -> Iterator[Occurrence]:
    for media, content in holder.get("content", {}).items():
        yield from _of("media", content, at + pointer("content", media))
        yield from _examples(content, at + pointer("content", media))


def _examples(holder: Node, at: str) -> Iterator[Occurrence]:
    for name, example in holder.get("examples", {}).items():
        yield from _of("example", example, at + pointer("examples", name))


def _of(kind: str, node: Mapping[str, Any], at: str) -> Iterator[Occurrence]:
    for keyword, held in node.items():
        yield Occurrence(keyword, at + pointer(keyword), kind, AROUND[kind].get(keyword), held)
