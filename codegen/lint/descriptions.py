"""P16, first part: all members and parameters have a description and an example."""

from collections.abc import Iterator

from codegen.contract.document import Document, pointer
from codegen.contract.schemas import schemas
from codegen.lint.breaches import Breach
from codegen.lint.shapes import types


def p16_described(document: Document) -> Iterator[Breach]:
    """Members and parameters have a description and an example."""
    for schema in schemas(document):
        if schema.condition:
            continue
        for name, member in schema.node.get("properties", {}).items():
            at, whole = schema.pointer + pointer("properties", name), document.dereference(member)
            branches = [document.dereference(branch) for branch in member.get("oneOf", ())]
            if not any("description" in branch for branch in (member, whole, *branches)) and "const" not in whole:
                yield Breach("P16", at, f"{name} needs a description")
            scalar = {"string", "integer", "number"} & set(types(whole)) and not {"enum", "const"} & set(whole)
            if scalar and "examples" not in {**whole, **member} and "default" not in member:
                yield Breach("P16", at, f"{name} needs `examples`")
    for operation in document.operations():
        for parameter in operation.parameters():
            if "description" not in parameter.spec and "description" not in document.dereference(parameter.spec["schema"]):
                yield Breach("P16", parameter.pointer, f"{parameter.name} needs a description")
            whole = {**document.dereference(parameter.spec["schema"]), **parameter.spec["schema"]}
            if (
                not {"example", "examples"} & set(parameter.spec)
                and not {"examples", "enum", "default"} & set(whole)
                and "boolean" not in types(whole)
            ):
                yield Breach("P16", parameter.pointer, f"{parameter.name} needs an example")
