"""problems.py: an exception class for each way to say no, with its facts as typed arguments."""

from codegen.document import Document, Node
from codegen.names import snake
from codegen.server.text import annotation, docstring

TOP = """
from collections.abc import Mapping
from datetime import datetime
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
    """A class: constants in its body, what varies as arguments."""
    content = response["content"]["application/problem+json"]
    example, schema = content["example"], document.resolve(content["schema"])
    members = {member: spec for member, spec in schema["properties"].items() if member not in EVERY}
    headers = {header: document.resolve(spec) for header, spec in response["headers"].items()}
    headers = {header: spec for header, spec in headers.items() if "x-edge" not in spec}
    fixed_headers = {header: spec["schema"]["const"] for header, spec in headers.items() if "const" in spec["schema"]}
    free_headers = {header: annotation(spec["schema"]) for header, spec in headers.items() if header not in fixed_headers}
    free_members = {member: annotation(spec) for member, spec in members.items() if "const" not in spec}
    free_detail = "const" not in schema["properties"]["detail"]

    lines = ["", f"class {name}(Problem):", f"    {docstring(schema['description'])}", ""]
    for constant, value in (
        ("TYPE", example["type"]),
        ("TITLE", example["title"]),
        ("STATUS", example["status"]),
        ("DETAIL", example["detail"]),
    ):
        lines.append(f"    {constant}: ClassVar[{type(value).__name__}] = {value!r}")
    if fixed_headers:
        lines.append(f"    HEADERS: ClassVar[Mapping[str, str]] = {fixed_headers!r}")
    names = {header: f"{snake(header)}_header" if snake(header) in members else snake(header) for header in free_headers}
    arguments = [f"{snake(member)}: {kind}" for member, kind in free_members.items()]
    arguments += [f"{names[header]}: {kind}" for header, kind in free_headers.items()]
    arguments += ["detail: str | None = None"] if free_detail else []
    passed = ["detail=detail"] if free_detail else []
    if members:
        values = (f"{member!r}: {snake(member) if member in free_members else repr(spec['const'])}" for member, spec in members.items())
        passed.append(f"members={{{', '.join(values)}}}")
    if free_headers:
        values = (f"{header!r}: {names[header] if kind == 'str' else f'str({names[header]})'}" for header, kind in free_headers.items())
        passed.append(f"headers={{{', '.join(values)}}}")
    if arguments or passed:
        lines += [
            "",
            f"    def __init__(self{', *, ' if arguments else ''}{', '.join(arguments)}) -> None:",
            f"        super().__init__({', '.join(passed)})",
        ]
    else:
        lines += ["", "    def __init__(self) -> None:", "        super().__init__()"]
    return "\n".join(lines)
