"""For each rule of the contract: a fragment that breaks it, and a similar one that keeps it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from codegen.contract.document import Document
from codegen.lint.breaches import Breach
from codegen.lint.defaults import p13_defaults, p14_conditions
from codegen.lint.descriptions import p16_described
from codegen.lint.examples import p16_true
from codegen.lint.lint import RULES
from codegen.lint.operations import (
    guards,
    naming,
    p11_parameters,
    p12_media,
    p15_headers,
    p17_links,
    p18_repetition,
    p19_deprecation,
    p20_navigation,
)
from codegen.lint.shapes import (
    p1_closed,
    p2_strings,
    p3_bounds,
    p4_patterns,
    p5_null,
    p6_complete,
    p7_names,
    p8_unions,
    p10_weak,
)
from tests.kit.codegen.contracts import with_body, with_operation, with_parameters, with_response

Rule = Callable[[Document], Iterator[Breach]]
Json = dict[str, Any]

CODE = {"type": "string", "maxLength": 5, "pattern": "^[A-Z]*$"}
COUNT = {"type": "integer", "minimum": 0, "maximum": 9}
GOING = {"since": "2027-01-10", "sunset": "2027-09-01", "use": "findThing"}
LEAVING = {"deprecated": True, "x-deprecation": {**GOING, "use": "other"}}
WRITE = [{"oauth2": ["things:write"]}]


def closed(required: list[str] | None = None, **properties: Json) -> Json:
    return {"type": "object", "additionalProperties": False, "required": required or [], "properties": properties}


def member(**changes: Any) -> Document:
    """A body with one member of such a schema."""
    return with_body(closed(probe=changes))


def with_query(**schema: Any) -> Document:
    """A query parameter of such a schema."""
    return with_parameters({"name": "a", "in": "query", "schema": schema})


def union(**changes: Any) -> Json:
    return {"oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}], **changes}


def page(next_operation: str) -> Document:
    cursor = {"name": "cursor", "in": "query", "schema": {"type": "string"}}
    links = {"next": {"operationId": next_operation, "parameters": {"cursor": "$response.body#/next_cursor"}}}
    content = {"application/json": {"schema": closed(next_cursor={"type": "string"})}}
    return with_operation(parameters=[cursor], responses={"200": {"description": "Some.", "content": content, "links": links}})


def replaced(announced: Json) -> Document:
    """A deprecated getThing beside findThing."""
    document = with_operation(deprecated=True, x_deprecation=announced)
    return Document({**document.root, "paths": {**document.root["paths"], "/all": {"get": {"operationId": "findThing"}}}})


def guarded(**access: str) -> Document:
    return with_operation(security=WRITE, x_access=access)


def made(**links: Json) -> Document:
    return with_operation("post", responses={"201": {"description": "It.", "content": {}, "links": links}})


def nested(outer: int, inner: int) -> Document:
    """A list of components that hold a list."""
    lists = {"type": "array", "items": {"$ref": "#/components/schemas/One"}, "maxItems": outer}
    return with_body(closed(probe=lists), One=closed(counts={"type": "array", "items": COUNT, "maxItems": inner}))


def in_itself(most: int) -> Document:
    """A component that holds a list of itself."""
    return with_body(
        {"$ref": "#/components/schemas/One"},
        One=closed(own={"type": "array", "items": {"$ref": "#/components/schemas/One"}, "maxItems": most}),
    )


def bounded(document: Document) -> Document:
    """The same document with a largest size of the body."""
    next(document.operations()).spec["requestBody"]["x-max-bytes"] = 65536  # a document of this test
    return document


TAGGED = {"propertyName": "kind", "mapping": {"one": "#/components/schemas/One", "two": "#/components/schemas/Two"}}
ONE, TWO = closed(["kind"], kind={"type": "string", "const": "one"}), closed(["kind"], kind={"type": "string", "const": "two"})
OWN = {"One": closed(["a"], a=COUNT), "Two": closed(["b"], b=COUNT)}
CONDITION = {"if": {"required": ["many"], "properties": {"many": {"minimum": 5}}}, "then": {"required": ["code"]}}
NULLABLE = closed(many=COUNT, code={**CODE, "type": ["string", "null"]})
ID = {"name": "thing_id", "in": "path", "required": True, "schema": COUNT}
ETAG = {"200": {"description": "It.", "headers": {"ETag": {"required": True, "schema": CODE}}}}

COOKIE = {"name": "session", "in": "cookie", "schema": CODE, "x-edge": "browser"}
NAVIGATION: dict[str, Any] = {"x_navigation": True, "security": [], "responses": {"303": {"headers": {"Location": {"schema": CODE}}}}}
CASES: list[tuple[Rule, str, Document, Document]] = [
    (p1_closed, "closed", with_body({"type": "object", "properties": {}}), with_body(closed())),
    (
        p1_closed,
        "maps",
        member(type="object", additionalProperties=CODE),
        member(type="object", additionalProperties=CODE, maxProperties=3, propertyNames=CODE),
    ),
    (p2_strings, "length", with_response({"type": "string"}), with_response({"type": "string", "maxLength": 9})),
    (p2_strings, "form", member(type="string", maxLength=9), member(**CODE)),
    (p2_strings, "anchors", member(**{**CODE, "pattern": "[A-Z]"}), member(**{**CODE, "pattern": "^[A-Z]$"})),
    (p2_strings, "NUL in a class", member(**{**CODE, "pattern": "^[^a]*$"}), member(**{**CODE, "pattern": r"^[^\u0000a]*$"})),
    (p2_strings, "NUL by a dot", member(**{**CODE, "pattern": "^.*$"}), member(**{**CODE, "pattern": r"^[.]\.$"})),
    (
        p2_strings,
        "what only the compiler reads",
        with_operation(parameters=[{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}]),
        with_operation(parameters=[{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "x-edge": "etag"}]),
    ),
    (p3_bounds, "integers", member(type="integer", minimum=0), member(**COUNT)),
    (p3_bounds, "size", member(type="integer", minimum=0, maximum=2**53), member(type="integer", minimum=0, maximum=2**53 - 1)),
    (p3_bounds, "fractions", member(type="number"), member(**COUNT)),
    (p3_bounds, "int64", member(**COUNT, format="int64"), member(**COUNT)),
    (p3_bounds, "arrays", member(type="array", items=COUNT), member(type="array", items=COUNT, maxItems=3)),
    (p3_bounds, "elements", member(type="array", items=COUNT, maxItems=1001), member(type="array", items=COUNT, maxItems=1000)),
    (p3_bounds, "elements of lists in a list", nested(30, 34), nested(30, 33)),
    (p3_bounds, "elements of a list in itself", in_itself(2), bounded(in_itself(2))),
    (
        p3_bounds,
        "elements of responses",
        member(type="array", items=COUNT, maxItems=1001),
        with_response(closed(["probe"], probe={"type": "array", "items": COUNT, "maxItems": 1001})),
    ),
    (
        p3_bounds,
        "members of a map",
        member(type="object", additionalProperties=COUNT, maxProperties=1001, propertyNames=CODE),
        member(type="object", additionalProperties=COUNT, maxProperties=1000, propertyNames=CODE),
    ),
    (p4_patterns, "classes", member(**{**CODE, "pattern": r"^\d$"}), member(**{**CODE, "pattern": "^[0-9]$"})),
    (p4_patterns, "lookaround", member(**{**CODE, "pattern": "^(?!a)b$"}), member(**{**CODE, "pattern": "^(?:a)b$"})),
    (p4_patterns, "years", member(type="string", format="date-time"), member(type="string", format="date-time", pattern="^[12][0-9]{3}-")),
    (p5_null, "class", with_body({**closed(a=CODE), "type": ["object", "null"]}), with_body({**CODE, "type": ["string", "null"]})),
    (p5_null, "enum", member(type=["string", "null"], enum=["a"]), member(type="string", enum=["a"])),
    (
        p5_null,
        "branch",
        member(oneOf=[CODE, {"type": "null"}]),
        with_body(closed(probe={"oneOf": [{"$ref": "#/components/schemas/One"}, {"type": "null"}]}), One=ONE),
    ),
    (p5_null, "value of an enum", member(type=["string", "null"], const="a"), member(type=["string", "null"], enum=["a", None])),
    (p6_complete, "responses", with_response(closed(probe=COUNT)), with_response(closed(["probe"], probe=COUNT))),
    (p6_complete, "requests", with_response(closed(probe=COUNT)), with_body(closed(probe=COUNT))),
    (p7_names, "enum", member(type="string", enum=["a"]), with_body({"type": "string", "enum": ["a"]})),
    (
        p7_names,
        "items",
        member(type="array", items=CODE),
        with_body(closed(probe={"type": "array", "items": {"$ref": "#/components/schemas/One"}}), One=CODE),
    ),
    (p7_names, "numbers", member(const=5.5), member(const=5)),
    (p7_names, "large numbers", member(enum=[1, 2**53]), member(enum=[1, 2**53 - 1])),
    (
        p5_null,
        "null in two branches",
        with_body(closed(probe={"oneOf": [{"$ref": "#/components/schemas/One"}, {"type": "null"}]}), One={"type": ["array", "null"]}),
        with_body(closed(probe={"oneOf": [{"$ref": "#/components/schemas/One"}, {"type": "null"}]}), One={"type": "array"}),
    ),
    (p7_names, "fractions", member(enum=[1, 5.5]), member(enum=[1, True, None, "a"])),
    (p11_parameters, "values of several types", with_query(enum=[1, "a"]), with_query(type="integer", enum=[1, 2])),
    (p11_parameters, "null", with_query(type=["integer", "null"]), with_query(type="integer")),
    (p8_unions, "anyOf", member(anyOf=[COUNT]), member(**COUNT)),
    (p8_unions, "not", member(**{**COUNT, "not": {"const": 5}}), member(**COUNT)),
    (
        p8_unions,
        "constants",
        with_body(union(discriminator=TAGGED), One=ONE, Two=closed(kind=CODE)),
        with_body(union(discriminator=TAGGED), One=ONE, Two=TWO),
    ),
    (
        p8_unions,
        "mapping",
        with_body(union(discriminator={"propertyName": "kind"}), One=ONE, Two=TWO),
        with_body(union(discriminator=TAGGED), One=ONE, Two=TWO),
    ),
    (p8_unions, "own member", with_body(union(), One=OWN["One"], Two=OWN["One"]), with_body(union(), **OWN)),
    (p8_unions, "responses", with_response(union(), **OWN), with_body(union(), **OWN)),
    (p8_unions, "branches", member(oneOf=[COUNT, CODE]), with_body(union(), **OWN)),
    (p10_weak, "keywords", member(type="array", prefixItems=[COUNT]), member(type="array", items=COUNT)),
    (p10_weak, "types", member(type=["string", "integer"]), member(type=["string", "null"])),
    (p10_weak, "booleans", with_body({"type": "object", "properties": {"probe": True}}), member(**COUNT)),
    (
        p11_parameters,
        "cookies",
        with_parameters({"name": "a", "in": "cookie", "schema": COUNT}),
        with_parameters({"name": "a", "in": "query", "schema": COUNT}),
    ),
    (
        p11_parameters,
        "null",
        with_parameters({"name": "a", "in": "query", "schema": {"type": ["integer", "null"]}}),
        with_parameters({"name": "a", "in": "query", "schema": COUNT}),
    ),
    (
        p11_parameters,
        "objects",
        with_parameters({"name": "a", "in": "query", "schema": closed()}),
        with_parameters({"name": "a", "in": "query", "schema": {"type": "array", "items": CODE}}),
    ),
    (
        p11_parameters,
        "times",
        with_parameters({"name": "A", "in": "header", "schema": {"type": "string", "format": "date-time"}}),
        with_parameters({"name": "a", "in": "query", "schema": {"type": "string", "format": "date-time"}}),
    ),
    (p11_parameters, "path", with_parameters(path="/things/{thing_id}"), with_parameters(ID, path="/things/{thing_id}")),
    (
        p12_media,
        "two",
        with_operation(
            "post", requestBody={"content": {"application/json": {"schema": {"$ref": "#"}}, "text/csv": {"schema": {"$ref": "#"}}}}
        ),
        with_operation("post", requestBody={"content": {"application/json": {"schema": {"$ref": "#"}}}}),
    ),
    (
        p12_media,
        "patch",
        with_operation("patch", requestBody={"content": {"application/json": {"schema": {"$ref": "#"}}}}),
        with_operation("patch", requestBody={"content": {"application/merge-patch+json": {"schema": {"$ref": "#"}}}}),
    ),
    (
        p12_media,
        "component",
        with_operation(responses={"200": {"description": "It.", "content": {"application/json": {"schema": COUNT}}}}),
        with_operation(responses={"200": {"description": "It.", "content": {"application/json": {"schema": {"$ref": "#"}}}}}),
    ),
    (
        p13_defaults,
        "required",
        with_body(closed(["probe"], probe={**COUNT, "default": 1})),
        with_body(closed(probe={**COUNT, "default": 1})),
    ),
    (p13_defaults, "valid", member(**COUNT, default=10), member(**COUNT, default=9)),
    (p13_defaults, "component", with_body({**COUNT, "default": 1}), with_body(COUNT)),
    (
        p13_defaults,
        "parameter",
        with_parameters({"name": "A", "in": "header", "schema": {**COUNT, "default": 1}}),
        with_parameters({"name": "a", "in": "query", "schema": {**COUNT, "default": 1}}),
    ),
    (
        p14_conditions,
        "absent",
        with_body({**closed(many=COUNT), "if": {"properties": {"many": {"minimum": 5}}}, "then": {}}),
        with_body({**closed(many={**COUNT, "default": 6}), "if": {"properties": {"many": {"minimum": 5}}}, "then": {}}),
    ),
    (
        p14_conditions,
        "null",
        with_body({**NULLABLE, **CONDITION}),
        with_body({**NULLABLE, **CONDITION, "then": {"required": ["code"], "properties": {"code": {"type": "string"}}}}),
    ),
    (
        p15_headers,
        "optional",
        with_operation(responses={"200": {"description": "It.", "headers": {"Link": {"description": "The next page.", "schema": CODE}}}}),
        with_operation(
            responses={"200": {"description": "It.", "headers": {"Link": {"description": "Missing on the last page.", "schema": CODE}}}}
        ),
    ),
    (p16_described, "words", member(**COUNT, examples=[1]), member(**COUNT, examples=[1], description="How many.")),
    (p16_described, "examples", member(**COUNT, description="How many."), member(**COUNT, examples=[1], description="How many.")),
    (
        p16_described,
        "parameters",
        with_parameters({"name": "a", "in": "query", "schema": COUNT}),
        with_parameters({"name": "a", "in": "query", "description": "How many.", "example": 5, "schema": COUNT}),
    ),
    (p16_true, "schemas", member(**COUNT, examples=[10]), member(**COUNT, examples=[9])),
    (
        p16_true,
        "formats",
        member(type="string", format="uuid", examples=["no"]),
        member(type="string", format="uuid", examples=["01a2027b-d680-7000-8000-000000000001"]),
    ),
    (
        p16_true,
        "parameters",
        with_parameters({"name": "a", "in": "query", "example": "x", "schema": COUNT}),
        with_parameters({"name": "a", "in": "query", "example": 1, "schema": COUNT}),
    ),
    (p17_links, "pages", page("listThings"), page("getThing")),
    (p17_links, "what was made", made(), made(get={"operationId": "getThing", "parameters": {}})),
    (p17_links, "operations", made(get={"operationId": "getNothing"}), made(get={"operationId": "getThing"})),
    (
        p17_links,
        "parameters",
        made(get={"operationId": "getThing", "parameters": {"id": 1}}),
        made(get={"operationId": "getThing", "parameters": {}}),
    ),
    (
        p18_repetition,
        "POST",
        with_operation("post", security=[{"oauth2": []}]),
        with_operation("post", security=[{"oauth2": []}], x_safe=True),
    ),
    (
        p18_repetition,
        "versions",
        with_operation("put", "/things/{thing_id}", parameters=[ID], responses=ETAG),
        with_operation("put", "/things/{thing_id}", parameters=[ID, {"name": "If-Match", "in": "header", "schema": CODE}], responses=ETAG),
    ),
    (p19_deprecation, "operation", with_operation(deprecated=True), replaced(GOING)),
    (p19_deprecation, "words", replaced({**GOING, "reason": "old"}), replaced(GOING)),
    (p19_deprecation, "days", replaced({**GOING, "since": "soon"}), replaced(GOING)),
    (p19_deprecation, "180 days", replaced({**GOING, "sunset": "2027-07-08"}), replaced({**GOING, "sunset": "2027-07-09"})),
    (p19_deprecation, "successor", replaced({**GOING, "use": "sendThing"}), replaced(GOING)),
    (p19_deprecation, "another", replaced({**GOING, "use": "getThing"}), replaced(GOING)),
    (
        p19_deprecation,
        "a member instead",
        with_body(closed(probe={**COUNT, **LEAVING})),
        with_body(closed(probe={**COUNT, **LEAVING}, other=COUNT)),
    ),
    (p19_deprecation, "member", with_body(closed(probe={**COUNT, "x-deprecation": {}})), member(**COUNT)),
    (p20_navigation, "by POST", with_operation("post", **NAVIGATION), with_operation(**NAVIGATION)),
    (p20_navigation, "with a token", with_operation(**{**NAVIGATION, "security": [{"oauth2": []}]}), with_operation(**NAVIGATION)),
    (p20_navigation, "without 303", with_operation(**{**NAVIGATION, "responses": {"204": {}}}), with_operation(**NAVIGATION)),
    (p20_navigation, "to nowhere", with_operation(**{**NAVIGATION, "responses": {"303": {}}}), with_operation(**NAVIGATION)),
    (p20_navigation, "cookie", with_operation(parameters=[COOKIE]), with_operation(**NAVIGATION, parameters=[COOKIE])),
    (naming, "operationId", with_operation(operationId="GetThing"), with_operation(operationId="getThing")),
    (naming, "tag", with_operation(tags=["others"]), with_operation(tags=["things"])),
    (naming, "summary", with_operation(summary="A thing."), with_operation(summary="A thing")),
    (
        guards,
        "ids",
        with_operation(path="/things/{thing_id}", security=[]),
        with_operation(path="/things/{thing_id}", security=[], x_access={"anyone": "none"}),
    ),
    (
        guards,
        "scopes",
        with_operation(security=WRITE, x_access={"owner": "things:read"}),
        with_operation(security=WRITE, x_access={"owner": "things:write"}),
    ),
    (
        guards,
        "credential",
        with_operation(security=WRITE, x_access={"owner": {"scope": "things:write", "credential": "old"}}),
        with_operation(security=WRITE, x_access={"owner": {"scope": "things:write", "credential": "fresh"}}),
    ),
    (
        guards,
        "known scopes",
        with_operation(security=[{"oauth2": ["things:burn"]}]),
        with_operation(security=[{"oauth2": ["things:write"]}]),
    ),
    (guards, "schemes", with_operation(security=[{"basic": []}]), with_operation(security=[{"oauth2": []}])),
]


def shown(part: object) -> str:
    return part if isinstance(part, str) else getattr(part, "__name__", "")


@pytest.mark.parametrize(("rule", "_", "wrong", "right"), CASES, ids=shown)
def test_a_rule_reports_the_breach_and_accepts_its_neighbour(rule: Rule, _: str, wrong: Document, right: Document) -> None:
    assert [breach.message for breach in rule(right)] == []
    assert list(rule(wrong)) != []


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, *_ in CASES} == set(RULES)
