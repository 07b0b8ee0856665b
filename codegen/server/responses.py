"""responses.py: a frozen class for each success, so that type checkers find a wrong status, member or header."""

from collections.abc import Iterator

from codegen.contract.document import Document, Node, Operation, Response
from codegen.contract.media import codec, is_stream, suffix
from codegen.contract.names import camel, snake
from codegen.server.text import annotation, docstring

TOP = """
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

from steelyard_contract import models as m
from steelyard_contract.base import Encoded as Encoded
from steelyard_contract.base import Response as Response
from steelyard_contract.base import StreamEvent as StreamEvent
from steelyard_contract.scalars import UUID
"""


def class_name(operation: Operation, success: Response) -> str:
    return camel(f"{operation.id}{success.status}_{suffix(operation, success.media)}")


def render(document: Document) -> str:
    """The module."""
    return TOP + "\n\n".join(part for operation in document.operations() for part in parts(document, operation))


def parts(document: Document, operation: Operation) -> Iterator[str]:
    """A class for each of its successes, and a type for the argument by which its handler chooses among several media types."""
    if len(operation.offers) > 1:
        yield f"\n{camel(operation.id)}Media: TypeAlias = Literal[{', '.join(map(repr, operation.offers))}]"
    yield from (response(document, operation, success) for success in operation.representations())


def response(document: Document, operation: Operation, success: Response) -> str:
    lines = [
        "",
        # Not frozen: one is made for each request, and a frozen one takes twice as long to make.
        "@dataclass(slots=True, kw_only=True)",
        f"class {class_name(operation, success)}(Response):",
        f"    {docstring(success.spec['description'])}",
        "",
        f"    STATUS: ClassVar[int] = {success.status}",
    ]
    if success.schema is not None:
        lines += [f"    MEDIA: ClassVar[str | None] = {success.media!r}", f"    body: {body(str(success.media), success.schema)}"]
    headers = [(name, document.dereference(node)) for name, node in success.spec.get("headers", {}).items()]
    return "\n".join(lines + [member(name, spec) for name, spec in headers if "x-edge" not in spec])


def body(media: str, schema: Node) -> str:
    """The type of a body: of JSON, its model or what that was encoded to."""
    if codec(media) == "binary":
        return "bytes"
    kind = f"{annotation(schema)} | Encoded[{annotation(schema)}]"
    if codec(media) == "events":
        return f"AsyncIterator[StreamEvent[{kind}]]"
    return f"AsyncIterator[{kind}]" if is_stream(media) else kind


def member(name: str, spec: Node) -> str:
    """A header: required if it varies, with its value if it is a constant, and None by default if it is optional."""
    kind, schema = annotation(spec["schema"]), spec["schema"]
    if "const" in schema:
        return f"    {snake(name)}: Annotated[{kind}, {name!r}] = {schema['const']!r}"
    if spec.get("required"):
        return f"    {snake(name)}: Annotated[{kind}, {name!r}]"
    return f"    {snake(name)}: Annotated[{kind} | None, {name!r}] = None"
