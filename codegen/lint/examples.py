"""P16, second part: every example is valid, in the bundle and in the exchanges of openapi/examples/."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from codegen.contract.document import ITEM_SCHEMA, Document, Operation, pointer, referenced, schema_field
from codegen.contract.examples import examples
from codegen.contract.media import EVENTS, is_stream, stream_items
from codegen.contract.schemas import schemas
from codegen.contract.yaml import SourceDict
from codegen.lint.breaches import Breach

# A request that gets one of these may be invalid.
MALFORMED = (413, 415, 422)


def p16_true(document: Document) -> Iterator[Breach]:
    """Examples in the bundle are valid, formats included."""
    for at, shown, value in _examples(document):
        for message in _errors(document, at, value):
            yield Breach("P16", shown, message)


def p16_examples(document: Document, folder: Path) -> Iterator[str]:
    """One line for each invalid part of a failed exchange, and for each invalid parameter of any exchange."""
    for operation, _, exchange in examples(document, folder):
        for key, message in _exchange(document, operation, exchange):
            yield f"{exchange.location(key)}: P16: {message}"


def _exchange(document: Document, operation: Operation, exchange: SourceDict) -> Iterator[tuple[str, str]]:
    parameters = {parameter.name: parameter for parameter in operation.parameters()}
    sent, status = exchange.get("parameters", {}), exchange["status"]
    well_formed = status not in MALFORMED
    for name in sent.keys() - parameters.keys():
        yield "parameters", f"{operation.id} has no parameter {name}"
    for name, parameter in parameters.items():
        if name in sent and well_formed:
            yield from (("parameters", f"{name}: {message}") for message in _errors(document, f"{parameter.pointer}/schema", sent[name]))
        elif name not in sent and parameter.spec.get("required") and well_formed:
            yield "parameters", f"{operation.id} needs {name}"
    for media, content in operation.spec.get("requestBody", {}).get("content", {}).items() if "body" in exchange and well_formed else ():
        at = operation.pointer + pointer("requestBody", "content", media, schema_field(content))
        for value in _values(media, exchange["body"]):
            yield from (("body", message) for message in _errors(document, at, value))
    response = next(replace(each, chosen=exchange.get("accept")) for each in operation.responses() if each.status == status)
    if response.schema_pointer is not None:
        if "response" not in exchange:
            yield "status", f"{status} has a body: write it as `response`"
        else:
            for value in _values(str(response.media), exchange["response"]):
                yield from (("response", message) for message in _errors(document, response.schema_pointer, value))


def _values(media: str, written: Any) -> list[Any]:
    """What the schema describes: each item of a stream, the data of each event, or the whole."""
    if media == EVENTS:
        return [event["data"] for event in written]
    return list(written) if is_stream(media) else [written]


def _errors(document: Document, at: str, value: Any) -> Iterator[str]:
    for error in document.validator(at).iter_errors(value):
        where = "/".join(map(str, error.instance_path))
        yield f"the example is not valid{f', at {where}' if where else ''}: {error.message}"


def _examples(document: Document) -> Iterator[tuple[str, str, Any]]:
    """(pointer of the schema, pointer of the example, example)"""
    for schema in schemas(document):
        for index, value in enumerate(schema.node.get("examples", ())):
            yield schema.pointer, schema.pointer + pointer("examples", index), value
    for operation in document.operations():
        for parameter in operation.parameters():
            yield from _of(parameter.pointer, parameter.spec)
        yield from _contents(f"{operation.pointer}/requestBody", operation.spec.get("requestBody", {}))
        for response in operation.responses():
            yield from _contents(response.pointer, response.spec)
            for name, node in response.spec.get("headers", {}).items():
                if referenced(node) is None:
                    yield from _of(response.pointer + pointer("headers", name), node)
    for name, node in document.components("headers").items():
        yield from _of(pointer("components", "headers", name), node)
    shared = [(pointer("components", "responses", name), held) for name, held in document.components("responses").items()]
    events = [(f"{delivery.at}/requestBody", delivery.spec["requestBody"]) for delivery in document.deliveries()]
    for at, holder in (*shared, *events):
        yield from _contents(at, holder)


def _contents(at: str, holder: Any) -> Iterator[tuple[str, str, Any]]:
    for media, content in holder.get("content", {}).items():
        where = at + pointer("content", media)
        if not is_stream(media):
            yield from _of(where, content)
        for name, example in content.get("examples", {}).items() if is_stream(media) else ():
            shown = where + pointer("examples", name, "value")
            yield from ((where + pointer(ITEM_SCHEMA), shown, item) for item in stream_items(media, example["value"]))


def _of(at: str, holder: Any) -> Iterator[tuple[str, str, Any]]:
    if "example" in holder:
        yield f"{at}/schema", f"{at}/example", holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield f"{at}/schema", at + pointer("examples", name, "value"), example["value"]
