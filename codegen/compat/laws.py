"""The differences between the laws of two holders: a new law is a promise more, a changed or missing one breaks a promise."""

from collections.abc import Iterator
from typing import Any, Literal

from codegen.contract.document import Node
from codegen.contract.laws import LAWS

# Laws whose value is a list or a map of separate promises.
_SEPARATE = ("x-immutable", "x-sum", "x-order")


def law_differences(old: Node, new: Node) -> Iterator[tuple[Literal["changed", "added"], str]]:
    """(effect, what) of each difference."""
    for law in LAWS:
        if law in old and law in new and old[law] != new[law]:
            yield from _changed(law, old[law], new[law])
        elif law in old and law not in new:
            yield "changed", f"`{law}` is gone"
        elif law in new and law not in old:
            yield "added", f"`{law}` is new"


def _changed(law: str, old: Any, new: Any) -> Iterator[tuple[Literal["changed", "added"], str]]:
    if law not in _SEPARATE or type(old) is not type(new) or (law == "x-order" and isinstance(old, list)):
        yield "changed", f"`{law}` has changed"
        return
    before, after = (held if isinstance(held, dict) else dict.fromkeys(held) for held in (old, new))
    for key in before:
        if key not in after:
            yield "changed", f"`{law}` of {key} is gone"
        elif before[key] != after[key]:
            yield "changed", f"`{law}` of {key} has changed"
    for key in after:
        if key not in before:
            yield "added", f"`{law}` of {key} is new"
