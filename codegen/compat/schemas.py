"""The differences between two schemas and all that they hold."""

import json
from collections.abc import Iterator
from dataclasses import replace

from codegen.compat.conditions import reached_by_old_values
from codegen.compat.deprecations import promised_until
from codegen.compat.effective_schema import Conjunction, effective_schema
from codegen.compat.pair import Difference, Effect, Pair
from codegen.contract.document import Document

OPPOSITE: dict[Effect, Effect] = {"narrowed": "widened", "widened": "narrowed"}


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
            pair = Pair(effective_schema(self._old, olds), effective_schema(self._new, news))
            self._known[key] = [*pair.annotations(), *self._compared(pair)]
        return self._known[key]

    def _compared(self, pair: Pair) -> Iterator[Difference]:
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

    def _members(self, pair: Pair) -> Iterator[Difference]:
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

    def _union(self, pair: Pair, olds: Conjunction, news: Conjunction) -> Iterator[Difference]:
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

    def _conditions(self, pair: Pair) -> Iterator[Difference]:
        """Compare conditions in the order of the documents."""
        before, after = pair.old.conditions, pair.new.conditions
        for old, new in zip(before, after, strict=False):
            parts = (*new[:2], reached_by_old_values(pair.old, self._new, new[2]))
            condition, then, otherwise = (self.differences(olds, news) for olds, news in zip(old, parts, strict=True))
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


def _name(document: Document, branch: str, tag: str) -> str:
    """The identity of a branch: the value of its tag, its component, or its text."""
    schema = effective_schema(document, (branch,))
    value = effective_schema(document, schema.properties.get(tag, ()))
    if value.enum is not None and len(value.enum) == 1:
        return str(value.enum[0])
    section, _, name = schema.at.rpartition("/")
    return name if section == "/components/schemas" else json.dumps(document.get(branch), sort_keys=True)
