"""Which rule of a new condition meets the values that the old schema accepts."""

from codegen.compat.effective_schema import CONDITION, Conjunction, EffectiveSchema, effective_schema
from codegen.contract.document import Document


def reached_by_old_values(old: EffectiveSchema, new_document: Document, otherwise: Conjunction) -> Conjunction:
    """The `else` for values that were valid before.

    If the new `else` is nothing but a further condition, on a constant that the old schema rejects, old values only meet its `else`:
    a new kind of request may have its rules.
    """
    schema = effective_schema(new_document, otherwise)
    if len(schema.conditions) != 1 or set(schema.places) - set(CONDITION) - {"x-message"}:
        return otherwise
    condition, _, further = schema.conditions[0]
    test = effective_schema(new_document, condition)
    for name in test.required & test.properties.keys() & old.properties.keys():
        constant = effective_schema(new_document, test.properties[name]).enum
        before = effective_schema(old.document, old.properties[name])
        if constant and not any(before.accepts(value) for value in constant):
            return further
    return otherwise
