"""replies.py: a frozen class for each success, so that a type checker sees a wrong status, member or header."""

from codegen.contract.document import Document, Node, Operation, Response
from codegen.contract.names import camel, snake
from codegen.server.text import annotation, docstring

TOP = """
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from steelyard_contract import models as m
from steelyard_contract.base import Reply as Reply
from steelyard_contract.scalars import UUID
"""


def class_name(operation: Operation, answer: Response) -> str:
    return f"{camel(operation.id)}{answer.status}"


def render(document: Document) -> str:
    """The module."""
    return TOP + "\n\n".join(
        response(document, operation, answer) for operation in document.operations() for answer in operation.successes()
    )


def response(document: Document, operation: Operation, answer: Response) -> str:
    lines = [
        "",
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {class_name(operation, answer)}(Reply):",
        f"    {docstring(answer.spec['description'])}",
        "",
        f"    STATUS: ClassVar[int] = {answer.status}",
    ]
    if answer.schema is not None:
        lines += [f"    MEDIA: ClassVar[str | None] = {answer.media!r}", f"    body: {annotation(answer.schema)}"]
    headers = [(name, document.resolve(node)) for name, node in answer.spec.get("headers", {}).items()]
    return "\n".join(lines + [member(name, spec) for name, spec in headers if "x-edge" not in spec])


def member(name: str, spec: Node) -> str:
    """A header that varies is demanded, a constant has its value already, one that need not come is None."""
    kind, schema = annotation(spec["schema"]), spec["schema"]
    if "const" in schema:
        return f"    {snake(name)}: Annotated[{kind}, {name!r}] = {schema['const']!r}"
    if spec.get("required"):
        return f"    {snake(name)}: Annotated[{kind}, {name!r}]"
    return f"    {snake(name)}: Annotated[{kind} | None, {name!r}] = None"
