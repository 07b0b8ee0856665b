"""The differences between two schemas, each with its effect on the values that the schema accepts."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from codegen.compat import patterns
from codegen.compat.changes import Direction, Level
from codegen.compat.deprecations import announcement, promised_until
from codegen.compat.effective_schema import LOWER, UPPER, Conjunction, EffectiveSchema, effective_schema
from codegen.contract.document import Document

# narrowed: accepts less; widened: accepts more; changed: both, or undecidable; added: a new part that callers may ignore;
# default: the same values, but another meaning of a missing value; wording: only the explanation changes.
Effect = Literal["narrowed", "widened", "changed", "added", "default", "wording"]
OPPOSITE: dict[Effect, Effect] = {"narrowed": "widened", "widened": "narrowed"}

# Bounds that an enum makes redundant.
OF_SCALARS = {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "maxLength"}
SENTENCES = {("title",), ("detail",)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference; its `path` goes through members, `<name>` is a branch and `[]` an item."""

    effect: Effect
    kind: str
    what: str
    pointer: str
    """Into the new document, or into the old document if the part is gone."""
    path: tuple[str, ...] = ()
    promised_until: date | None = None
    """The announced sunset of a part that is gone."""

    @property
    def is_sentence(self) -> bool:
        """Whether it is a text of a problem for readers; programs switch on the type."""
        return self.path in SENTENCES

    def level(self, direction: Direction) -> Level:
        """The level of the difference for readers of values in this direction."""
        if self.is_sentence and direction == "problem":
            return "wording"
        if self.effect in ("narrowed", "widened"):
            return "breaking" if (self.effect == "narrowed") == (direction == "request") else "addition"
        if self.effect == "default":
            return "breaking" if direction == "request" else "wording"
        return "breaking" if self.effect == "changed" else "addition" if self.effect == "added" else "wording"


