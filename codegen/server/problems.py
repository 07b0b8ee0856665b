"""problems.py: an exception class for each problem, its members as typed arguments."""

from codegen.contract.document import Document, Node
from codegen.contract.names import snake
from codegen.server.text import annotation, docstring

TOP = """
from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, Literal

from steelyard_contract import models as m
from steelyard_contract.base import Problem as Problem
from steelyard_contract.scalars import UUID
"""
EVERY = {"type", "title", "status", "detail", "instance"}


def render(document: Document) -> str:
    """The module."""
    responses = document.components("responses")
    return TOP + "\n\n".join(problem(document, name, response) for name, response in responses.items())


def problem(document: Document, name: str, response: Node) -> str:
    """The class: constant members in its body, the others as arguments."""
    content = response["content"]["application/problem+json"]
    example, schema = content["example"], document.dereference(content["schema"])
    headers = {header: document.dereference(node) for header, node in response["headers"].items()}
    own = {header: node["schema"] for header, node in headers.items() if "x-edge" not in node}
    constants = {header: node["const"] for header, node in own.items() if "const" in node}
    lines = [
        "",
        f"class {name}(Problem):",
        f"    {docstring(schema['description'])}",
        "",
        f"    TYPE: ClassVar[str] = {example['type']!r}",
        f"    TITLE: ClassVar[str] = {example['title']!r}",
        f"    STATUS: ClassVar[int] = {example['status']!r}",
        f"    DETAIL: ClassVar[str] = {example['detail']!r}",
        *([f"    HEADERS: ClassVar[Mapping[str, str]] = {constants!r}"] if constants else []),
        "",
    ]
    varying = {header: node for header, node in own.items() if header not in constants}
    return "\n".join(lines + constructor(schema["properties"], varying))


def constructor(properties: Node, headers: Node) -> list[str]:
    """The constructor: it takes the members that vary, and passes all on."""
    members = {member: node for member, node in properties.items() if member not in EVERY}
    names = {header: f"{snake(header)}_header" if snake(header) in members else snake(header) for header in headers}
    arguments = [f"{snake(member)}: {annotation(node)}" for member, node in members.items() if "const" not in node]
    arguments += [f"{names[header]}: {annotation(node)}" for header, node in headers.items()]
    passed = []
    if "const" not in properties["detail"]:
        arguments.append("detail: str | None = None")
        passed.append("detail=detail")
    if members:
        values = (f"{member!r}: {snake(member) if 'const' not in node else repr(node['const'])}" for member, node in members.items())
        passed.append(f"members={{{', '.join(values)}}}")
    if headers:
        values = (f"{header!r}: {name if annotation(headers[header]) == 'str' else f'str({name})'}" for header, name in names.items())
        passed.append(f"headers={{{', '.join(values)}}}")
    taken = f"self, *, {', '.join(arguments)}" if arguments else "self"
    return [f"    def __init__({taken}) -> None:", f"        super().__init__({', '.join(passed)})"]
