"""The differences between two schemas without those below them, each with its effect on the values that they accept."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from codegen.compat import patterns
from codegen.compat.changes import Direction, Level
from codegen.compat.deprecations import announcement
from codegen.compat.effective_schema import LOWER, SIDES, UPPER, EffectiveSchema
from codegen.compat.laws import law_differences

# narrowed: accepts less; widened: accepts more; changed: both, or undecidable; added: a new part that callers may ignore;
# default: the same values, but another meaning of a missing value; wording: only the explanation changes.
Effect = Literal["narrowed", "widened", "changed", "added", "default", "wording"]

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
        if self.kind in SIDES and (self.kind == "readOnly") != (direction == "request"):
            return "wording"
        if self.effect in ("narrowed", "widened"):
            return "breaking" if (self.effect == "narrowed") == (direction == "request") else "addition"
        if self.effect == "default":
            return "breaking" if direction == "request" else "wording"
        return "breaking" if self.effect == "changed" else "addition" if self.effect == "added" else "wording"


class Pair:
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
        yield from self._sides()
        if notice := announcement(old.deprecation, new.deprecation):
            yield self.difference(*notice)
        if old.default != new.default and old.pointers and new.pointers:
            before, after = ("none" if not held else shown(held[0]) for held in (old.default, new.default))
            yield self.difference("default", "default", f"the default {before} becomes {after}")
        if old.pointers and new.pointers:
            yield from (self.difference(effect, "law", what) for effect, what in law_differences(old.laws, new.laws))
        for key in dict.fromkeys((*old.others, *new.others)):
            if (key in old.others, old.others.get(key)) != (key in new.others, new.others.get(key)):
                yield self.difference("changed", key, f"`{key}` has changed")

    def _sides(self) -> Iterator[Difference]:
        """Compare which side neither sends nor reads it."""
        old, new = self.old, self.new
        for key in SIDES:
            if (key in old.sides) != (key in new.sides) and old.pointers and new.pointers:
                hidden, verb = key in new.sides, "sent" if key == "readOnly" else "returned"
                yield self.difference("changed" if hidden else "added", key, f"is {'no longer' if hidden else 'also'} {verb}")

    def types(self) -> Iterator[Difference]:
        old, new = self.old.types, self.new.types
        if not new and old and self.new.null:
            yield self.difference("changed", "always null", "is always null now", "type")
        elif old != new:
            before, after = (" or ".join(sorted(kinds - ({"integer"} if "number" in kinds else set()))) for kinds in (old, new))
            yield self.difference("widened" if old < new else "narrowed" if new < old else "changed", "type", f"{before} becomes {after}")

    def values(self) -> Iterator[Difference]:
        """Compare enum and const, pattern, format."""
        old, new = self.old, self.new
        if old.enum is not None and new.enum is not None:
            if lost := _missing(old.enum, new.enum):
                yield self.difference("narrowed", "enum", f"{listed(lost)} is gone", "enum" if "enum" in new.places else "const")
            if fresh := _missing(new.enum, old.enum):
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
        if old.multiples != new.multiples:
            yield self._multiples()
        if old.unique != new.unique:
            yield self.difference(
                "narrowed" if new.unique else "widened", "uniqueItems", "items must differ" if new.unique else "items need not differ"
            )

    def _multiples(self) -> Difference:
        before, after = self.old.multiples, self.new.multiples
        fewer, more = _divides(before, after), _divides(after, before)
        effect: Effect = "wording" if fewer and more else "narrowed" if fewer else "widened" if more else "changed"
        olds, news = (" and ".join(map(str, sorted(some))) or "none" for some in (before, after))
        return self.difference(effect, "multipleOf", f"`multipleOf` {olds} becomes {news}")

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


def _missing(values: list[object], others: list[object]) -> list[object]:
    """The values that are not among the others; for Python, 1 and true are one."""
    known = set(map(shown, others))
    return [value for value in values if shown(value) not in known]


def _divides(steps: set[Decimal], others: set[Decimal]) -> bool:
    """Whether a multiple of all the others is a multiple of each step."""
    return all(any(other % step == 0 for other in others) for step in steps)


# Zero is no bound of a size.
OF_SIZES = {"minLength", "minItems", "minProperties"}


def shown(value: object) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def listed(values: Sequence[object]) -> str:
    """Values as JSON, joined by commas."""
    return ", ".join(map(shown, values))
