"""openapi/headers.yaml: response headers. The bundler adds those that the compiler or the edge makes."""

from collections.abc import Callable
from typing import Any

from codegen.contract.yaml import ContractError, SourceDict

Json = dict[str, Any]

# x-edge of a header -> the shape of the operations whose responses get it from the bundler; None: only where it is written.
ADDED_TO = {"always": "always", "limited": "limited", "idempotency": "key", "etag": None}


class Headers:
    """The table; `reference` adds a header to the components of the bundle and returns the reference to it."""

    def __init__(self, table: SourceDict, reference: Callable[[str], str]) -> None:
        self.table, self._reference = table, reference
        for name, spec in table.items():
            if spec.get("x-edge", "etag") not in ADDED_TO:
                raise ContractError(f"{table.location(name)}: x-edge {spec['x-edge']!r} is none of {', '.join(ADDED_TO)}.")

    def ref(self, component: str) -> Json:
        return {"$ref": self._reference(component)}

    def spec(self, component: str) -> SourceDict:
        spec: SourceDict = self.table[component]
        return spec

    def edge(self, shape: set[str]) -> Json:
        """The headers that the bundler adds to responses of operations of this shape."""
        return {name: self.ref(name) for name, spec in self.table.items() if ADDED_TO.get(spec.get("x-edge")) in shape}
