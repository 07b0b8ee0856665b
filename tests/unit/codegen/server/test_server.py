"""The generated modules of the server state what the contract states."""

from pathlib import Path
from typing import Any

import pytest

from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.server import models, operations, params, problems, responses
from codegen.server.params import aliases
from codegen.server.text import annotation, docstring, limits
from tests.kit.codegen.contracts import edited, written

THING_ID = "- $ref: '../parameters.yaml#/ThingId'"


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return Document(bundle(written(tmp_path)))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"$ref": "#/components/schemas/Thing"}, "m.Thing"),
        ({"const": "no-store"}, "Literal['no-store']"),
        ({"type": "integer", "minimum": 1}, "int"),
        ({"type": ["integer", "null"]}, "int | None"),
        ({"type": "array", "items": {"type": "boolean"}}, "list[bool]"),
        ({"type": "string", "format": "date-time"}, "datetime"),
        ({"type": "string", "format": "email"}, "str"),
        ({"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]}, "m.Thing | None"),
    ],
)
def test_a_schema_has_a_type(schema: dict[str, Any], kind: str) -> None:
    assert annotation(schema) == kind


def test_limits_become_arguments_of_field() -> None:
    assert limits({"type": "integer", "exclusiveMinimum": 1, "maximum": 5, "title": "x"}) == ["gt=1", "le=5"]


def test_a_docstring_is_one_line_of_safe_text() -> None:
    assert docstring('Says "x" and\n  C:\\y.') == '"""Says \'x\' and C:\\\\y."""'


def test_a_type_has_the_name_of_its_parameter(document: Document) -> None:
    assert set(aliases(document).values()) == {"IdempotencyKey", "ThingId"}
    assert "IdempotencyKey: TypeAlias = Annotated[Annotated[str, Field(" in params.render(document)


def test_parameters_of_the_edge_are_not_arguments_of_handlers(document: Document) -> None:
    assert "If-None-Match" not in params.render(document) + operations.render(document)


def test_different_parameters_of_one_name_get_the_name_of_the_component_or_the_operation(tmp_path: Path) -> None:
    spare = "- {name: Idempotency-Key, in: header, schema: {type: string, maxLength: 9}}\n      "
    document = Document(bundle(edited(tmp_path, "paths/things.yaml", THING_ID, spare + THING_ID)))

    assert set(aliases(document).values()) == {"IdempotencyKey", "GetThingIdempotencyKey", "ThingId"}


def test_a_response_class_has_the_headers_that_the_edge_does_not_set(document: Document) -> None:
    text = responses.render(document)

    assert "class CreateThing201(Response):" in text
    assert "etag: Annotated[str, 'ETag']" in text
    assert "X-Request-ID" not in text
    assert "304" not in text


def test_a_constant_header_has_its_value(tmp_path: Path) -> None:
    constant = "Cache-Control: {required: true, schema: {type: string, const: no-store}}\n          ETag: {$ref: '../headers.yaml#/ETag'}"
    root = written(tmp_path)
    file = tmp_path / "paths" / "things.yaml"
    file.write_text(file.read_text("utf-8").replace("ETag: {$ref: '../headers.yaml#/ETag'}", constant), "utf-8")
    document = Document(bundle(root))

    assert "cache_control: Annotated[Literal['no-store'], 'Cache-Control'] = 'no-store'" in responses.render(document)
    assert "constants=(('Cache-Control', 'no-store'),)" in operations.render(document)


def test_a_problem_takes_its_varying_members_only(document: Document) -> None:
    text = flat(problems.render(document))

    assert "class TooHeavy(Problem):" in text
    assert "def __init__(self, *, most: int) -> None: super().__init__(members={'most': most})" in text
    assert "HEADERS: ClassVar[Mapping[str, str]] = {'Retry-After': '1'}" in text
    assert "def __init__(self, *, detail: str | None = None) -> None: super().__init__(detail=detail)" in text
    assert "def __init__(self, *, retry_after: int) -> None: super().__init__(headers={'Retry-After': str(retry_after)})" in text


def test_the_record_of_an_operation_is_complete(document: Document) -> None:
    text = operations.render(document)

    for field in (
        "id='createThing'",
        "method='POST'",
        "handler='create_thing'",
        "security=((('oauth2', ('things:write',)),),)",
        "access=(('anyone', 'none', 'any'),)",
        "rate_class='default'",
        "idempotency='required'",
        "revalidates=True",
        "where='path', argument='thing_id', alias='ThingId', required=True",
        "model='ThingCreate', branches=(), schema='/components/schemas/ThingCreate', required=True, by_document=True",
        "max_bytes=16384, max_values=1054",
        "headers=(('X-Request-ID', True), ('RateLimit', False), ('ETag', True)), edge=('X-Request-ID', 'RateLimit')",
        "problems=('TooHeavy', 'InProgress', 'ValidationFailed', 'RateLimited', 'InternalError')",
        "pointer='/paths/~1things~1{thing_id}/get'",
    ):
        assert field in text


def test_a_link_to_the_next_page_names_the_member_of_the_cursor(tmp_path: Path) -> None:
    link = "links:\n          next: {operationId: getThing, parameters: {cursor: $response.body#/next_cursor}}\n          get:"
    document = Document(bundle(edited(tmp_path, "paths/things.yaml", "links:\n          get:", link)))

    assert "pages='next_cursor'" in operations.render(document)


def test_the_default_of_an_enum_is_its_member(tmp_path: Path) -> None:
    kind = "- {name: kind, in: query, schema: {$ref: '../schemas/things.yaml#/Kind', default: liquid}}\n      "
    document = Document(bundle(edited(tmp_path, "paths/things.yaml", THING_ID, kind + THING_ID)))

    assert "default=m.Kind('liquid')" in operations.render(document)
    assert "Kind: TypeAlias = Annotated[m.Kind, Query('kind')]" in params.render(document)


def test_a_deprecated_operation_has_its_headers_and_its_replacement(tmp_path: Path) -> None:
    announcement = "deprecated: true\n    x-deprecation: {since: 2027-01-10, sunset: 2027-09-01, use: createThing}\n    summary: A thing"
    document = Document(bundle(edited(tmp_path, "paths/things.yaml", "summary: A thing", announcement)))

    text = operations.render(document)

    assert "deprecation=Deprecation(headers=(('Deprecation', '@1799539200'), ('Sunset', 'Wed, 01 Sep 2027 00:00:00 GMT'))" in text
    assert "use='createThing', path='/things',)" in text
    assert text.count("deprecation=None") == 1
    assert "Deprecation" not in responses.render(document)


def test_a_deprecated_member_does_not_warn_the_server(tmp_path: Path) -> None:
    announcement = "note: {deprecated: true, x-deprecation: {since: 2027-01-10, sunset: 2027-09-01, use: kind}, "
    document = Document(bundle(edited(tmp_path, "schemas/things.yaml", "note: {", announcement)))

    assert "deprecated" not in models.render(document)
    assert document.get("/components/schemas/ThingCreate/properties/note")["deprecated"] is True
