"""What redocly gets to lint."""

import json
from typing import Any

from codegen.contract.bundle import to_text
from codegen.redocly import without_fractions
from tests.kit.codegen.contracts import with_body


def test_redocly_divides_by_no_fraction() -> None:
    example = {"price": 0.3, "multipleOf": 0.5}
    members: dict[str, Any] = {
        "price": {"type": "number", "multipleOf": 0.1},
        "dozens": {"type": "integer", "multipleOf": 12},
        "multipleOf": {"type": "number"},
    }
    document = with_body({"type": "object", "properties": members, "examples": [example]})

    probe = json.loads(without_fractions(to_text(dict(document.root))))["components"]["schemas"]["Probe"]

    assert probe == {"type": "object", "properties": {**members, "price": {"type": "number"}}, "examples": [example]}
