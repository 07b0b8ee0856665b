"""Reads the contract as a strict colleague would: the portable subset, the examples, and a second opinion on OpenAPI itself."""

from collections.abc import Iterator
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen.contract import keywords
from codegen.contract.bundle import bundle
from codegen.contract.document import Document, pointer
from codegen.contract.policy import policy_errors
from codegen.lint import descriptions, examples, operations, shapes
from codegen.lint.findings import Finding
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
    """One line for each breach: file:line, rule, what to do."""
    document = Document(bundle(contract))
    found = [finding for rule in RULES for finding in rule(document)]
    found += [*extensions(document), *standard(document)]
    lines = [f"{document.location(one.pointer)}: {one.rule}: {one.message}" for one in found]
    lines += examples.p16_examples(document, contract.parent / "examples")
    return list(dict.fromkeys([*lines, *policy_errors(contract, document), *unused(document, contract.parent)]))


def extensions(document: Document) -> Iterator[Finding]:
    """Keywords that nobody enforces, among them extensions that are none of ours."""
    for one in keywords.occurrences(document):
        if one.enforcer is None:
            rule = "extension" if one.keyword.startswith("x-") else "keyword"
            yield Finding(rule, one.pointer, f"nobody enforces `{one.keyword}` in {one.holder}; see codegen/contract/keywords.py")


def standard(document: Document) -> Iterator[Finding]:
    """What openapi-spec-validator says about the bundle."""
    for error in OpenAPIV31SpecValidator(document.root).iter_errors():
        yield Finding("OpenAPI", pointer(*error.absolute_path), error.message)
