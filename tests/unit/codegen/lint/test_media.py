"""Texts and files are whole bodies, with a schema that server and clients can keep."""

from pathlib import Path

import pytest

from codegen.contract.yaml import ContractError
from codegen.lint.lint import lint
from tests.kit.codegen.contracts import FILES, written

OLD = "application/json:\n          schema: {$ref: '../schemas/things.yaml#/ThingCreate'}"
FILE = "{type: string, description: A picture., format: binary, minLength: 1, maxLength: 1000}"
TEXT = "{type: string, description: A note., minLength: 1, maxLength: 50, pattern: '^[a-z]*$'}"
EXAMPLE = "a:\n  parameters: {Idempotency-Key: a}\n  body: abc\n  status: 201\n  response: {id: 7, kind: solid, weight: 12}\n"


def lines(folder: Path, media: str, schema: str, *, response: str = "", beside: str = "") -> str:
    """What lint prints about a body of this media type and schema."""
    paths = FILES["paths/things.yaml"].replace(OLD, f"{media}:\n          schema: {{$ref: '../schemas/things.yaml#/Body'}}", 1)
    if beside:
        paths = paths.replace("      required: true\n", f"      required: true\n      {beside}\n", 1)
    if response:
        old = "application/json:\n            schema: {$ref: '../schemas/things.yaml#/Thing'}"
        head, _, tail = paths.rpartition(old)
        paths = f"{head}{response}:\n            schema: {{$ref: '../schemas/things.yaml#/Body'}}{tail}"
    root = written(folder, paths__things=paths, schemas__things=f"{FILES['schemas/things.yaml']}Body: {schema}\n")
    (folder / "examples" / "createThing.yaml").write_text(EXAMPLE, "utf-8")
    if response:
        (folder / "examples" / "getThing.yaml").write_text("a:\n  parameters: {thing_id: 7}\n  status: 200\n  response: abc\n", "utf-8")
    try:
        return "\n".join(lint(root))
    except ContractError as error:
        return str(error)


@pytest.mark.parametrize(("media", "schema"), [("application/octet-stream", FILE), ("image/png", FILE), ("text/plain", TEXT)])
def test_texts_and_files_are_taken(tmp_path: Path, media: str, schema: str) -> None:
    assert "media" not in lines(tmp_path, media, schema, response=media)


@pytest.mark.parametrize(
    ("media", "schema", "words"),
    [
        (
            "application/xml",
            TEXT,
            "things.yaml:14: media: nothing reads or writes application/xml: write one of application/json, multipart/form-data",
        ),
        ("application/octet-stream", TEXT, "things.yaml:14: media: the schema does not describe application/octet-stream: a file is {type"),
        ("text/plain", FILE, "the schema does not describe text/plain: a text is {type: string, maxLength: 1000}"),
        ("text/plain", "{type: integer, minimum: 0, maximum: 9}", "the schema does not describe text/plain"),
        (
            "text/plain",
            TEXT.replace("minLength: 1, ", ""),
            "an empty text/plain is no body, because both have the length 0 in HTTP: write `minLength: 1`",
        ),
        ("text/plain", TEXT.replace("pattern: '^[a-z]*$'", "format: email"), "format of a text is never checked: leave it out"),
        ("image/png", FILE.replace("minLength: 1, ", ""), "write `minLength: 1`"),
        ("image/png", FILE.replace(", maxLength: 1000", ""), "a file needs maxLength, its largest size in bytes"),
        ("image/png", FILE.replace("}", ", pattern: '^a$'}"), "pattern of a file is never checked"),
        ("application/json", FILE, "a file is a whole body, and no value in a request: write `format: byte` (base64)"),
    ],
)
def test_others_are_refused_with_what_to_write(tmp_path: Path, media: str, schema: str, words: str) -> None:
    shown = lines(tmp_path, media, schema)

    assert words in shown, shown


MEMBER = "picture: {type: string, description: It., format: binary, maxLength: 100}"
TITLE = "title: {type: string, description: It., maxLength: 9, pattern: '^[a-z]*$', examples: [a]}"
BODY = "{{type: object, description: A form., additionalProperties: false, required: [picture], properties: {{{}}}}}"
FORM = BODY.format(f"{MEMBER}, {TITLE}")


