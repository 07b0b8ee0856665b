"""Checks the contract: the portable subset, the examples, openapi/server.yaml, unused parts, and OpenAPI itself."""

from collections.abc import Iterator
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen.contract import keywords
from codegen.contract.bundle import bundle
from codegen.contract.document import Document, pointer
from codegen.contract.policy import policy_errors
from codegen.lint import descriptions, examples, operations, shapes
from codegen.lint.breaches import Breach
from codegen.lint.unused import unused

RULES = (
    *(shapes.p1_closed, shapes.p2_strings, shapes.p3_bounds, shapes.p4_patterns, shapes.p5_null, shapes.p6_complete, shapes.p7_names),
    *(shapes.p8_unions, shapes.p9_extension, shapes.p10_weak, operations.p11_parameters, operations.p12_media, shapes.p13_defaults),
    *(
        shapes.p14_conditions,
        operations.p15_headers,
        descriptions.p16_described,
        examples.p16_true,
        operations.p17_links,
        operations.p18_repetition,
    ),
    *(operations.p19_deprecation, operations.naming, operations.guards),
)


def lint(contract: Path) -> list[str]:
    """One line for each breach: file:line, rule, remedy."""
    document = Document(bundle(contract))
    breaches = [breach for rule in RULES for breach in rule(document)]
    breaches += [*extensions(document), *standard(document)]
    lines = [f"{document.location(breach.pointer)}: {breach.rule}: {breach.message}" for breach in breaches]
    lines += examples.p16_examples(document, contract.parent / "examples")
    return list(dict.fromkeys([*lines, *policy_errors(contract, document), *unused(document, contract.parent)]))


def extensions(document: Document) -> Iterator[Breach]:
    """Keywords that nothing enforces, unknown extensions among them."""
    for occurrence in keywords.occurrences(document):
        if occurrence.enforcer is None:
            rule = "extension" if occurrence.keyword.startswith("x-") else "keyword"
            message = f"nothing enforces `{occurrence.keyword}` in {occurrence.holder}; see codegen/contract/keywords.py"
            yield Breach(rule, occurrence.pointer, message)


def standard(document: Document) -> Iterator[Breach]:
    """The errors that openapi-spec-validator reports."""
    for error in OpenAPIV31SpecValidator(document.root).iter_errors():
        yield Breach("OpenAPI", pointer(*error.absolute_path), error.message)
