"""Checks the contract: the portable subset, the examples, openapi/server.yaml, unused parts, and OpenAPI itself."""

from collections.abc import Callable, Iterator
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen.contract.bundle import bundle
from codegen.contract.document import Document, pointer
from codegen.contract.enforcement import unenforced
from codegen.contract.policy import policy_errors
from codegen.contract.yaml import ContractError
from codegen.lint import (
    credentials,
    defaults,
    deliveries,
    descriptions,
    examples,
    laws,
    meaning,
    media,
    names,
    operations,
    shapes,
    streams,
    surroundings,
)
from codegen.lint.breaches import Breach
from codegen.lint.unused import unused

RULES = (
    *(shapes.p1_closed, shapes.p2_strings, shapes.p3_bounds, shapes.p4_patterns, shapes.p5_null, shapes.p6_complete, shapes.p7_names),
    *(shapes.p8_unions, shapes.p10_weak, operations.p11_parameters, operations.p12_media, defaults.p13_defaults),
    *(
        defaults.p14_conditions,
        operations.p15_headers,
        descriptions.p16_described,
        examples.p16_true,
        operations.p17_links,
        operations.p18_repetition,
    ),
    *(operations.p19_deprecation, operations.p20_navigation, operations.naming, operations.guards),
)

LAWS = (laws.filters, laws.objects)

SUPPORT = (
    *(meaning.typed, meaning.fitting, meaning.possible, meaning.one_dialect),
    *(surroundings.servers, surroundings.paths, surroundings.parameters, surroundings.headers),
    credentials.schemes,
    *(names.members, names.classes, names.problems, names.tags),
    *(media.media_types, media.files),
    streams.streams,
    *(deliveries.events, deliveries.urls),
)
Rule = Callable[[Document], Iterator[Breach]]


def lint(contract: Path) -> list[str]:
    """One line for each breach: file:line, rule, remedy."""
    document = Document(bundle(contract))
    if lines := unsupported(document):
        return lines
    lines = breaches(document, *RULES, *LAWS, standard)
    lines += examples.p16_examples(document, contract.parent / "examples")
    return list(dict.fromkeys([*lines, *policy_errors(contract, document), *unused(document, contract.parent)]))


def breaches(document: Document, *rules: Rule) -> list[str]:
    """One line for each breach of some rules."""
    return [f"{document.location(breach.pointer)}: {breach.rule}: {breach.message}" for rule in rules for breach in rule(document)]


def unsupported(document: Document) -> list[str]:
    """What no generator knows; the other rules take the rest for granted."""
    return list(dict.fromkeys(breaches(document, keywords) or breaches(document, *SUPPORT)))


def check(document: Document) -> None:
    """Stop at what no generator knows."""
    if lines := unsupported(document):
        raise ContractError("\n".join(lines))


def keywords(document: Document) -> Iterator[Breach]:
    """Keywords that nothing enforces, and extensions whose values mean nothing."""
    for at, message in unenforced(document):
        yield Breach("keyword", at, message)


def standard(document: Document) -> Iterator[Breach]:
    """The errors that openapi-spec-validator reports."""
    for error in OpenAPIV31SpecValidator(document.root).iter_errors():
        yield Breach("OpenAPI", pointer(*error.absolute_path), error.message)
