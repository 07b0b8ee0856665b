"""Where the contract says that its server is: one path on whatever hosts."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from codegen.contract.document import Node

VARIABLE = re.compile(r"\{([^{}]*)\}")
ORIGIN = re.compile(r"https?://[^/?#]+")


def servers(root: Node) -> list[dict[str, Any]]:
    """Those of the document; without any, it is the host that serves it."""
    held: list[dict[str, Any]] = root.get("servers") or [{"url": "/"}]
    return held


def addresses(server: Node) -> Iterator[str]:
    """The URLs of a server, one for each choice of its variables; a variable without an enumeration has its default."""
    variables = server.get("variables", {})
    choices = [[(name, value) for value in variable.get("enum", [variable.get("default", "")])] for name, variable in variables.items()]
    for chosen in product(*choices):
        values = dict(chosen)
        yield VARIABLE.sub(lambda match, values=values: values.get(match[1], match[0]), server["url"])  # type: ignore[misc]  # values is bound


def path_of(address: str) -> str:
    """The path of a URL, without the slash at its end."""
    return ORIGIN.sub("", address).rstrip("/")


def base_path(root: Node) -> str:
    """What comes before the paths of all operations, such as `/v1`; empty for the root of a host."""
    return path_of(next(addresses(servers(root)[0])))
