"""How the SDK calls things."""

import keyword

from codegen.contract.names import camel, snake

# What generated code itself uses inside a class body: a member of such a name would hide it.
TAKEN = frozenset(
    {"bool", "bytes", "cls", "data", "dict", "extra", "float", "from_dict", "int", "list", "self", "str", "to_dict", "variant"}
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


def enum_member(value: str) -> str:
    """A value of an enumeration as a name: `-price` is PRICE_DESCENDING, `orders:read` is ORDERS_READ."""
    descending = value.startswith("-")
    made = "".join(char if char.isalnum() else "_" for char in snake(value.removeprefix("-"))).strip("_").upper()
    made = f"{made}_DESCENDING" if descending else made
    return made if made.isidentifier() else f"VALUE_{made}"


def class_of_tag(tag: str) -> str:
    """The resource of a tag."""
    return camel(tag)
