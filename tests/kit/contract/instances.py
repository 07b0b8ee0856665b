"""Valid and invalid instances of a schema: on each bound and one beyond it, with members removed, added and replaced.

They test code that reads requests or checks responses. `Instances(document, pointer).take(1000)` first breaks each rule of the schema
alone, then mutates at random, in the same way in every run.
"""

import copy
import random
import re
from collections.abc import Iterator
from typing import Any

from codegen.contract.document import Document, Node

# Values at the limits of JSON. The bounds of the schema are added to them.
NUMBERS = (0, 1, -1, 1.0, 1.5, -0.0, 10**20, 1e300, 2**53, 2**53 + 1, 1700000000)
TEXTS = ("", "a", "5", "true", "null", "a\x00b", "a\n", " a", "\x7f", "٣٣٣٣٣", "🛒", "x" * 300)
CODES = ("US", "us", "12345-678", "12345\n", "EC1A 1BB", "PROMO-", "PROMO-A", "promo-a", "FR")
ADDRESSES = ("a@b", "a@b.c", "a@localhost", "not-mail", "a@b.c\n", "ä@b.c", "https://img.example/a.jpg", "http://a.example")
DATES = ("2026-01-01", "1700000000", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2016-12-31T23:59:60Z")
TIMES = ("2026-01-01T00:00:00", "2026-01-01T00:00:00Z", "2026-01-01t00:00:00.5+01:00")
UUIDS = tuple(
    form.format("3f2b8a52-8a37-4d0e-9f4e-1c1f0a3b9f10")
    for form in ("{}", "urn:uuid:{}", "{{{}}}", "{}0", "3f2b8a528a374d0e9f4e1c1f0a3b9f10")
)
SHAPES: tuple[Any, ...] = (None, True, False, [], {}, ["a", "a"], [1, 2], [None], {"a": 1}, {"": None})
POOL = (*NUMBERS, *TEXTS, *CODES, *ADDRESSES, *DATES, *TIMES, *UUIDS, *SHAPES)
SAMPLES = {"date-time": "2026-11-22T09:00:00.000000Z", "uuid": "01a2027b-d680-7000-8000-000000000001", "email": "alice@example.com"}
EXTRA = "zzz"
MALFORMED = {"date-time": ("0999-01-01T00:00:00Z", "3000-01-01T00:00:00Z"), "uri-reference": ("a b", "%"), "uri": ("a", "https://a b")}

Path = tuple[str | int, ...]


class Instances:
    """Instances of the schema at a JSON pointer."""

    def __init__(self, document: Document, where: str, seed: int = 7) -> None:
        self._document, self._root = document, document.get(where)
        self._random = random.Random(seed)
        self.complete = [self._whole(self._root, turn) for turn in range(self._turns(self._root))]
        """Instances with every member, one for each branch of each union."""

    def take(self, count: int) -> Iterator[Any]:
        """At least this many instances: each rule broken alone, then random mutations."""
        aimed = list(self.aimed())
        yield from aimed
        pool = [*POOL, *(value for _, node in self._places(self._root, self.complete[0]) for value in self._edges(node))]
        for _ in range(count - len(aimed)):
            yield self._mutated(self._random.choice(self.complete), pool)

    # -- complete instances --------------------------------------------------------------------------------------------

    def _turns(self, node: Node, seen: frozenset[int] = frozenset()) -> int:
        """The number of branches of the widest union in the schema."""
        node = self._merged(node)
        if id(node.get("properties")) in seen:
            return 1
        seen |= {id(node["properties"])} if "properties" in node else set()
        below = [*node.get("oneOf", ()), *node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]
        return max([len(node.get("oneOf", (0,))), *(self._turns(child, seen) for child in below)])

    def _merged(self, node: Node) -> Node:
        """The schema with its reference resolved. Keywords beside the reference win."""
        return (
            {**self._document.dereference(node), **{key: held for key, held in node.items() if key != "$ref"}} if "$ref" in node else node
        )

    def _whole(self, node: Node, turn: int) -> Any:
        node = self._merged(node)
        if "oneOf" in node:
            return self._whole(node["oneOf"][turn % len(node["oneOf"])], turn)
        if "const" in node:
            return node["const"]
        if "properties" in node:
            return {name: self._whole(member, turn) for name, member in node["properties"].items()}
        if "items" in node:
            return [self._whole(node["items"], turn)] * max(1, node.get("minItems", 1))
        if "examples" in node:
            return copy.deepcopy(node["examples"][turn % len(node["examples"])])
        return self._scalar(node)

    def _scalar(self, node: Node) -> Any:
        kind = node.get("type", "null")
        kind = kind[0] if isinstance(kind, list) else kind
        if "enum" in node:
            return node["enum"][0]
        if kind == "string":
            return SAMPLES.get(node.get("format", ""), "x" * max(1, node.get("minLength", 1)))
        return {"integer": node.get("minimum", 0), "boolean": True, "object": {}}.get(kind)

    # -- one rule at a time --------------------------------------------------------------------------------------------

    def aimed(self) -> Iterator[Any]:
        """Each bound met and missed by one, each rule broken alone, each condition met and not met."""
        for whole in self.complete:
            yield whole
            for path, node in list(self._places(self._root, whole)):
                for value in (*self._edges(node), *self._kinds(node)):
                    yield self._with(whole, path, value)
                yield from self._objects(whole, path, node)
            for path, node in list(self._places(self._root, whole)):
                for setting in self._settings(whole, path, node):
                    yield setting
                    for name in self._conditional(node):
                        yield self._without(setting, (*path, name))
                        for value in (*self._edges(node["properties"][name]), *self._kinds(node["properties"][name])):
                            yield self._with(setting, (*path, name), value)

    def _places(self, node: Node, value: Any, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Each place of an instance, with each schema that applies to it."""
        node = self._merged(node)
        yield path, node
        for branch in (*node.get("oneOf", ()), *node.get("allOf", ()), *(node[key] for key in ("then", "else") if key in node)):
            yield from self._places(branch, value, path)
        if isinstance(value, dict):
            for name, member in node.get("properties", {}).items():
                if name in value:
                    yield from self._places(member, value[name], (*path, name))
        if isinstance(value, list) and value and "items" in node:
            yield from self._places(node["items"], value[0], (*path, 0))

    def _edges(self, node: Node) -> list[Any]:
        """Values on each bound of a schema, and one beyond it."""
        node, values = self._merged(node), list[Any]()
        for key, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
            if key in node:
                bound = node[key]
                values += [bound, bound + step, float(bound), str(bound), bound + 0.5]
        for key, step in (("minLength", -1), ("maxLength", 1)):
            if key in node:
                values += [_text(node, max(0, length)) for length in (node[key], node[key] + step)]
        if "pattern" in node:
            values += ["", "\x00", "a\n", " ", "a b", "٣", "~", "~" * node.get("minLength", 1)]
        values += [*node["enum"], EXTRA] if "enum" in node else []
        values += [*node.get("examples", ()), *MALFORMED.get(node.get("format", ""), ())]
        if "const" in node:
            values += [node["const"], f"{node['const']}x"]
        return values

    def _kinds(self, node: Node) -> list[Any]:
        """Values of every JSON type."""
        return [None, True, False, 0, 0.5, "x", [], {}] if {"type", "oneOf", "const", "enum"} & set(node) else []

    def _objects(self, whole: Any, path: Path, node: Node) -> Iterator[Any]:
        """Members removed and added, and lists that are too short and too long."""
        for name in node.get("properties", {}):
            yield self._without(whole, (*path, name))
        value = self._at(whole, path)
        if isinstance(value, dict) and "properties" in node:
            yield self._with(whole, (*path, EXTRA), 1)
            yield self._with(whole, path, {})
        if isinstance(value, dict) and "minProperties" in node:
            yield from (self._with(whole, path, dict([member])) for member in value.items())
        if isinstance(value, list):
            bounds = {node[key] + step for key in ("minItems", "maxItems") if key in node for step in (-1, 0, 1)}
            for count in sorted({0, 1, 2} | {bound for bound in bounds if bound >= 0}):
                item = (value or [None])[0]
                yield self._with(whole, path, [item] * count)
                if node.get("uniqueItems") and isinstance(item, str):
                    yield self._with(whole, path, [f"{item}{number}" for number in range(count)])

    def _settings(self, whole: Any, path: Path, node: Node) -> Iterator[Any]:
        """The instance with the condition of an object met and not met."""
        for name, condition in node.get("if", {}).get("properties", {}).items():
            others = CODES if isinstance(condition.get("const"), str) else ()
            for value in (*self._edges(condition), *self._edges(node["properties"][name]), *others):
                yield self._with(whole, (*path, name), value)
            yield self._without(whole, (*path, name))

    def _conditional(self, node: Node) -> list[str]:
        """The members that `then` and `else` name."""
        branches = [node.get(key, {}) for key in ("then", "else")]
        return list(dict.fromkeys(name for branch in branches for key in ("required", "properties") for name in branch.get(key, ())))

    # -- at random -----------------------------------------------------------------------------------------------------

    def _mutated(self, whole: Any, pool: list[Any]) -> Any:
        instance = copy.deepcopy(whole)
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            paths = list(_paths(instance))
            path = self._random.choice(paths[1:] or paths)
            act, value = self._random.random(), copy.deepcopy(self._random.choice(pool))
            if not path:
                instance = value
            elif act < 0.35:
                instance = self._without(instance, path)
            elif act < 0.45:
                instance = self._with(instance, (*path[:-1], EXTRA), value)
            else:
                instance = self._with(instance, path, value)
        return instance

    # -- surgery -------------------------------------------------------------------------------------------------------

    def _at(self, instance: Any, path: Path) -> Any:
        for step in path:
            instance = instance[step]
        return instance

    def _with(self, instance: Any, path: Path, value: Any) -> Any:
        """A copy with another value at a place. Without such a place, an equal copy."""
        if not path:
            return value
        copied = copy.deepcopy(instance)
        parent: Any = self._at(copied, path[:-1])
        step: Any = path[-1]
        if isinstance(parent, dict) or (isinstance(parent, list) and isinstance(step, int)):
            parent[step] = value
        return copied

    def _without(self, instance: Any, path: Path) -> Any:
        copied = copy.deepcopy(instance)
        parent = self._at(copied, path[:-1])
        if isinstance(parent, dict):
            parent.pop(path[-1], None)
        elif isinstance(parent, list) and isinstance(path[-1], int):
            del parent[path[-1]]
        return copied


def _text(node: Node, length: int) -> str:
    """A text of this length that matches the format, examples and pattern of the schema where possible."""
    if node.get("format") == "email" and length > 20:
        # RFC 5321: 64 before the @, and no label of a domain is longer than 63.
        domain = ".".join(["x" * 60] * 4)[: length - 17] + ".example"
        return f"{'a' * (length - len(domain) - 1)}@{domain}"
    base = next((text for text in node.get("examples", ()) if isinstance(text, str) and text), "x")
    # If the pattern does not allow the text to be repeated, its last character may be.
    ways = ((base * (length // len(base) + 1))[:length], base[:length].ljust(length, base[-1]))
    return next((way for way in ways if "pattern" in node and re.search(node["pattern"], way)), ways[0])


def _paths(instance: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    children = instance.items() if isinstance(instance, dict) else enumerate(instance) if isinstance(instance, list) else ()
    for step, child in children:
        yield from _paths(child, (*path, step))
