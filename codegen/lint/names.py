"""Names of the contract that become names of Python and TypeScript: nearly all do, and the others are reported."""

import re
from collections.abc import Iterator

from codegen.contract.document import Document, pointer
from codegen.contract.names import TAKEN_CLASSES, schema_class, snake
from codegen.contract.schemas import schemas
from codegen.lint.breaches import Breach

CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
# Arguments of the exception of a problem.
OF_PROBLEMS = {"self", "members", "headers"}
PROBLEM = "Problem"


def members(document: Document) -> Iterator[Breach]:
    """Members are attributes of models."""
    for schema in schemas(document):
        for name in schema.node.get("properties", {}) if not schema.condition else ():
            if not _has_letters(name):
                at = schema.pointer + pointer("properties", name)
                yield Breach("name", at, f"{name!r} makes no attribute, because it has neither letters nor digits: write some")


def _has_letters(name: str) -> bool:
    return any(char.isalnum() for char in name) and snake(name).isidentifier()


def classes(document: Document) -> Iterator[Breach]:
    """Schemas are classes."""
    seen: dict[str, str] = {}
    for name, schema in document.components("schemas").items():
        at, made = pointer("components", "schemas", name), schema_class(name)
        if not made.isidentifier() or not _has_letters(name):
            yield Breach("name", at, f"{name!r} makes no class: write letters and digits, the first a capital, such as OrderLine")
        elif (other := seen.setdefault(made.lower(), name)) != name:
            yield Breach("name", at, f"{name!r} and {other!r} are one class, {made}, or differ by case only, and become files: rename one")
        title = schema.get("title")
        if title is not None and {"properties", "enum", "oneOf", "allOf"} & set(schema) and title != name:
            yield Breach("name", at + pointer("title"), f"the title {title!r} would name the class instead of {name!r}: remove the title")


def problems(document: Document) -> Iterator[Breach]:
    """Problems are exceptions, and their members arguments."""
    for name in document.components("responses"):
        at = pointer("components", "schemas", name + PROBLEM)
        if not CLASS.fullmatch(name) or name in TAKEN_CLASSES:
            yield Breach("name", at, f"{name!r} makes no exception: write letters and digits, the first a capital, such as ItemNotFound")
        schema = document.components("schemas").get(name + PROBLEM, {})
        for member in OF_PROBLEMS & schema.get("properties", {}).keys():
            below = at + pointer("properties", member)
            yield Breach("name", below, f"{member!r} is an argument of every problem: write another word, such as {member}_value")


def tags(document: Document) -> Iterator[Breach]:
    """Tags are packages."""
    seen: dict[str, str] = {}
    for index, tag in enumerate(document.root.get("tags", ())):
        name, made = tag["name"], snake(tag["name"])
        if not _has_letters(name):
            yield Breach("name", pointer("tags", index), f"{name!r} makes no package: write letters and digits, such as orders")
        elif (other := seen.setdefault(made, name)) != name:
            yield Breach("name", pointer("tags", index), f"{other!r} and {name!r} are one package, {made}: rename one of the two")
