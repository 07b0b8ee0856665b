"""Whether each law names what exists, so that a test can be made from it."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.contract.document import Document, Node, Operation, Parameter, pointer
from codegen.contract.laws import OF_ONE, factors, keys, member, rows
from codegen.contract.schemas import Schema, schemas
from codegen.lint.breaches import Breach
from codegen.lint.shapes import types

# What a comparison needs of the member.
KINDS = {
    "at-least": {"integer", "number", "string"},
    "at-most": {"integer", "number", "string"},
    "after": {"integer", "number", "string"},
    "before": {"integer", "number", "string"},
    "positive": {"integer", "number"},
    "words": {"string", "array"},
    "text": {"string", "array"},
    "caller": {"integer", "string"},
}


def filters(document: Document) -> Iterator[Breach]:
    """x-filter and x-order of parameters: of a listing, and of members of its rows."""
    for operation in document.operations():
        for parameter in operation.parameters():
            for law in {"x-filter", "x-order"} & set(parameter.spec):
                row, at = rows(document, operation), parameter.pointer + pointer(law)
                if row is None:
                    yield Breach("law", at, f"{operation.id} lists nothing: its success has no list of objects. Remove `{law}`")
                elif law == "x-filter":
                    yield from _filter(document, row, parameter, at)
                else:
                    yield from _sort(document, row, parameter, at)


def _filter(document: Document, row: Node, parameter: Parameter, at: str) -> Iterator[Breach]:
    law: Mapping[str, Any] = parameter.spec["x-filter"]
    schema = document.dereference(parameter.spec["schema"])
    (comparison,) = law.keys() - {"case"}
    held = law[comparison]
    for path in [held] if comparison in OF_ONE else held if isinstance(held, list) else held.values():
        reached = member(document, row, path)
        if reached is None:
            yield Breach("law", at, f"{path} is no member of the rows: correct the path")
        elif comparison in KINDS and not KINDS[comparison] & set(types(reached)):
            yield Breach("law", at, f"`{comparison}` does not compare {path}, which is {' or '.join(types(reached)) or 'an object'}")
    if comparison == "caller" and (unknown := set(held) - set(schema.get("enum", ()))):
        yield Breach("law", at, f"{', '.join(sorted(unknown))} is no value of {parameter.name}: write values of its enum")
    if comparison == "positive" and "boolean" not in types(schema):
        yield Breach("law", at, f"`positive` is true or false: {parameter.name} is no boolean")


def _sort(document: Document, row: Node, parameter: Parameter, at: str) -> Iterator[Breach]:
    law, values = parameter.spec["x-order"], document.dereference(parameter.spec["schema"]).get("enum", [])
    if not isinstance(law, Mapping) or set(law) != set(values):
        yield Breach(
            "law", at, f"x-order of {parameter.name} has the keys of each of its values: {', '.join(map(str, values)) or 'it has no enum'}"
        )
        return
    for path in keys(law):
        if member(document, row, path) is None:
            yield Breach("law", at, f"{path} is no member of the rows: correct the path")


def objects(document: Document) -> Iterator[Breach]:
    """The laws of schemas: they name members, operations and problems."""
    operations = {operation.id: operation for operation in document.operations()}
    problems = {name for name in document.components("schemas") if name.endswith("Problem")}
    for schema in schemas(document):
        for law, check in (("x-order", _array), ("x-sum", _sum), ("x-immutable", _immutable)):
            if law in schema.node:
                yield from (Breach("law", schema.pointer + pointer(law), message) for message in check(document, schema))
        if "x-read" in schema.node:
            messages = _read(document, schema.node, operations)
            yield from (Breach("law", schema.pointer + pointer("x-read"), message) for message in messages)
        for law in ("x-once", "x-unique"):
            if law in schema.node:
                messages = _with_problem(document, schema, law, operations, problems)
                yield from (Breach("law", schema.pointer + pointer(law), message) for message in messages)
        if "x-case" in schema.node and "string" not in types(document.dereference(schema.node)):
            yield Breach("law", schema.pointer + pointer("x-case"), "only a text has a case: remove it")


def _array(document: Document, schema: Schema) -> Iterator[str]:
    if isinstance(schema.node["x-order"], Mapping) or "items" not in schema.node:
        yield "x-order of an array has a list of keys, such as [-created_at, -id]: write one beside `items`"
        return
    for path in keys(schema.node["x-order"]):
        if member(document, schema.node["items"], path) is None:
            yield f"{path} is no member of the elements: correct the path"


def _sum(document: Document, schema: Schema) -> Iterator[str]:
    for target, terms in schema.node["x-sum"].items():
        for path in (target, *(path for term in terms for path in factors(term))):
            reached = member(document, schema.node, path)
            if reached is None:
                yield f"{path} is no member: correct the path"
            elif not {"integer", "number"} & set(types(reached)):
                yield f"{path} is no number: name the member that is one, such as {path}/amount"
        if "*" in target.split("/"):
            yield f"{target} is no single member: write the sum into the schema of the elements"


def _immutable(document: Document, schema: Schema) -> Iterator[str]:
    for path in schema.node["x-immutable"]:
        if member(document, schema.node, path) is None:
            yield f"{path} is no member: correct the path"
    if "x-read" not in schema.node:
        yield "only an object that can be read again has members that never change: write x-read, too"


def _read(document: Document, schema: Node, operations: Mapping[str, Operation]) -> Iterator[str]:
    law = schema["x-read"]
    operation = operations.get(law["operationId"])
    if operation is None or operation.method != "get":
        yield f"{law['operationId']} is no operation that reads: write the operationId of a GET"
        return
    demanded = {parameter.name for parameter in operation.parameters() if parameter.spec.get("required")}
    if demanded != set(law.get("parameters", {})):
        yield f"{operation.id} needs {', '.join(sorted(demanded)) or 'no parameter'}: write its `parameters`, each with a member"
    for path in law.get("parameters", {}).values():
        if member(document, schema, path) is None:
            yield f"{path} is no member: correct the path"
    if "at" in law:
        lists = [member(document, response.schema, law["at"]) for response in operation.successes() if response.schema is not None]
        if not any(held is not None and "items" in held for held in lists):
            yield f"{law['at']} is no list in the response of {operation.id}: correct `at`"
        if member(document, schema, "id") is None:
            yield "an object inside of a list is found by its `id`: add that member"


def _with_problem(document: Document, schema: Schema, law: str, operations: Mapping[str, Operation], problems: set[str]) -> Iterator[str]:
    value = schema.node[law]
    if (value is True) != (schema.use == "response"):
        yield "in responses x-unique is true, in requests it names its problem: {problem: SkuTaken}"
        return
    if value is True:
        return
    if f"{value['problem']}Problem" not in problems:
        yield f"there is no problem {value['problem']}: write a name of problems.yaml that an operation has"
    if law == "x-once":
        name, _, path = value["from"].partition("/")
        successes = operations[name].successes() if name in operations else []
        if not any(response.schema is not None and member(document, response.schema, path) is not None for response in successes):
            yield f"{value['from']} does not exist: write operationId/member of the response that has the value"
