"""Webhooks and callbacks are compared as a receiver reads them."""

from copy import deepcopy
from typing import Any

import pytest

from codegen.compat.changes import Level
from codegen.compat.document import changes
from codegen.compat.versions import level
from codegen.contract.document import Document
from tests.kit.codegen.contract_edits import TEXT
from tests.kit.codegen.contracts import with_operation

Json = dict[str, Any]


def posted(**rules: Any) -> Json:
    return {"post": {"summary": "Sold", "requestBody": {"content": {"application/json": {"schema": {**TEXT, **rules}}}}}}


def webhook(**rules: Any) -> Json:
    return dict(with_operation().root) | {"webhooks": {"item.sold": posted(**rules)}}


def callback(url: str = "{$request.query.a}", **rules: Any) -> Json:
    return dict(with_operation(callbacks={"sold": {url: posted(**rules)}}).root)


NONE: Json = dict(with_operation().root)


@pytest.mark.parametrize(
    ("before", "after", "expected", "text"),
    [
        (NONE, webhook(), "addition", "webhook item.sold: is new"),
        (webhook(), NONE, "breaking", "webhook item.sold: is gone"),
        (webhook(), webhook(maxLength=30), "breaking", "webhook item.sold"),
        (NONE, callback(), "addition", "sold: is new"),
        (callback(), NONE, "breaking", "sold: is gone"),
        (callback(), callback(maxLength=30), "breaking", "callback"),
        (callback(), callback("{$request.query.b}"), "breaking", "is posted to {$request.query.b} instead of {$request.query.a}"),
    ],
)
def test_a_delivery_has_the_level_of_its_change(before: Json, after: Json, expected: Level, text: str) -> None:
    differences = changes(Document(deepcopy(before)), Document(deepcopy(after)))

    assert level(differences) == expected
    assert text in "\n".join(f"{change.place}: {change.what}" for change in differences)
