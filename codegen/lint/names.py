"""Names of the contract that become names of Python and TypeScript: a name that cannot is reported, not changed."""

import builtins
import keyword
import re
from collections.abc import Iterator

from pydantic import BaseModel

from codegen.client.names import enum_member
from codegen.contract.document import Document, pointer
from codegen.contract.schemas import schemas
from codegen.lint.breaches import Breach

MEMBER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
TAG = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
# A value makes a name by its letters and digits; a minus in front of it is a descending order.
VALUE = re.compile(r"-?[A-Za-z][A-Za-z0-9]*([ _.:/+-][A-Za-z0-9]+)*")
# Attributes of every model, which a member would hide; of its metaclass, too.
OF_MODELS = {*dir(BaseModel), *dir(type(BaseModel))}
# Classes of the libraries that generated code imports, of the templates, and of TypeScript.
OF_GENERATED = {
    *("Annotated", "Any", "BaseModel", "ClassVar", "ConfigDict", "Dict", "Enum", "Field", "Generic", "List", "Literal", "Mapping"),
    *("Optional", "RootModel", "Self", "StrEnum", "Sequence", "TypeAlias", "TypeVar", "Union", "UNSET", "Unset", "MISSING"),
    *("AnyUrl", "AwareDatetime", "EmailStr", "StrictFloat", "StrictInt", "UUID"),
    *("Body", "Deprecation", "Encoded", "Header", "Model", "Operation", "Parameter", "Path", "Problem", "Query", "Response"),
    "ResponseSpec",
    *("Array", "Boolean", "Date", "Error", "Function", "Map", "Number", "Object", "Omit", "Partial", "Pick", "Promise"),
    *("Readonly", "Record", "Required", "Set", "String", "Symbol"),
    *(name for name in dir(builtins) if name[0].isupper()),
}
# Arguments of the exception of a problem.
OF_PROBLEMS = {"self", "members", "headers"}
PROBLEM = "Problem"


def members(document: Document) -> Iterator[Breach]:
    """Members are attributes of models."""
    for schema in schemas(document):
        for name in schema.node.get("properties", {}) if not schema.condition else ():
            at = schema.pointer + pointer("properties", name)
            if not MEMBER.fullmatch(name):
                yield Breach("name", at, f"{name!r} makes no attribute: write lower case, digits and single underscores, such as page_size")
            elif keyword.iskeyword(name) or name in OF_MODELS:
                whose = "a word of Python" if keyword.iskeyword(name) else "an attribute of every model"
                yield Breach("name", at, f"{name!r} is {whose}: write another word, or two, such as {name}_value")


def classes(document: Document) -> Iterator[Breach]:
    """Schemas are classes."""
    seen: dict[str, str] = {}
    for name, schema in document.components("schemas").items():
        at = pointer("components", "schemas", name)
        if not CLASS.fullmatch(name):
            yield Breach("name", at, f"{name!r} makes no class: write letters and digits, the first a capital, such as OrderLine")
        elif name in OF_GENERATED or keyword.iskeyword(name):
            yield Breach("name", at, f"{name!r} is a class that generated code uses by itself: write two words, such as {name}Entry")
        elif (other := seen.setdefault(name.lower(), name)) != name:
            yield Breach("name", at, f"{name!r} and {other!r} differ by case only, and become files: rename one")
        title = schema.get("title")
        if title is not None and {"properties", "enum", "oneOf", "allOf"} & set(schema) and title != name:
            yield Breach("name", at + pointer("title"), f"the title {title!r} would name the class instead of {name!r}: remove the title")


def problems(document: Document) -> Iterator[Breach]:
    """Problems are exceptions, and their members arguments."""
    for name in document.components("responses"):
        at = pointer("components", "schemas", name + PROBLEM)
        if not CLASS.fullmatch(name) or name in OF_GENERATED:
            yield Breach("name", at, f"{name!r} makes no exception: write letters and digits, the first a capital, such as ItemNotFound")
        schema = document.components("schemas").get(name + PROBLEM, {})
        for member in OF_PROBLEMS & schema.get("properties", {}).keys():
            below = at + pointer("properties", member)
            yield Breach("name", below, f"{member!r} is an argument of every problem: write another word, such as {member}_value")


def values(document: Document) -> Iterator[Breach]:
    """Values of an enumeration are its members."""
    for schema in schemas(document):
        taken: dict[str, str] = {}
        for value in schema.node.get("enum", ()):
            if not isinstance(value, str):
                continue
            at = schema.pointer + pointer("enum")
            if not VALUE.fullmatch(value):
                remedy = "write letters and digits, with single separators, the first a letter"
                yield Breach("name", at, f"{value!r} makes no member of an enumeration: {remedy}; or a pattern in place of the enum")
                continue
            member = enum_member(value)
            if (other := taken.setdefault(member, value)) != value:
                yield Breach(
                    "name",
                    at,
                    f"{other!r} and {value!r} are one member, {member}: rename one of the two",
                )


def tags(document: Document) -> Iterator[Breach]:
    """Tags are packages."""
    for index, tag in enumerate(document.root.get("tags", ())):
        name = tag["name"]
        if not TAG.fullmatch(name) or keyword.iskeyword(name.replace("-", "_")) or name in dir(builtins):
            remedy = "write lower case, digits and single hyphens or underscores, and no word of Python, such as orders"
            yield Breach("name", pointer("tags", index), f"{name!r} makes no package: {remedy}")
