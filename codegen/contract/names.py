"""One name in three spellings: `Idempotency-Key` is idempotency_key in Python, IdempotencyKey as a type, idempotency-key in a URL.

Any name that OpenAPI allows gets a spelling: `filter[x]` is filter_x, `3d` is n3d, `$top` is top, and a word of Python gets an underscore.
"""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable

# Classes of the libraries that generated code imports, of the templates, and of TypeScript: a schema of such a name is another class.
TAKEN_CLASSES = {
    *("Annotated", "Any", "BaseModel", "ClassVar", "ConfigDict", "Dict", "Enum", "Field", "Generic", "List", "Literal", "Mapping"),
    *("NotRequired", "OpenEnum", "Optional", "RootModel", "Self", "StrEnum", "Sequence", "TypeAlias", "TypedDict", "TypeVar", "Union"),
    *("UNSET", "Unknown", "Unset", "MISSING", "TypeAliasType"),
    *("AnyUrl", "AwareDatetime", "Base64Str", "EmailStr", "StrictFloat", "StrictInt", "UUID"),
    *("Body", "Call", "Deprecation", "Encoded", "Header", "Model", "Operation", "Parameter", "Path", "Problem", "Query"),
    *("Resource", "Response", "ResponseSpec"),
    *("AsyncItemStream", "ItemStream", "JsonLines", "SentItem", "SentItems", "StreamItem", "StreamItems"),
    *("AsyncEventStream", "EventStream", "JsonEvents", "StreamEvent"),
    *("Array", "Boolean", "Date", "Error", "Function", "Map", "Number", "Object", "Omit", "Partial", "Pick", "Promise"),
    *("Readonly", "Record", "Required", "Set", "String", "Symbol"),
    *(name for name in dir(builtins) if name[0].isupper()),
}
# A type that generated TypeScript declares.
TAKEN_CLASSES |= set("Delivery, Refusal, Problem".split(", "))  # noqa: SIM905  # the word ends in a comma: tests/project/test_words.py
# What a member of an enumeration would hide.
OF_ENUMS = {"name", "value", "mro"}


def snake(name: str) -> str:
    """The name as a Python variable or function; not always different from that of another name."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFKC", name))
    name = re.sub(r"\W+", "_", name).strip("_").lower()
    name = name if name.isidentifier() else f"n{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def attributes(names: Iterable[str], taken: Collection[str] = (), suffixed: Collection[str] = ()) -> dict[str, str]:
    """Each name as an attribute, all of them different. Those in `suffixed` get an underscore.

    Names that are spelled alike in Python go first, so that `id` is id and `_id` beside it is id_2.
    """
    made: dict[str, str] = {}
    used = set(taken)
    every = list(names)
    for name in sorted(every, key=lambda name: snake(name) != name):
        plain = snake(name)
        plain = f"{plain}_" if plain in suffixed else plain
        spelled, number = plain, 2
        while spelled in used:
            spelled, number = f"{plain.rstrip('_')}_{number}", number + 1
        made[name] = spelled
        used.add(spelled)
    return {name: made[name] for name in every}


def camel(name: str) -> str:
    """The name as a class."""
    made = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+|_", unicodedata.normalize("NFKC", name)))
    return made if made.isidentifier() else f"N{made}"


def schema_class(name: str) -> str:
    """A schema as a class: `Any` is AnyModel, and `order-line` is OrderLine."""
    made = name if name.isidentifier() and name[0].isupper() else camel(name)
    return f"{made}Model" if made in TAKEN_CLASSES or keyword.iskeyword(made) else made


def enum_member(value: str) -> str:
    """A value of an enumeration as a name: `-price` is PRICE_DESCENDING, `orders:read` is ORDERS_READ, `+` is PLUS_SIGN."""
    if not any(char.isalnum() for char in value):
        return "_".join(re.sub(r"\W", "_", unicodedata.name(char, "character")) for char in value).upper() or "EMPTY"
    descending = value.startswith("-")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFKC", value.removeprefix("-")))
    made = "".join(char if char.isalnum() else "_" for char in words).strip("_").upper()
    made = f"{made}_DESCENDING" if descending else made
    return made if made.isidentifier() else f"VALUE_{made}"


def enum_members(values: Iterable[str]) -> dict[str, str]:
    """Each value of an enumeration with its name, all of them different: `a` is A, and `A` after it is A_2."""
    made: dict[str, str] = {}
    for value in values:
        plain = enum_member(value)
        spelled, number = plain, 2
        while spelled in made.values():
            spelled, number = f"{plain}_{number}", number + 1
        made[value] = spelled
    return made


def kebab(name: str) -> str:
    """The name of a class as part of a URL."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
