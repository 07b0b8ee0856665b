"""params.py: a type for each parameter, such as `p.Limit`."""

from codegen.contract.document import Document, Parameter
from codegen.contract.keywords import PARSED_FORMATS
from codegen.contract.names import camel, schema_class
from codegen.server.text import annotation, limits

TOP = """
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from steelyard_contract import models as m
from steelyard_contract.base import Header, Path, Query
from steelyard_contract.scalars import UUID, AnyUrl, AwareDatetime, Base64Str, EmailStr, StrictFloat, date, spelled
"""
SCALARS = {"uuid": "UUID", "date-time": "AwareDatetime", "date": "date", "email": "EmailStr", "uri": "AnyUrl", "byte": "Base64Str"}


def aliases(document: Document) -> dict[tuple[str, str], str]:
    """(operationId, parameter) -> the name of its type.

    The type has the name of the parameter. Where parameters of one name differ, it has the name of the component or, without one, of
    the operation and the parameter.
    """
    uses = [(operation, parameter) for operation in document.operations() for parameter in operation.parameters() if not parameter.edge]
    meanings: dict[str, set[str]] = {}
    for _, parameter in uses:
        meanings.setdefault(schema_class(parameter.name), set()).add(source(document, parameter))
    names: dict[tuple[str, str], str] = {}
    for operation, parameter in uses:
        name = schema_class(parameter.name)
        longer = parameter.component or camel(operation.id) + camel(parameter.name)
        names[operation.id, parameter.name] = name if len(meanings[name]) == 1 else longer
    return names


def source(document: Document, parameter: Parameter) -> str:
    """The type with its bounds, and where it is read."""
    spec = parameter.spec["schema"]
    kind = annotation(spec)
    if "$ref" not in spec:
        kind, bounds = SCALARS.get(spec.get("format", ""), kind.replace("float", "StrictFloat")), ", ".join(limits(spec))
        if bounds and spec.get("format") in PARSED_FORMATS:
            kind = f"Annotated[{kind}, spelled({bounds})]"
        elif bounds:
            kind = f"Annotated[{kind}, Field({bounds})]"
    if not parameter.spec.get("required") and "default" not in {**document.dereference(spec), **spec}:
        kind += " | None"
    return f"Annotated[{kind}, {parameter.spec['in'].capitalize()}({parameter.name!r})]"


def render(document: Document) -> str:
    """The module."""
    names = aliases(document)
    types = {
        names[operation.id, parameter.name]: source(document, parameter)
        for operation in document.operations()
        for parameter in operation.parameters()
        if not parameter.edge
    }
    return TOP + "".join(f"\n{name}: TypeAlias = {text}" for name, text in types.items())
