"""params.py: a type for each parameter; handlers write `limit: p.Limit`."""

from codegen.document import Document, Given
from codegen.names import camel
from codegen.server.text import annotation, limits

TOP = """
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from steelyard_contract import models as m
from steelyard_contract.base import Header, Path, Query
from steelyard_contract.scalars import UUID
"""


def aliases(document: Document) -> dict[tuple[str, str], str]:
    """(operationId, parameter) -> the name of its type.

    A parameter is named for itself. Where that name would mean several things, it is named for its component or, without one, for its operation, too.
    """
    given = [(operation, one) for operation in document.operations() for one in operation.parameters() if not one.edge]
    meanings: dict[str, set[str]] = {}
    for _, one in given:
        meanings.setdefault(camel(one.name), set()).add(source(document, one))
    found: dict[tuple[str, str], str] = {}
    for operation, one in given:
        name = camel(one.name)
        longer = one.component or camel(operation.id) + name
        found[operation.id, one.name] = name if len(meanings[name]) == 1 else longer
    return found


def source(document: Document, given: Given) -> str:
    """The type: what it is, its limits, where it is read."""
    spec = given.spec["schema"]
    schema, kind = document.resolve(spec), annotation(spec)
    if "$ref" not in spec and (bounds := limits(schema)):
        kind = f"Annotated[{kind}, Field({', '.join(bounds)})]"
    if not given.spec.get("required") and "default" not in schema:
        kind += " | None"
    return f"Annotated[{kind}, {given.spec['in'].capitalize()}({given.name!r})]"


def render(document: Document) -> str:
    """The module."""
    names = aliases(document)
    found = {
        names[operation.id, given.name]: source(document, given)
        for operation in document.operations()
        for given in operation.parameters()
        if not given.edge
    }
    return TOP + "".join(f"\n{name}: TypeAlias = {text}" for name, text in found.items())
