"""responses.py: a frozen class for each success, so that type checkers find a wrong status, member or header."""

from codegen.contract.document import Document, Node, Operation, Response
from codegen.contract.names import camel, snake
from codegen.server.text import annotation, docstring

TOP = """
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from steelyard_contract import models as m
from steelyard_contract.base import Encoded as Encoded
from steelyard_contract.base import Response as Response
from steelyard_contract.scalars import UUID
"""


def class_name(operation: Operation, success: Response) -> str:
    return f"{camel(operation.id)}{success.status}"


def render(document: Document) -> str:
    """The module."""
    return TOP + "\n\n".join(
        response(document, operation, success) for operation in document.operations() for success in operation.successes()
    )


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
        body = annotation(success.schema)
        lines += [f"    MEDIA: ClassVar[str | None] = {success.media!r}", f"    body: {body} | Encoded[{body}]"]
    headers = [(name, document.dereference(node)) for name, node in success.spec.get("headers", {}).items()]
    return "\n".join(lines + [member(name, spec) for name, spec in headers if "x-edge" not in spec])


def member(name: str, spec: Node) -> str:
    """A header: required if it varies, with its value if it is a constant, and None by default if it is optional."""
    kind, schema = annotation(spec["schema"]), spec["schema"]
    if "const" in schema:
        return f"    {snake(name)}: Annotated[{kind}, {name!r}] = {schema['const']!r}"
    if spec.get("required"):
        return f"    {snake(name)}: Annotated[{kind}, {name!r}]"
    return f"    {snake(name)}: Annotated[{kind} | None, {name!r}] = None"
