"""Reads the contract as a strict colleague would: the portable subset, the examples, and a second opinion on OpenAPI itself."""

from collections.abc import Iterator
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen import keywords
from codegen.bundle import bundle
from codegen.document import Document
from codegen.rules import Finding, exchanges, prose, shapes
from codegen.source import place

RULES = (
    *(shapes.p1_closed, shapes.p2_strings, shapes.p3_bounds, shapes.p4_patterns, shapes.p5_null, shapes.p6_complete, shapes.p7_names),
    *(shapes.p8_unions, shapes.p9_extension, shapes.p10_weak, exchanges.p11_parameters, exchanges.p12_media, shapes.p13_defaults),
    *(shapes.p14_conditions, exchanges.p15_headers, prose.p16_described, prose.p16_true, exchanges.p17_links, exchanges.p18_repetition),
    *(exchanges.p19_deprecation, exchanges.naming, exchanges.guards),
)


def lint(contract: Path) -> list[str]:
    """One line for each breach: file:line, rule, what to do."""
    document = Document(bundle(contract))
    found = [finding for rule in RULES for finding in rule(document)]
    found += [*extensions(document), *standard(document)]
    return list(dict.fromkeys(f"{place(document.root, one.pointer)}: {one.rule}: {one.message}" for one in found))


def extensions(document: Document) -> Iterator[Finding]:
    """Keywords that nobody enforces, among them extensions that are none of ours."""
    for one in keywords.ledger(document):
        if one.enforcer is None:
            rule = "extension" if one.keyword.startswith("x-") else "keyword"
            yield Finding(rule, one.pointer, f"nobody enforces `{one.keyword}` in {one.holder}; see codegen/keywords.py")


def standard(document: Document) -> Iterator[Finding]:
    """What openapi-spec-validator says about the bundle."""
    for error in OpenAPIV31SpecValidator(document.root).iter_errors():
        path = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in error.absolute_path)
        yield Finding("OpenAPI", path, error.message)
