"""One name in three spellings: `Idempotency-Key` is idempotency_key in Python, IdempotencyKey as a type, idempotency-key in a URL."""

import keyword
import re


def snake(name: str) -> str:
    """The name as a Python variable or function."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def camel(name: str) -> str:
    """The name as a class."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[-_]", name))


def kebab(name: str) -> str:
    """The name of a class as part of a URL."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
