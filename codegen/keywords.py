"""The ledger: who enforces which keyword. A keyword that nobody enforces is prose, and prose does not belong into a contract.

Generation stops at an occurrence that the ledger does not know, with its name and place.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.document import Document, Node

# What generated models do not say: a body or parameter that reaches one of these is judged by the document, too.
BY_DOCUMENT = {"uniqueItems", "if", "then", "else", "dependentRequired", "minProperties", "maxProperties", "propertyNames"}
# Values that models hold as something else than text, on which they know no limit of text.
PARSED_FORMATS = {"date-time", "uuid"}
LIMITS_OF_TEXT = {"pattern", "minLength", "maxLength"}


def beyond_models(document: Document, schema: Any, seen: frozenset[str] = frozenset()) -> set[str]:
    """The keywords that a schema reaches and that its model does not enforce."""
    if isinstance(schema, list):
        return {key for one in schema for key in beyond_models(document, one, seen)}
    if not isinstance(schema, Mapping):
        return set()
    found = BY_DOCUMENT & set(schema)
    if schema.get("format") in PARSED_FORMATS:
        found |= LIMITS_OF_TEXT & set(schema)
    if (ref := schema.get("$ref")) and ref not in seen:
        found |= beyond_models(document, document.at(ref.removeprefix("#")), seen | {ref})
    return found.union(
        *(beyond_models(document, held, seen) for key, held in schema.items() if key not in ("examples", "default", "enum", "const"))
    )
