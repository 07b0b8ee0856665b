"""The laws of the contract (x-sum, x-order, x-cache, x-unique, x-immutable, x-read), applied to responses.

The functions are pure. `Memory` compares the responses of one server with each other. Independent of the server and of codegen.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Schema = dict[str, Any]
Resolve = Callable[[Schema], Schema]
Key = tuple[Any, ...]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Part:
    """An object or a list of a response, with its schema and its place."""

    name: str
    """The component, or empty."""
    schema: Schema
    value: Any
    place: str


def parts(resolve: Resolve, schema: Schema, value: Any, place: str = "") -> Iterator[Part]:
    """The value and everything inside, each with the schema that it has; of scalars inside, only those that may have a law."""
    name = schema.get("$ref", "").rpartition("/")[2]
    # Laws stand in a component, or beside the reference to it.
    whole = resolve(schema)
    if "$ref" in schema and len(schema) > 1:
        whole = {**whole, **{key: held for key, held in schema.items() if key != "$ref"}}
    if "oneOf" in whole:
        for branch in whole["oneOf"]:
            if _is_form(resolve(branch), value, resolve):
                yield from parts(resolve, branch, value, place)
                return
        return
    yield Part(name, whole, value, place or "/")
    for node, held, step in _inside(whole, value):
        if isinstance(held, dict | list) or _may_have_law(resolve, node):
            yield from parts(resolve, node, held, f"{place}/{step}")


def _inside(schema: Schema, value: Any) -> Iterator[tuple[Schema, Any, str]]:
    """The members of an object, or the elements of a list, each with its schema and its step."""
    if isinstance(value, dict):
        for member, node in schema.get("properties", {}).items():
            if member in value:
                yield node, value[member], member
    elif isinstance(value, list) and "items" in schema:
        for item in value:
            yield schema["items"], item, "*"


def _may_have_law(resolve: Resolve, schema: Schema) -> bool:
    """Whether a scalar of the schema may have a law. All other laws are about objects and lists."""
    whole = resolve(schema)
    return "x-unique" in schema or "x-unique" in whole or "oneOf" in whole


def _is_form(schema: Schema, value: Any, resolve: Resolve) -> bool:
    if value is None or schema.get("type") == "null":
        return value is None and schema.get("type") == "null"
    constants = {name: resolve(node)["const"] for name, node in schema.get("properties", {}).items() if "const" in resolve(node)}
    return all(isinstance(value, dict) and value.get(name) == constant for name, constant in constants.items())


def at(value: Any, path: str) -> list[Any]:
    """The values of a member, several if the path goes through the elements of a list; null ends a path."""
    values = [value]
    for step in path.split("/"):
        if step == "*":
            values = [item for held in values for item in held or ()]
        else:
            values = [None if held is None else held.get(step) for held in values]
    return values


# -- one response --------------------------------------------------------------------------------------------------------
def broken_sums(part: Part) -> Iterator[str]:
    """Members that are not the sum of their terms. A sum with a null says nothing."""
    for target, terms in part.schema.get("x-sum", {}).items():
        (stated,) = at(part.value, target)
        amounts = [_amount(part.value, term) for term in terms]
        if stated is None or None in amounts:
            continue
        expected = sum(amount for amount in amounts if amount is not None)
        if stated != expected:
            shown = " + ".join(terms).replace("+ -", "- ")
            yield f"{part.place}: breaks 'x-sum' of {part.name}: {target} = {shown} (it is {stated}, not {expected})"


def _amount(value: Any, term: str) -> Any:
    """The value of a term: a member, or the sum over the elements of a list."""
    held = [at(value, path) for path in term.removeprefix("-").split(" * ")]
    total: Any = 0
    for factors in zip(*held, strict=True):
        product: Any = 1
        for factor in factors:
            if factor is None:
                return None
            product *= factor
        total += product
    return -total if term.startswith("-") else total


def in_order(keys: list[str], first: Any, second: Any) -> bool:
    """Whether two rows may follow each other. Null compares with nothing."""
    for key in keys:
        (before,), (after,) = (at(row, key.removeprefix("-")) for row in (first, second))
        if before is None or after is None:
            return True
        before, after = comparable(before), comparable(after)
        if before != after:
            return bool((before > after) == key.startswith("-"))
    return True


def comparable(value: Any) -> Any:
    """Times compare as times: their fraction is left out when it is zero, and a request may have them in another zone."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return datetime.fromisoformat(value).astimezone(UTC).isoformat(timespec="microseconds")
    return value


def broken_orders(part: Part) -> Iterator[str]:
    """Lists that are not in the order of their keys."""
    keys = part.schema.get("x-order")
    if isinstance(keys, list) and isinstance(part.value, list):
        for index in range(1, len(part.value)):
            if not in_order(keys, part.value[index - 1], part.value[index]):
                yield f"{part.place}: breaks 'x-order': {', '.join(keys)} ({index - 1} and {index} are the wrong way round)"
                return


def expected_caching(law: Schema, *, security: list[Any], method: str, status: int, has_credential: bool) -> str:
    """The Cache-Control that x-cache demands of a response."""
    if status >= 400 or not any(security):
        return str(law["otherwise"])
    if has_credential:
        return str(law["credential"])
    return str(law["anonymous"] if method in {"GET", "HEAD"} else law["otherwise"])


# -- several responses ---------------------------------------------------------------------------------------------------
def identity(part: Part) -> Key | None:
    """What a resource is, by its x-read: the operation that reads it, with its arguments."""
    law = part.schema.get("x-read")
    if law is None or not isinstance(part.value, dict):
        return None
    arguments = tuple(at(part.value, path)[0] for path in law.get("parameters", {}).values())
    return (law["operationId"], *arguments, part.value.get("id") if "at" in law else None)


@dataclass
class Memory:
    """What the responses of one server have said: values that must be unique, and members that must not change."""

    unique: dict[str, set[str]] = field(default_factory=dict)
    fixed: dict[Key, Any] = field(default_factory=dict)

    def contradictions(self, shown: list[Part], headers: dict[str, str]) -> Iterator[str]:
        """x-unique and x-immutable, broken by a response: its parts, and its headers with x-unique."""
        for name, value in headers.items():
            yield from self._again(name, name, value)
        for part in shown:
            if part.schema.get("x-unique") is True:
                yield from self._again(part.place, part.place.rpartition("/")[2], str(part.value))
            key = identity(part)
            for path in part.schema.get("x-immutable", ()) if key else ():
                held = at(part.value, path)
                before = self.fixed.setdefault((key, path), held)
                if before != held:
                    yield f"{part.place}: breaks 'x-immutable' of {part.name}: {path} (it was {before}, and is {held})"

    def _again(self, place: str, name: str, value: str) -> Iterator[str]:
        if value in self.unique.setdefault(name, set()):
            yield f"{place}: breaks 'x-unique' (an earlier response had the same value)"
        self.unique[name].add(value)


class LawBroken(AssertionError):
    """A law that a server broke: its operation, the law as the contract names it, what happened, and the exchange that shows it."""

    def __init__(self, operation: str, law: str, detail: str, exchange: Any) -> None:
        super().__init__(f"{operation}: {law}: {detail}")
        self.operation = operation
        self.law = law
        self.detail = detail
        self.exchange = exchange


class LawsBroken(AssertionError):
    """Several laws that a server broke."""

    def __init__(self, broken: list[LawBroken]) -> None:
        super().__init__("\n".join(map(str, broken)))
        self.broken = broken
