"""Where a request breaks the contract, one entry per place: from the errors of Pydantic and of the document, in one form."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import jsonschema_rs
from pydantic import ValidationError

from steelyard.contract.document import Document
from steelyard_contract import bounds
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.problems import ValidationFailed

# The document's keywords that no model says, in the words of Pydantic's error types and messages.
_BY_KEYWORD = {
    "additionalProperties": ("extra_forbidden", "Extra inputs are not permitted"),
    "required": ("missing", "Field required"),
    "type": ("type_error", "Input has a type that the contract does not allow here"),
    "uniqueItems": ("unique_items", "Items should be unique"),
    "multipleOf": ("multiple_of", "Input should be a multiple of the number in the contract"),
    "const": ("literal_error", "Input should be the value in the contract"),
    "enum": ("enum", "Input should be one of the values in the contract"),
    "format": ("string_format", "String should have the format of the contract"),
    "minProperties": ("too_short", "At least one member is required"),
    "maxProperties": ("too_long", "Too many members"),
    "pattern": ("string_pattern_mismatch", "String should match the pattern of the contract"),
    "minLength": ("string_too_short", "String is too short"),
    "maxLength": ("string_too_long", "String is too long"),
    "oneOf": ("union_error", "Input should match exactly one of the allowed schemas"),
    "propertyNames": ("invalid_key", "This member name is not allowed"),
}

# Keywords that only the document checks. The model has found every other violation already.
_BEYOND_MODELS = frozenset(
    {"then", "else", "uniqueItems", "multipleOf", "const", "enum", "minProperties", "maxProperties", "propertyNames", "dependentRequired"}
)

Loc = Sequence[str | int]


def violation(kind: str, loc: Loc, msg: str) -> m.Violation:
    """One entry, shortened to the bounds of its schema; the pointer is there when the place is inside the body."""
    inside = loc[1:] if loc and loc[0] == "body" and kind != "json_invalid" else ()
    return m.Violation.model_construct(
        type=kind[: bounds.MAX_VIOLATION_TYPE_LENGTH],
        loc=[step if isinstance(step, int) else step[: bounds.MAX_LOCATION_STEP_LENGTH] for step in loc[: bounds.MAX_LOCATION_STEPS]],
        msg=msg[: bounds.MAX_VIOLATION_MESSAGE_LENGTH],
        pointer="".join(f"/{_escaped(step)}" for step in inside)[: bounds.MAX_VIOLATION_POINTER_LENGTH] if inside else None,
    )


def validation_failed(violations: Sequence[m.Violation]) -> ValidationFailed:
    """The problem that lists all violations."""
    return ValidationFailed(errors=list(violations[:MAX_VIOLATIONS]), truncated=len(violations) > MAX_VIOLATIONS)


def model_violations(error: ValidationError, prefix: Loc) -> list[m.Violation]:
    """Pydantic's view. Input, context and documentation links are left out: they would echo what was sent."""
    return [
        violation(each["type"], (*prefix, *each["loc"]), each["msg"])
        for each in error.errors(include_url=False, include_context=False, include_input=False)[: MAX_VIOLATIONS + 1]
    ]


class DocumentViolation(NamedTuple):
    violation: m.Violation
    has_words: bool  # of the contract's own (`x-message`)
    is_beyond_models: bool  # no model can say it


def document_violations(document: Document, errors: Iterable[jsonschema_rs.ValidationError], prefix: Loc) -> list[DocumentViolation]:
    """The document's view of what is wrong."""
    violations = []
    for error in islice(errors, MAX_VIOLATIONS + 1):
        path = error.schema_path
        keyword = next((step for step in reversed(path) if isinstance(step, str) and step in _BY_KEYWORD), "oneOf")
        kind, msg = _BY_KEYWORD[keyword]
        missing = [error.kind.property] if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required) else []
        message = contract_message(document, path)
        loc = (*prefix, *error.instance_path, *missing)
        entry = violation(message.get("type", kind), loc, message["msg"]) if message else violation(kind, loc, msg)
        violations.append(DocumentViolation(entry, message is not None, bool(_BEYOND_MODELS.intersection(path))))
    return violations


def merge_violations(by_model: list[m.Violation], by_document: list[DocumentViolation]) -> list[m.Violation]:
    """One entry per place: the model's, in the contract's own words where it has some; then what only the document can say."""
    worded = {tuple(entry.violation.loc): entry.violation for entry in by_document if entry.has_words}
    places: dict[tuple[str | int, ...], m.Violation] = {}
    for each in (*by_model, *(entry.violation for entry in by_document if entry.is_beyond_models or not by_model)):
        place = tuple(each.loc)
        places.setdefault(place, worded.get(place, each))
    return list(places.values())


def contract_message(document: Document, schema_path: Sequence[str | int]) -> dict[str, str] | None:
    """The violation type and the words that the contract itself has for a broken rule: the innermost `x-message` on the way."""
    node: Any = document.tree
    message = None
    for step in schema_path:
        if isinstance(node, dict) and "$ref" in node and step not in node:
            node = document.dereference(node)
        node = node[step] if step in (node if isinstance(node, dict) else range(len(node))) else {}
        if isinstance(node, dict) and "x-message" in node:
            message = {"msg": node["x-message"]} if isinstance(node["x-message"], str) else node["x-message"]
    return message


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
