"""What changed in a schema: each difference with its effect on what the schema takes, whoever reads it."""

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

# narrowed: takes less; widened: takes more; changed: both, or it cannot be told; added: a new part that nobody need know;
# default: the same values, but another meaning of none; wording: nothing changes but the explanation.
Effect = Literal["narrowed", "widened", "changed", "added", "default", "wording"]
OPPOSITE: dict[Effect, Effect] = {"narrowed": "widened", "widened": "narrowed"}

# What an enum says better than they do.
OF_SCALARS = {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "maxLength"}
SENTENCES = {("title",), ("detail",)}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `path` leads to it through members, `<name>` is a branch and `[]` an item."""

    effect: Effect
    kind: str
    what: str
    pointer: str
    """Into the new document, or into the old one where something is gone."""
    path: tuple[str, ...] = ()
    promised_until: date | None = None
    """The day until which something that is gone was to stay."""

    @property
    def is_sentence(self) -> bool:
        """Of a problem it is for people: programs switch on the type."""
        return self.path in SENTENCES

    def level(self, direction: Direction) -> Level:
        """What it is to those on that side."""
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
        """From one schema to the other."""
        key = (olds, news)
        if key not in self._known:
            self._known[key] = []  # a schema that holds itself differs where it differs, not once more inside
            pair = _Pair(effective_schema(self._old, olds), effective_schema(self._new, news))
            self._known[key] = [*pair.said(), *self._compared(pair)]
        return self._known[key]

    def _compared(self, pair: "_Pair") -> Iterator[Difference]:
        old, new = pair.old, pair.new
        if bool(old.branches) != bool(new.branches) and old.pointers and new.pointers:
            # One schema beside a choice of several is a choice of one. Whether it may be null has been said.
            olds, news = old.branches or old.pointers[:1], new.branches or new.pointers[:1]
            yield from (one for one in self._union(pair, olds, news) if (len(one.path), one.kind) != (1, "null"))
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
        for one in self.differences(olds, news):
            yield replace(one, path=(step, *one.path))

    def _members(self, pair: "_Pair") -> Iterator[Difference]:
        old, new = pair.old, pair.new
        if (old.further is None) != (new.further is None):
            yield pair.found(
                "narrowed" if new.further is None else "widened",
                "additionalProperties",
                "other members are " + ("refused" if new.further is None else "let through"),
            )
        elif old.further is not None and new.further is not None:
            yield from self._below("*", old.further, new.further)
        for name in {**old.properties, **new.properties}:
            if name in old.properties and name in new.properties:
                for one in self._below(name, old.properties[name], new.properties[name]):
                    # Who had to send it never saw the default.
                    idle = one.effect == "default" and one.path == (name,) and name in old.required
                    yield replace(one, effect="wording") if idle else one
            elif old.further is not None and new.further is not None:
                yield from self._below(name, old.properties.get(name, old.further), new.properties.get(name, new.further))
            elif name not in new.properties:
                last = promised_until(effective_schema(self._old, old.properties[name]).deprecation)
                yield replace(
                    pair.found("changed", "member", "is gone"), path=(name,), pointer=old.properties[name][0], promised_until=last
                )
            elif name in new.required:
                yield replace(pair.found("narrowed", "required", "is new, and required"), path=(name,), pointer=new.properties[name][0])
            else:
                yield replace(pair.found("added", "member", "is new"), path=(name,), pointer=new.properties[name][0])

    def _union(self, pair: "_Pair", olds: Conjunction, news: Conjunction) -> Iterator[Difference]:
        tag = pair.old.discriminator or pair.new.discriminator
        before, after = (
            {_name(document, one, tag): one for one in branches} for document, branches in ((self._old, olds), (self._new, news))
        )
        lost, fresh = [name for name in before if name not in after], [name for name in after if name not in before]
        if len(lost) == len(fresh) == 1 and not tag:
            yield from self._below(f"<{fresh[0]}>", (before[lost[0]],), (after[fresh[0]],))
            lost, fresh = [], []
        for name, branch in before.items():
            if name in after:
                yield from self._below(f"<{name}>", (branch,), (after[name],))
        for name in lost:
            yield replace(pair.found("narrowed", "union", f"{name} is no longer among them"), pointer=before[name])
        for name in fresh:
            yield replace(pair.found("widened", "union", f"{name} is among them, too"), pointer=after[name])

    def _conditions(self, pair: "_Pair") -> Iterator[Difference]:
        """Rules in the order in which they are written."""
        before, after = pair.old.conditions, pair.new.conditions
        for old, new in zip(before, after, strict=False):
            asked, then, otherwise = (self.differences(olds, news) for olds, news in zip(old, new, strict=True))
            both = bool(new[1] and new[2])
            for one in asked:  # a rule that applies more often takes less
                effect = one.effect if one.effect == "wording" else "changed" if both else OPPOSITE.get(one.effect, "changed")
                yield replace(one, effect=effect, kind="condition", path=("if", *one.path))
            yield from (replace(one, kind="condition", path=("then", *one.path)) for one in then)
            yield from (replace(one, kind="condition", path=("else", *one.path)) for one in otherwise)
        if len(before) != len(after):
            fewer = len(after) < len(before)
            yield pair.found(
                "widened" if fewer else "narrowed",
                "condition",
                "a rule about several members is gone" if fewer else "a new rule about several members",
                "if",
            )


class _Pair:
    """Two schemas as a whole, without what is below them."""

    def __init__(self, old: EffectiveSchema, new: EffectiveSchema) -> None:
        self.old, self.new = old, new

    def found(self, effect: Effect, kind: str, what: str, keyword: str | None = None) -> Difference:
        """A difference at the node that says the keyword now, or said it before."""
        keyword = keyword or kind
        side = self.new if self.new.pointers else self.old
        return Difference(effect, kind, what, side.places.get(keyword, side.at))

    def said(self) -> Iterator[Difference]:
        """Null, words, deprecation, default, and keywords that nobody knows here."""
        old, new = self.old, self.new
        if old.null != new.null:
            yield self.found("widened" if new.null else "narrowed", "null", "may be null" if new.null else "is never null", "type")
        for key in dict.fromkeys((*old.wording, *new.wording)):
            if old.wording.get(key) != new.wording.get(key):
                yield self.found("wording", key, f"`{key}` says something else")
        if told := announcement(old.deprecation, new.deprecation):
            yield self.found(*told)
        if old.default != new.default and old.pointers and new.pointers:
            before, after = ("none" if not held else shown(held[0]) for held in (old.default, new.default))
            yield self.found("default", "default", f"the default {before} becomes {after}")
        for key in dict.fromkeys((*old.others, *new.others)):
            if (key in old.others, old.others.get(key)) != (key in new.others, new.others.get(key)):
                yield self.found("changed", key, f"`{key}` is another")

    def types(self) -> Iterator[Difference]:
        old, new = self.old.types, self.new.types
        if old != new:
            before, after = (" or ".join(sorted(kinds - ({"integer"} if "number" in kinds else set()))) for kinds in (old, new))
            yield self.found("widened" if old < new else "narrowed" if new < old else "changed", "type", f"{before} becomes {after}")

    def values(self) -> Iterator[Difference]:
        """Enum and const, pattern, format."""
        old, new = self.old, self.new
        if old.enum is not None and new.enum is not None:
            if lost := [value for value in old.enum if value not in new.enum]:
                yield self.found("narrowed", "enum", f"{listed(lost)} is gone", "enum" if "enum" in new.places else "const")
            if fresh := [value for value in new.enum if value not in old.enum]:
                yield self.found("widened", "enum", f"{listed(fresh)} is new", "enum" if "enum" in new.places else "const")
            return
        if old.enum is not None:
            yield self.found("widened" if all(map(new.takes, old.enum)) else "changed", "enum", f"no longer one of {listed(old.enum)}")
            return
        if new.enum is not None:
            yield self.found("narrowed" if all(map(old.takes, new.enum)) else "changed", "enum", f"only {listed(new.enum)}")
            return
        if old.patterns != new.patterns:
            yield self._pattern()
        if old.formats != new.formats:
            what = f"the format {' '.join(sorted(old.formats)) or 'none'} becomes {' '.join(sorted(new.formats)) or 'none'}"
            yield self.found(
                "widened" if old.formats > new.formats else "narrowed" if old.formats < new.formats else "changed", "format", what
            )

    def _pattern(self) -> Difference:
        before, after = self.old.patterns, self.new.patterns
        if len(before) == len(after) == 1:
            (old,), (new,) = before, after
            effect = patterns.relation(old, new)
            if effect == "same":
                return self.found("wording", "pattern", f"`{old}` is written `{new}`")
            return self.found(effect, "pattern", f"`{old}` becomes `{new}`")
        effect = "widened" if before > after else "narrowed" if before < after else "changed"
        return self.found(effect, "pattern", f"{listed(sorted(before)) or 'none'} becomes {listed(sorted(after)) or 'none'}")

    def bounds(self) -> Iterator[Difference]:
        """Lengths, counts and sizes, and that items differ."""
        old, new = self.old, self.new
        for keyword in (*LOWER, *UPPER):
            before, after = old.bounds.get(keyword), new.bounds.get(keyword)
            if before == after:
                continue
            what = f"`{keyword}` {shown(before)} becomes {shown(after)}"
            if (keyword in OF_SIZES and not before and not after) or (
                keyword in OF_SCALARS and (old.enum is not None or new.enum is not None)
            ):
                yield self.found("wording", "idle bound", what)
            else:
                tighter = before is None or (after is not None and (after > before) == (keyword in LOWER))
                yield self.found("narrowed" if tighter else "widened", keyword, what)
        if old.unique != new.unique:
            yield self.found(
                "narrowed" if new.unique else "widened", "uniqueItems", "items must differ" if new.unique else "items need not differ"
            )

    def demands(self) -> Iterator[Difference]:
        """Members that were there already and are required now, or no longer; and those that others bring with them."""
        old, new = self.old, self.new
        open_ = old.further is not None and new.further is not None
        for name in sorted(new.required - old.required):
            if open_ or name in old.properties:
                yield replace(self.found("narrowed", "required", "is required now"), path=(name,))
        for name in sorted(old.required - new.required):
            if open_ or name in new.properties:
                yield replace(self.found("widened", "required", "is no longer required"), path=(name,))
        for name in dict.fromkeys((*old.dependents, *new.dependents)):
            before, after = old.dependents.get(name, set()), new.dependents.get(name, set())
            if lost := before - after:
                yield self.found("widened", "dependentRequired", f"{name} comes without {listed(sorted(lost))}")
            if fresh := after - before:
                yield self.found("narrowed", "dependentRequired", f"{name} comes only with {listed(sorted(fresh))}")


# Zero says nothing about them.
OF_SIZES = {"minLength", "minItems", "minProperties"}


def _name(document: Document, branch: str, tag: str) -> str:
    """What a branch is known by: the value of its tag, its component, or its text."""
    found = effective_schema(document, (branch,))
    told = effective_schema(document, found.properties.get(tag, ()))
    if told.enum is not None and len(told.enum) == 1:
        return str(told.enum[0])
    section, _, name = found.at.rpartition("/")
    return name if section == "/components/schemas" else json.dumps(document.get(branch), sort_keys=True)


def shown(value: object) -> str:
    """A value as JSON has it."""
    return json.dumps(value, ensure_ascii=False)


def listed(values: Sequence[object]) -> str:
    """Values as JSON has them, one after the other."""
    return ", ".join(map(shown, values))
