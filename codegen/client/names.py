"""How the SDK calls things."""

import keyword
from collections.abc import Iterable

from codegen.contract.names import attributes, camel, snake

# What generated code itself uses inside a class body: a member of such a name would hide it.
TAKEN = frozenset(
    {"bool", "bytes", "cls", "data", "dict", "extra", "float", "from_dict", "int", "list", "self", "str", "to_dict", "variant"}
    | {"classmethod", "datetime", "frozenset", "tuple"}
)


def method_name(operation_id: str, tag: str) -> str:
    """The operation createOrder of `orders` is `create`.

    If nothing or a keyword would remain, it is the whole name: importItems is `import_items`.
    """
    nouns = {tag, tag.removesuffix("s")}
    whole = snake(operation_id)
    rest = "_".join(word for word in whole.split("_") if word not in nouns)
    return whole if not rest or keyword.iskeyword(rest) else rest


def attribute(name: str) -> str:
    """A member as an attribute or argument."""
    made = snake(name)
    return f"{made}_" if made in TAKEN else made


def members(names: Iterable[str]) -> dict[str, str]:
    """The members of an object as attributes and arguments, all of them different."""
    return attributes(names, suffixed=TAKEN)


def class_of_tag(tag: str) -> str:
    """The resource of a tag."""
    return camel(tag)
