"""P16, first part: everything that is sent or answered is described and has an example."""

from collections.abc import Iterator

from codegen.contract.document import Document, pointer
from codegen.contract.schemas import schemas
from codegen.lint.findings import Finding
from codegen.lint.shapes import types


def p16_described(document: Document) -> Iterator[Finding]:
    """Members and parameters say what they are, in words and by an example."""
    for schema in schemas(document):
        if schema.condition:
            continue
        for name, member in schema.node.get("properties", {}).items():
            at, whole = schema.pointer + pointer("properties", name), document.dereference(member)
            branches = [document.dereference(one) for one in member.get("oneOf", ())]
            if not any("description" in one for one in (member, whole, *branches)) and "const" not in whole:
                yield Finding("P16", at, f"{name} needs a description")
            scalar = {"string", "integer"} & set(types(whole)) and not {"enum", "const"} & set(whole)
            if scalar and "examples" not in {**whole, **member} and "default" not in member:
                yield Finding("P16", at, f"{name} needs `examples`")
    for operation in document.operations():
        for given in operation.parameters():
            if "description" not in given.spec and "description" not in document.dereference(given.spec["schema"]):
                yield Finding("P16", given.pointer, f"{given.name} needs a description")
            whole = {**document.dereference(given.spec["schema"]), **given.spec["schema"]}
            if (
                not {"example", "examples"} & set(given.spec)
                and not {"examples", "enum", "default"} & set(whole)
                and "boolean" not in types(whole)
            ):
                yield Finding("P16", given.pointer, f"{given.name} needs an example")
