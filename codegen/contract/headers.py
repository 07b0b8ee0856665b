"""openapi/headers.yaml: answer headers, among them those that the compiler or the edge makes and that the bundler therefore adds."""

from collections.abc import Callable
from typing import Any

from codegen.contract.yaml import ContractError, SourceDict

Json = dict[str, Any]

# x-edge of a header -> what an operation must be for its answers to have it unasked; None: only where it is written.
ADDED_TO = {"always": "always", "limited": "limited", "idempotency": "key", "etag": None}


class Headers:
    """The table; `place` takes a header into the bundle's components and gives the reference to it."""

    def __init__(self, table: SourceDict, place: Callable[[str], str]) -> None:
        self.table, self._place = table, place
        for name, spec in table.items():
            if spec.get("x-edge", "etag") not in ADDED_TO:
                raise ContractError(f"{table.location(name)}: x-edge {spec['x-edge']!r} is none of {', '.join(ADDED_TO)}.")

    def ref(self, component: str) -> Json:
        return {"$ref": self._place(component)}

    def spec(self, component: str) -> SourceDict:
        found: SourceDict = self.table[component]
        return found

    def edge(self, shape: set[str]) -> Json:
        """The headers that answers of operations of this shape have without anybody writing them."""
        return {name: self.ref(name) for name, spec in self.table.items() if ADDED_TO.get(spec.get("x-edge")) in shape}
