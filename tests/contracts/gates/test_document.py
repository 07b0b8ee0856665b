"""Each rule of the document, changed one at a time: instances notice the change, and it breaks callers in one direction."""

import json
import random
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from codegen.compat.document import changes
from codegen.compat.released import newest
from codegen.contract.document import Document, pointer, steps
from tests.contract.mutants.edits import Edit, applied, of_schemas
from tests.contracts import subject
from tests.contracts.exchanges import DOCUMENT
from tests.kit.contract.checker import CONTRACT
from tests.kit.contract.instances import Instances

# Problems and headers are written by the bundler, alike for every contract.
OWN = [
    edit
    for edit in of_schemas(DOCUMENT)
    if edit.uses <= {"request", "response", "parameter"}
    # The same values are valid.
    and edit.kind != "default exchanged"
    # No value would be left.
    and not (edit.kind == "enum smaller" and len(DOCUMENT.get(edit.pointer)["enum"]) == 1)
]
# Comparing two documents takes a tenth of a second.
PER_KIND = 3


def host(edit: Edit) -> str:
    """The component, parameter or header that holds the edit."""
    parts = steps(edit.pointer)
    if parts[:2] == ["components", "schemas"]:
        return pointer(*parts[:3])
    return pointer(*parts[: parts.index("schema") + 1])


@cache
def instances(where: str) -> list[Any]:
    return list(Instances(DOCUMENT, where).take(0))


def part_for(where: str) -> Any:
    """What a schema may refer to, and no more, because each changed document is read anew."""
    schemas = {"schemas": CONTRACT.tree["components"]["schemas"]}
    return {"components": schemas} if where.startswith("/components/schemas/") else CONTRACT.tree


def notices(edit: Edit) -> bool:
    """Whether an instance of either document is valid by one and invalid by the other."""
    where = host(edit)
    changed = Document(applied(part_for(where), edit, edit.pointer))
    before, after = DOCUMENT.validator(where), changed.validator(where)
    return any(before.is_valid(each) != after.is_valid(each) for each in (*instances(where), *Instances(changed, where).take(0)))


def test_instances_notice_nearly_every_change_of_a_rule() -> None:
    unnoticed = [edit.name for edit in OWN if not notices(edit)]

    assert len(unnoticed) <= len(OWN) * 0.02, "\n".join(unnoticed)


@pytest.mark.parametrize("kind", sorted({edit.kind for edit in OWN}))
def test_a_change_of_a_rule_breaks_callers_in_one_direction(kind: str, seed: int) -> None:
    harmless = list[str]()
    for edit in random.Random(seed).sample(by_kind()[kind], min(PER_KIND, len(by_kind()[kind]))):
        changed = Document(applied(CONTRACT.tree, edit, edit.pointer))
        there, back = levels(DOCUMENT, changed), levels(changed, DOCUMENT)
        if "breaking" not in there | back:
            harmless.append(f"{edit.name}: {there} {back}")

    assert not harmless, "\n".join(harmless)


@cache
def by_kind() -> dict[str, list[Edit]]:
    kinds = defaultdict[str, list[Edit]](list)
    for edit in OWN:
        kinds[edit.kind].append(edit)
    return kinds


def levels(old: Document, new: Document) -> set[str]:
    return {change.level for change in changes(old, new)}


def test_nothing_breaks_the_callers_of_the_last_release() -> None:
    release = newest(subject.OPENAPI / "released")
    if release is None:
        return  # nothing has been promised yet
    breaking = [change for change in changes(Document(json.loads(release.read_bytes())), DOCUMENT) if change.level == "breaking"]

    assert not breaking, "\n".join(f"{change.operation} {change.place}: {change.what}" for change in breaking)


def test_a_document_does_not_differ_from_itself() -> None:
    assert list(changes(DOCUMENT, Document(json.loads(CONTRACT.raw)))) == []
