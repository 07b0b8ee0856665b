"""params.py: a type for each parameter; handlers write `limit: p.Limit`."""

from codegen.contract.document import Document, Parameter
from codegen.contract.keywords import PARSED_FORMATS
from codegen.contract.names import camel
from codegen.server.text import annotation, limits

TOP = """
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from steelyard_contract import models as m
from steelyard_contract.base import Header, Path, Query
from steelyard_contract.scalars import UUID, AnyUrl, AwareDatetime, EmailStr, spelled
"""
SCALARS = {"uuid": "UUID", "date-time": "AwareDatetime", "email": "EmailStr", "uri": "AnyUrl"}


def aliases(document: Document) -> dict[tuple[str, str], str]:
    """(operationId, parameter) -> the name of its type.

    A parameter is named for itself. Where that would name several things, it is named for its component or, without one, for its
    operation and itself.
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


def source(document: Document, given: Parameter) -> str:
    """The type: what it is, its limits, where it is read."""
    spec = given.spec["schema"]
    kind = annotation(spec)
    if "$ref" not in spec:
        kind, bounds = SCALARS.get(spec.get("format", ""), kind), ", ".join(limits(spec))
        if bounds and spec.get("format") in PARSED_FORMATS:
            kind = f"Annotated[{kind}, spelled({bounds})]"
        elif bounds:
            kind = f"Annotated[{kind}, Field({bounds})]"
    if not given.spec.get("required") and "default" not in {**document.dereference(spec), **spec}:
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