class Schemas:
    """Compares the schemas of two documents, each pair once."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._known: dict[tuple[Conjunction, Conjunction], list[Difference]] = {}

    def differences(self, olds: Conjunction, news: Conjunction) -> list[Difference]:
        """The differences from the old schema to the new schema."""
        key = (olds, news)
        if key not in self._known:
            self._known[key] = []  # a recursive schema has each difference once, not again at each level
            pair = _Pair(effective_schema(self._old, olds), effective_schema(self._new, news))
            self._known[key] = [*pair.annotations(), *self._compared(pair)]
        return self._known[key]

    def _compared(self, pair: "_Pair") -> Iterator[Difference]:
        old, new = pair.old, pair.new
        if bool(old.branches) != bool(new.branches) and old.pointers and new.pointers:
            # A single schema counts as a union with a single branch. `annotations` already compares null.
            olds, news = old.branches or old.pointers[:1], new.branches or new.pointers[:1]
            yield from (
                difference for difference in self._union(pair, olds, news) if (len(difference.path), difference.kind) != (1, "null")
            )
            return
        yield from pair.types()
        if not old.types & new.types:
            return
        yield from pair.values()
        yield from pair.bounds()
        yield from pair.demands()
        yield from self._members(pair)
        yield from self._below("[]", old.items, new.items)
        yield from self._below("<name>", old.names, new.names)
        yield from self._union(pair, old.branches, new.branches)
        yield from self._conditions(pair)

    def _below(self, step: str, olds: Conjunction, news: Conjunction) -> Iterator[Difference]:
        for difference in self.differences(olds, news):
            yield replace(difference, path=(step, *difference.path))

    def _members(self, pair: "_Pair") -> Iterator[Difference]:
        old, new = pair.old, pair.new
        if (old.further is None) != (new.further is None):
            yield pair.difference(
                "narrowed" if new.further is None else "widened",
                "additionalProperties",
                "other members are " + ("rejected" if new.further is None else "accepted"),
            )
        elif old.further is not None and new.further is not None:
            yield from self._below("*", old.further, new.further)
        for name in {**old.properties, **new.properties}:
            if name in old.properties and name in new.properties:
                for difference in self._below(name, old.properties[name], new.properties[name]):
                    # The default of a required member had no effect.
                    idle = difference.effect == "default" and difference.path == (name,) and name in old.required
                    yield replace(difference, effect="wording") if idle else difference
            elif old.further is not None and new.further is not None:
                yield from self._below(name, old.properties.get(name, old.further), new.properties.get(name, new.further))
            elif name not in new.properties:
                last = promised_until(effective_schema(self._old, old.properties[name]).deprecation)
                yield replace(
                    pair.difference("changed", "member", "is gone"), path=(name,), pointer=old.properties[name][0], promised_until=last
                )
            elif name in new.required:
                yield replace(
                    pair.difference("narrowed", "required", "is new, and required"), path=(name,), pointer=new.properties[name][0]
                )
            else:
                yield replace(pair.difference("added", "member", "is new"), path=(name,), pointer=new.properties[name][0])

    def _union(self, pair: "_Pair", olds: Conjunction, news: Conjunction) -> Iterator[Difference]:
        tag = pair.old.discriminator or pair.new.discriminator
        before, after = (
            {_name(document, branch, tag): branch for branch in branches} for document, branches in ((self._old, olds), (self._new, news))
        )
        lost, fresh = [name for name in before if name not in after], [name for name in after if name not in before]
        if len(lost) == len(fresh) == 1 and not tag:
            yield from self._below(f"<{fresh[0]}>", (before[lost[0]],), (after[fresh[0]],))
            lost, fresh = [], []
        for name, branch in before.items():
            if name in after:
                yield from self._below(f"<{name}>", (branch,), (after[name],))
        for name in lost:
            yield replace(pair.difference("narrowed", "union", f"the variant {name} is gone"), pointer=before[name])
        for name in fresh:
            yield replace(pair.difference("widened", "union", f"the variant {name} is new"), pointer=after[name])

    def _conditions(self, pair: "_Pair") -> Iterator[Difference]:
        """Compare conditions in the order of the documents."""
        before, after = pair.old.conditions, pair.new.conditions
        for old, new in zip(before, after, strict=False):
            condition, then, otherwise = (self.differences(olds, news) for olds, news in zip(old, new, strict=True))
            both = bool(new[1] and new[2])
            for part in condition:  # a rule that applies more often accepts less
                effect = part.effect if part.effect == "wording" else "changed" if both else OPPOSITE.get(part.effect, "changed")
                yield replace(part, effect=effect, kind="condition", path=("if", *part.path))
            yield from (replace(part, kind="condition", path=("then", *part.path)) for part in then)
            yield from (replace(part, kind="condition", path=("else", *part.path)) for part in otherwise)
        if len(before) != len(after):
            fewer = len(after) < len(before)
            yield pair.difference(
                "widened" if fewer else "narrowed",
                "condition",
                "a rule about several members is gone" if fewer else "a new rule about several members",
                "if",
            )


class _Pair:
    """Compares two schemas without the schemas below them."""

    def __init__(self, old: EffectiveSchema, new: EffectiveSchema) -> None:
        self.old, self.new = old, new

    def difference(self, effect: Effect, kind: str, what: str, keyword: str | None = None) -> Difference:
        """A difference at the node that has the keyword, or had it before."""
        keyword = keyword or kind
        side = self.new if self.new.pointers else self.old
        return Difference(effect, kind, what, side.places.get(keyword, side.at))

    def annotations(self) -> Iterator[Difference]:
        """Compare null, wording, deprecation, default, and keywords that are unknown here."""
        old, new = self.old, self.new
        if old.null != new.null:
            yield self.difference("widened" if new.null else "narrowed", "null", "may be null" if new.null else "is never null", "type")
        for key in dict.fromkeys((*old.wording, *new.wording)):
            if old.wording.get(key) != new.wording.get(key):
                yield self.difference("wording", key, f"`{key}` has changed")
        if notice := announcement(old.deprecation, new.deprecation):
            yield self.difference(*notice)
        if old.default != new.default and old.pointers and new.pointers:
            before, after = ("none" if not held else shown(held[0]) for held in (old.default, new.default))
            yield self.difference("default", "default", f"the default {before} becomes {after}")
        for key in dict.fromkeys((*old.others, *new.others)):
            if (key in old.others, old.others.get(key)) != (key in new.others, new.others.get(key)):
                yield self.difference("changed", key, f"`{key}` has changed")

    def types(self) -> Iterator[Difference]:
        old, new = self.old.types, self.new.types
        if old != new:
            before, after = (" or ".join(sorted(kinds - ({"integer"} if "number" in kinds else set()))) for kinds in (old, new))
            yield self.difference("widened" if old < new else "narrowed" if new < old else "changed", "type", f"{before} becomes {after}")

    def values(self) -> Iterator[Difference]:
        """Compare enum and const, pattern, format."""
        old, new = self.old, self.new
        if old.enum is not None and new.enum is not None:
            if lost := [value for value in old.enum if value not in new.enum]:
                yield self.difference("narrowed", "enum", f"{listed(lost)} is gone", "enum" if "enum" in new.places else "const")
            if fresh := [value for value in new.enum if value not in old.enum]:
                yield self.difference("widened", "enum", f"{listed(fresh)} is new", "enum" if "enum" in new.places else "const")
            return
        if old.enum is not None:
            yield self.difference(
                "widened" if all(map(new.accepts, old.enum)) else "changed", "enum", f"no longer one of {listed(old.enum)}"
            )
            return
        if new.enum is not None:
            yield self.difference("narrowed" if all(map(old.accepts, new.enum)) else "changed", "enum", f"only {listed(new.enum)}")
            return
        if old.patterns != new.patterns:
            yield self._pattern()
        if old.formats != new.formats:
            what = f"the format {' '.join(sorted(old.formats)) or 'none'} becomes {' '.join(sorted(new.formats)) or 'none'}"
            yield self.difference(
                "widened" if old.formats > new.formats else "narrowed" if old.formats < new.formats else "changed", "format", what
            )

    def _pattern(self) -> Difference:
        before, after = self.old.patterns, self.new.patterns
        if len(before) == len(after) == 1:
            (old,), (new,) = before, after
            effect = patterns.relation(old, new)
            if effect == "same":
                return self.difference("wording", "pattern", f"`{old}` becomes `{new}`, which accepts the same")
            return self.difference(effect, "pattern", f"`{old}` becomes `{new}`")
        effect = "widened" if before > after else "narrowed" if before < after else "changed"
        return self.difference(effect, "pattern", f"{listed(sorted(before)) or 'none'} becomes {listed(sorted(after)) or 'none'}")

    def bounds(self) -> Iterator[Difference]:
        """Compare lengths, counts and sizes, and uniqueItems."""
        old, new = self.old, self.new
        for keyword in (*LOWER, *UPPER):
            before, after = old.bounds.get(keyword), new.bounds.get(keyword)
            if before == after:
                continue
            what = f"`{keyword}` {shown(before)} becomes {shown(after)}"
            if (keyword in OF_SIZES and not before and not after) or (
                keyword in OF_SCALARS and (old.enum is not None or new.enum is not None)
            ):
                yield self.difference("wording", "idle bound", what)
            else:
                tighter = before is None or (after is not None and (after > before) == (keyword in LOWER))
                yield self.difference("narrowed" if tighter else "widened", keyword, what)
        if old.unique != new.unique:
            yield self.difference(
                "narrowed" if new.unique else "widened", "uniqueItems", "items must differ" if new.unique else "items need not differ"
            )

    def demands(self) -> Iterator[Difference]:
        """Compare which old members are required, and which members require others."""
        old, new = self.old, self.new
        open_ = old.further is not None and new.further is not None
        for name in sorted(new.required - old.required):
            if open_ or name in old.properties:
                yield replace(self.difference("narrowed", "required", "is required now"), path=(name,))
        for name in sorted(old.required - new.required):
            if open_ or name in new.properties:
                yield replace(self.difference("widened", "required", "is no longer required"), path=(name,))
        for name in dict.fromkeys((*old.dependents, *new.dependents)):
            before, after = old.dependents.get(name, set()), new.dependents.get(name, set())
            if lost := before - after:
                yield self.difference("widened", "dependentRequired", f"{name} comes without {listed(sorted(lost))}")
            if fresh := after - before:
                yield self.difference("narrowed", "dependentRequired", f"{name} comes only with {listed(sorted(fresh))}")


# Zero is no bound of a size.
OF_SIZES = {"minLength", "minItems", "minProperties"}


def _name(document: Document, branch: str, tag: str) -> str:
    """The identity of a branch: the value of its tag, its component, or its text."""
    schema = effective_schema(document, (branch,))
    value = effective_schema(document, schema.properties.get(tag, ()))
    if value.enum is not None and len(value.enum) == 1:
        return str(value.enum[0])
    section, _, name = schema.at.rpartition("/")
    return name if section == "/components/schemas" else json.dumps(document.get(branch), sort_keys=True)


def shown(value: object) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def listed(values: Sequence[object]) -> str:
    """Values as JSON, joined by commas."""
    return ", ".join(map(shown, values))