def test_a_form_with_a_file_is_taken(tmp_path: Path) -> None:
    assert "media" not in lines(tmp_path, "multipart/form-data", FORM)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (FILE, "a form is a component of type object"),
        (
            BODY.format(TITLE).replace("picture", "title", 1),
            "a form has one file, and this one has no file: write application/json, or add a member",
        ),
        (
            BODY.format(f"{MEMBER}, {MEMBER.replace('picture', 'other')}"),
            "a form has one file, and this one has 2 files: send one file with each request",
        ),
        (BODY.format(MEMBER.replace(", maxLength: 100", "")), "the file picture is {type: string, format: binary"),
        (FORM.replace("title: {type: string", "title: {type: [string, 'null']"), "title is sent as a text: write a string, an integer"),
        (BODY.format(f"{MEMBER}, tags: {{type: array, maxItems: 2, items: {{$ref: '#/Kind'}}}}"), "tags is sent as a text"),
    ],
)
def test_other_forms_are_refused_with_what_to_write(tmp_path: Path, schema: str, words: str) -> None:
    shown = lines(tmp_path, "multipart/form-data", schema)

    assert f"things.yaml:14: media: {words}" in shown, shown


def test_a_response_is_no_form(tmp_path: Path) -> None:
    assert "media: a response is no form: write application/json" in lines(
        tmp_path, "multipart/form-data", FORM, response="multipart/form-data"
    )


def test_the_size_of_a_file_has_one_place(tmp_path: Path) -> None:
    shown = lines(tmp_path, "image/png", FILE, beside="x-max-bytes: 500")

    assert "maxLength is the largest size of a file: leave x-max-bytes out" in shown


SECOND = "text/plain:\n            schema: {$ref: '../schemas/things.yaml#/Note'}"
JSON_BODY = "application/json:\n            schema: {$ref: '../schemas/things.yaml#/Thing'}"
BY_BODY = "BodyETag: {required: true, description: A hash., schema: {type: string, maxLength: 20}, x-edge: etag}\n"


def offering(folder: Path, *changes: tuple[str, str], etag: str = "BodyETag") -> str:
    """What lint prints about a response that is JSON or a text."""
    paths = FILES["paths/things.yaml"]
    head, _, tail = paths.rpartition(JSON_BODY)
    paths = f"{head}{JSON_BODY}\n          {SECOND}{tail}"
    first, _, second = paths.rpartition("headers.yaml#/ETag")
    paths = f"{first}headers.yaml#/{etag}{second}"
    for old, new in changes:
        before, _, after = paths.rpartition(old)
        assert after, old
        paths = f"{before}{new}{after}"
    root = written(
        folder,
        paths__things=paths,
        headers=f"{FILES['headers.yaml']}{BY_BODY}",
        schemas__things=f"{FILES['schemas/things.yaml']}Note: {TEXT}\n",
    )
    example = "{}:\n  parameters: {{thing_id: 7}}\n  accept: {}\n  status: {}\n  response: {}\n"
    body = "{id: 7, kind: solid, weight: 12}"
    examples = [example.format("b", "text/plain", 200, "abc"), example.format("c", "application/json", 203, body)]
    file = folder / "examples" / "getThing.yaml"
    file.write_text("\n".join([file.read_text("utf-8"), *examples[: 1 + ("'203'" in paths)]]), "utf-8")
    try:
        return "\n".join(lint(root))
    except ContractError as error:
        return str(error)


def test_a_response_may_have_several_media_types(tmp_path: Path) -> None:
    assert offering(tmp_path) == ""


LINK = "links:\n          self: {operationId: getThing, parameters: {thing_id: $response.body#/id}}"
KEY = "- $ref: '../parameters.yaml#/IdempotencyKey'"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("text/plain", "text/html", "200 of getThing is not sent as text/plain. Write application/json or text/html."),
        (SECOND, f"{SECOND}\n        {LINK}", "a link reads JSON, and callers may choose text/plain: write two operations"),
        (
            "parameters:\n",
            f"parameters:\n      {KEY}\n",
            "a response that is stored for an Idempotency-Key has one media type: write two operations",
        ),
        (
            SECOND,
            f"{SECOND}\n      '203':\n        description: It.\n        content:\n          {JSON_BODY}",
            "the responses of getThing have several media types, and callers choose one: write two operations",
        ),
    ],
)
def test_other_choices_are_refused_with_what_to_write(tmp_path: Path, old: str, new: str, words: str) -> None:
    shown = offering(tmp_path, (old, new))

    assert words in shown, shown


def test_a_version_is_no_tag_of_several_media_types(tmp_path: Path) -> None:
    assert "an ETag names the bytes of one media type, and a version has none: write `x-edge: etag`" in offering(tmp_path, etag="ETag")
