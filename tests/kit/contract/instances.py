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
from tests.kit.contract.texts import distinct, text_of

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
SAMPLES = {
    "date": "2026-11-22",
    "time": "09:30:00Z",
    "duration": "P1M",
    "byte": "YQ==",
    "date-time": "2026-11-22T09:00:00.000000Z",
    "uuid": "01a2027b-d680-7000-8000-000000000001",
    "email": "alice@example.com",
    "uri": "https://example.com/a",
    "uri-reference": "/a",
}
EXTRA = "zzz"
MALFORMED = {
    "date-time": ("0999-01-01T00:00:00Z", "3000-01-01T00:00:00Z"),
    "uri-reference": ("a b", "%"),
    "uri": ("a", "https://a b"),
    "date": ("0999-01-01", "2027-02-30"),
    "time": ("09:30:00", "25:00:00Z"),
    "duration": ("1", "P", "PT"),
}

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
        branches = self._branches(node)
        below = [*branches, *node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]
        return max([len(branches) or 1, *(self._turns(child, seen) for child in below)])

    def _merged(self, node: Node) -> Node:
        """The schema with its reference resolved. Keywords beside the reference win."""
        return (
            {**self._document.dereference(node), **{key: held for key, held in node.items() if key != "$ref"}} if "$ref" in node else node
        )

    def _whole(self, node: Node, turn: int, inside: tuple[str, ...] = ()) -> Any:
        """A value with every member; inside of itself an object has itself no more, for which this object stands."""
        if (ref := node.get("$ref")) is not None:
            if inside.count(ref) > 1:
                return self
            inside = (*inside, ref)
        node = self._merged(node)
        if "const" in node:
            return node["const"]
        if branches := self._branches(node):
            at = turn % len(branches)
            values = (self._whole(branch, turn, inside) for branch in (*branches[at:], *branches[:at]))
            return next((value for value in values if value is not self), self)
        return self._of_parts(node, turn, inside)

    def _branches(self, node: Node) -> list[Node]:
        """The branches of a union, and of the unions that are branches: of one that may be null, for example."""
        flat = [(branch, self._branches(self._merged(branch))) for branch in alternatives(node)]
        return [each for branch, below in flat for each in below or [branch]]

    def _of_parts(self, node: Node, turn: int, inside: tuple[str, ...]) -> Any:
        if "properties" in node:
            made = {name: self._whole(member, turn, inside) for name, member in node["properties"].items()}
            return {name: value for name, value in made.items() if value is not self}
        if "items" in node:
            item = self._whole(node["items"], turn, inside)
            return [] if item is self else [item] * max(1, node.get("minItems", 1))
        if isinstance(node.get("additionalProperties"), dict) and "examples" not in node:
            return {self._name(node): self._whole(node["additionalProperties"], turn, inside)}
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
        return {"integer": node.get("minimum", 0), "number": node.get("minimum", 0.5), "boolean": True, "object": {}}.get(kind)

    def _name(self, node: Node) -> str:
        """A name that a member of a map may have."""
        examples = self._merged(node.get("propertyNames", {})).get("examples", ("a",))
        return str(examples[0])

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
                        member = node.get("properties", {}).get(name)  # a nested condition is about the members of the schema around it
                        for value in (*self._edges(member), *self._kinds(member)) if member is not None else ():
                            yield self._with(setting, (*path, name), value)

    def _places(self, node: Node, value: Any, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Each place of an instance, with each schema that applies to it."""
        node = self._merged(node)
        yield path, node
        for branch in (*alternatives(node), *node.get("allOf", ()), *(node[key] for key in ("then", "else") if key in node)):
            yield from self._places(branch, value, path)
        if isinstance(value, dict):
            for name, member in node.get("properties", {}).items():
                if name in value:
                    yield from self._places(member, value[name], (*path, name))
            others = [name for name in value if name not in node.get("properties", {})]
            if others and isinstance(node.get("additionalProperties"), dict):
                yield from self._places(node["additionalProperties"], value[others[0]], (*path, others[0]))
        if isinstance(value, list) and value and "items" in node:
            yield from self._places(node["items"], value[0], (*path, 0))

    def _edges(self, node: Node) -> list[Any]:
        """Values on each bound of a schema, and one beyond it."""
        node, values = self._merged(node), list[Any]()
        for key, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
            if key in node:
                bound = node[key]
                values += [bound, bound + step, float(bound), str(bound), bound + 0.5, float(bound + step)]
        if "multipleOf" in node:
            step, low = node["multipleOf"], node.get("minimum", 0)
            values += [low + step, low + step * 3, low + step * 1.5, low + step / 3]
        for key, step in (("minLength", -1), ("maxLength", 1)):
            if key in node:
                values += [text_of(node, max(0, length)) for length in (node[key], node[key] + step)]
        if "pattern" in node:
            values += ["", "\x00", "a\n", " ", "a b", "٣", "~", "~" * node.get("minLength", 1)]
        values += [*node["enum"], EXTRA] if "enum" in node else []
        values += [*node.get("examples", ()), *MALFORMED.get(node.get("format", ""), ())]
        if "const" in node:
            values += [node["const"], f"{node['const']}x"]
        return values

    def _kinds(self, node: Node) -> list[Any]:
        """Values of every JSON type, and numbers that would be valid as texts."""
        if not {"type", "oneOf", "anyOf", "const", "enum"} & set(node):
            return []
        texts = ["1" * node.get("minLength", 1), *map(str, node.get("examples", ()))] if "string" in node.get("type", ()) else []
        return [None, True, False, 0, 0.5, "x", [], {}, *(int(text) for text in texts if re.fullmatch("[1-9][0-9]*", text))]

    def _objects(self, whole: Any, path: Path, node: Node) -> Iterator[Any]:
        """Members removed and added, and lists that are too short and too long."""
        for name in node.get("properties", {}):
            yield self._without(whole, (*path, name))
        value = self._at(whole, path)
        if isinstance(value, dict) and ("properties" in node or node.get("additionalProperties") is False):
            yield self._with(whole, (*path, EXTRA), 1)
            yield self._with(whole, path, {})
        if isinstance(value, dict) and isinstance(node.get("additionalProperties"), dict):
            yield from self._maps(whole, path, node, value)
        if isinstance(value, dict) and "minProperties" in node:
            yield from (self._with(whole, path, dict([member])) for member in value.items())
        if isinstance(value, list):
            bounds = {node[key] + step for key in ("minItems", "maxItems") if key in node for step in (-1, 0, 1)}
            for count in sorted({0, 1, 2} | {bound for bound in bounds if bound >= 0}):
                item = (value or [None])[0]
                yield self._with(whole, path, [item] * count)
                if node.get("uniqueItems") and isinstance(item, str):
                    yield self._with(whole, path, distinct(self._merged(node["items"]), item, count))

    def _maps(self, whole: Any, path: Path, node: Node, value: dict[str, Any]) -> Iterator[Any]:
        """Maps with other names, with other values, and with as many members as are allowed and one more."""
        held = next(iter(value.values()), None)
        for name in self._edges(node.get("propertyNames", {})):
            if isinstance(name, str):
                yield self._with(whole, path, {name: held})
        for other in (*self._edges(node["additionalProperties"]), *self._kinds(self._merged(node["additionalProperties"]))):
            yield self._with(whole, path, {self._name(node): other})
        names = distinct(self._merged(node.get("propertyNames", {})), self._name(node), node.get("maxProperties", 1) + 1)
        for count in {0, 1, len(names) - 1, len(names)} | {node.get("minProperties", 0)}:
            yield self._with(whole, path, dict.fromkeys(names[:count], held))

    def _settings(self, whole: Any, path: Path, node: Node) -> Iterator[Any]:
        """The instance with the condition of an object met and not met."""
        for name, condition in node.get("if", {}).get("properties", {}).items():
            others = CODES if isinstance(condition.get("const"), str) else ()
            for value in (*self._edges(condition), *self._edges(node.get("properties", {}).get(name, condition)), *others):
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


def alternatives(node: Node) -> list[Node]:
    """The branches of a union."""
    return [*node.get("oneOf", ()), *node.get("anyOf", ())]


def _paths(instance: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    children = instance.items() if isinstance(instance, dict) else enumerate(instance) if isinstance(instance, list) else ()
    for step, child in children:
        yield from _paths(child, (*path, step))
