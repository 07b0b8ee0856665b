"""P16: everything that is sent or answered is described and has an example, and every example is true."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from codegen.document import Document, pointer, referenced
from codegen.rules import Finding
from codegen.rules.shapes import judge, types
from codegen.schemas import schemas


def p16_described(document: Document) -> Iterator[Finding]:
    """Members and parameters say what they are, in words and by an example."""
    for schema in schemas(document):
        if schema.condition:
            continue
        for name, member in schema.node.get("properties", {}).items():
            at, whole = schema.pointer + pointer("properties", name), document.resolve(member)
            branches = [document.resolve(one) for one in member.get("oneOf", ())]
            if not any("description" in one for one in (member, whole, *branches)) and "const" not in whole:
                yield Finding("P16", at, f"{name} needs a description")
            scalar = {"string", "integer"} & set(types(whole)) and not {"enum", "const"} & set(whole)
            if scalar and "examples" not in {**whole, **member} and "default" not in member:
                yield Finding("P16", at, f"{name} needs `examples`")
    for operation in document.operations():
        for given in operation.parameters():
            if "description" not in given.spec and "description" not in document.resolve(given.spec["schema"]):
                yield Finding("P16", given.pointer, f"{given.name} needs a description")
            whole = {**document.resolve(given.spec["schema"]), **given.spec["schema"]}
            if (
                not {"example", "examples"} & set(given.spec)
                and not {"examples", "enum", "default"} & set(whole)
                and "boolean" not in types(whole)
            ):
                yield Finding("P16", given.pointer, f"{given.name} needs an example")


def p16_true(document: Document) -> Iterator[Finding]:
    """Examples are what their schema describes, formats included."""
    judges: dict[str, jsonschema_rs.Draft202012Validator] = {}
    for at, shown, value in _examples(document):
        if at not in judges:
            judges[at] = judge(document, at)
        for error in judges[at].iter_errors(value):
            where = "/".join(map(str, error.instance_path))
            yield Finding("P16", shown, f"the example is not true{f', at {where}' if where else ''}: {error.message}")


def _examples(document: Document) -> Iterator[tuple[str, str, Any]]:
    """(pointer of the schema, pointer of the example, example)"""
    for schema in schemas(document):
        for index, value in enumerate(schema.node.get("examples", ())):
            yield schema.pointer, schema.pointer + pointer("examples", index), value
    for operation in document.operations():
        for given in operation.parameters():
            yield from _of(given.pointer, given.spec)
        yield from _contents(f"{operation.pointer}/requestBody", operation.spec.get("requestBody", {}))
        for answer in operation.answers():
            yield from _contents(answer.pointer, answer.spec)
            for name, node in answer.spec.get("headers", {}).items():
                if referenced(node) is None:
                    yield from _of(answer.pointer + pointer("headers", name), node)
    for name, node in document.components("headers").items():
        yield from _of(pointer("components", "headers", name), node)
    for name, response in document.components("responses").items():
        yield from _contents(pointer("components", "responses", name), response)


def _contents(at: str, holder: Any) -> Iterator[tuple[str, str, Any]]:
    for media, content in holder.get("content", {}).items():
        yield from _of(at + pointer("content", media), content)


def _of(at: str, holder: Any) -> Iterator[tuple[str, str, Any]]:
    if "example" in holder:
        yield f"{at}/schema", f"{at}/example", holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield f"{at}/schema", at + pointer("examples", name, "value"), example["value"]
