"""Bodies that are sent item by item: what cannot be known of them before their end."""

from collections.abc import Iterator

from codegen.contract.document import Document, Operation, pointer
from codegen.contract.media import EVENTS, LAST_EVENT_ID, STREAMS, is_stream
from codegen.lint.breaches import Breach


def streams(document: Document) -> Iterator[Breach]:
    """A stream is not stored, has no version and no pages, and nothing is linked from it."""
    for operation in document.operations():
        yield from _resumption(document, operation)
        yield from _sent(operation)
        if len(operation.offers) > 1 and any(map(is_stream, operation.offers)):
            yield Breach("stream", operation.pointer, "callers choose among whole responses, and a stream is none: write two operations")
        names = {parameter.name for parameter in operation.parameters()}
        for response in operation.successes():
            if response.media is None or not is_stream(response.media):
                continue
            at = response.pointer
            if "Idempotency-Key" in names:
                remedy = "leave the key out, and get the stream from another operation"
                yield Breach("stream", at, f"a response with an Idempotency-Key is stored, and a stream can have any length: {remedy}")
            if "cursor" in names:
                yield Breach("stream", at, "a stream has no pages: leave the parameter cursor out, or write application/json")
            if "ETag" in response.spec.get("headers", {}):
                remedy = "leave the header out, or write application/json"
                yield Breach("stream", at + pointer("headers", "ETag"), f"the version of a stream is known at its end: {remedy}")
            if "links" in response.spec:
                yield Breach("stream", at + pointer("links"), "a link needs a value of the whole response: leave `links` out of a stream")


def _sent(operation: Operation) -> Iterator[Breach]:
    """A request is a stream of lines, with a largest size."""
    body = operation.spec.get("requestBody", {})
    for media in filter(is_stream, body.get("content", {})):
        at = operation.pointer + pointer("requestBody", "content", media)
        if media == EVENTS:
            yield Breach("stream", at, f"a request has no events: write {STREAMS[0]}, with an item on each line")
        elif "x-max-bytes" not in body:
            remedy = "write `x-max-bytes` beside `content`, the most that a request may have"
            yield Breach("stream", at, f"a stream may have any length: {remedy}")


def _resumption(document: Document, operation: Operation) -> Iterator[Breach]:
    """Last-Event-ID is for streams of events, and for those who have read one."""
    sends = any(response.media == EVENTS for response in operation.successes())
    for parameter in operation.parameters():
        if parameter.name.lower() != LAST_EVENT_ID.lower():
            continue
        if not sends:
            yield Breach("stream", parameter.pointer, f"only a stream of {EVENTS} is resumed: leave {LAST_EVENT_ID} out")
        elif parameter.name != LAST_EVENT_ID or parameter.spec["in"] != "header" or parameter.spec.get("required"):
            remedy = f"write {{name: {LAST_EVENT_ID}, in: header}}, without `required`"
            yield Breach("stream", parameter.pointer, f"clients send the id of the last event in a header, once there was one: {remedy}")
        elif document.dereference(parameter.spec["schema"]).get("type") != "string":
            yield Breach("stream", parameter.pointer, "the id of an event is a text: write `type: string`, and a pattern")
