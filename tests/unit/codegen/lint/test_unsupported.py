"""What is not legal, has no effect, or is not supported is refused with its file, its line and what to write instead."""

import re
from pathlib import Path
from typing import TypeAlias

import pytest

from codegen.contract.yaml import ContractError
from codegen.lint.lint import lint
from tests.kit.codegen.contracts import FILES, edited, written

THINGS, PATHS, ROOT, PROBLEMS, HEADERS = "schemas/things.yaml", "paths/things.yaml", "openapi.yaml", "problems.yaml", "headers.yaml"
NOTE = "{type: string, description: Anything., maxLength: 50, pattern: '^[^\\u0000]*$', examples: [Brass]}"
SCHEMA = "schema: {$ref: '../schemas/things.yaml#/ThingCreate'}"
PARAMETERS = "x-access: {anyone: none}\n    parameters:\n"
FLOWS = "flows: {password: {tokenUrl: token, scopes: {'things:write': Weigh}}}"
KIND = "Kind:\n  type: string\n  description: What it is.\n  enum: [solid, liquid]"
ETAG = "headers:\n          ETag: {$ref: '../headers.yaml#/ETag'}\n        content:\n          application/json:\n            "
LINK = "get: {operationId: getThing, parameters: {thing_id: $response.body#/id}}"
STATUS_200 = "      '200':\n        description: The thing."
MOST = "most: {type: integer, description: The most., minimum: 0, maximum: 1000, examples: [1000]}"
TEXT = "description: Anything., maxLength: 50, pattern: '^[a-z]*$', examples: [brass]"


FREE = "{type: string, maxLength: 9, pattern: '^[^a]*$'}"
TWICE = "      - {name: thing-id, in: query, schema: {type: integer, minimum: 0, maximum: 9}}\n"
Edit: TypeAlias = tuple[str, str, str, int | str]


def refused(root: Path) -> list[str]:
    """All lines that lint prints, by whichever way."""
    try:
        return lint(root)
    except ContractError as error:
        return str(error).splitlines()


def note(schema: str) -> Edit:
    """Another schema of the member `note`."""
    return THINGS, f"note: {NOTE}", f"note: {schema}", 21


def query(parameter: str) -> Edit:
    """Another parameter of getThing."""
    return PATHS, PARAMETERS, f"{PARAMETERS}      - {parameter}\n", 34


def member(name: str) -> Edit:
    return THINGS, f"note: {NOTE}", f"note: {NOTE}\n    {name}: {{type: string, {TEXT}}}", 22


def scheme(written: str, below: int = 0) -> Edit:
    """A further security scheme."""
    last = f"    oauth2: {{type: oauth2, {FLOWS}}}\n"
    return ROOT, last, f"{last}    key: {written}\n", 13 + below


def pattern(written: str) -> Edit:
    return note(f"{{type: string, description: Anything., maxLength: 50, pattern: '{written}', examples: [a]}}")


def loop(schema: str) -> Edit:
    """Another schema of `Kind`."""
    return THINGS, KIND, f"Kind: {schema}\nPool: {{$ref: '#/Kind'}}", 2


WEIGHT = (THINGS, "weight: {type: integer, description: In grams., minimum: 0, maximum: 1000, examples: [12]}")

# Edit of the small contract with the line of the report, and words of it.
CASES: list[tuple[Edit, str]] = [
    # -- the document is OpenAPI 3.1
    ((ROOT, "openapi: 3.1.1", "openapi: 3.0.3", 2), "`openapi` is"),
    ((ROOT, "openapi: 3.1.1\n", "", 2), "the file has no `openapi`. Write it"),
    ((ROOT, "info: {title: Scales, version: 1.0.0, license: {name: MIT, identifier: MIT}}", "info: Scales", 3), "Write a mapping"),
    ((ROOT, "version: 1.0.0", "version: 1.0", 3), "`version` is 1.0. Write text."),
    ((ROOT, "[{name: things, description: What is weighed.}]", "", 5), "`tags` is null. Write a list"),
    ((ROOT, "[{name: things, description: What is weighed.}]", "[things]", 5), '"things". Write a mapping'),
    ((ROOT, FLOWS, "flows:", 12), "`flows` is null"),
    ((ROOT, "type: oauth2", "type: oauth", 12), "Write one of apiKey, http, mutualTLS, oauth2, openIdConnect"),
    ((ROOT, "components:", "components:\n  schema: {}", 11), "cannot have `schema`. Write `schemas`"),
    ((ROOT, "components:", "components:\n  pathItems: {A: {get: {}}}", 11), "operations in paths/"),
    ((ROOT, f"components:\n  securitySchemes:\n    oauth2: {{type: oauth2, {FLOWS}}}", "components:", 10), "`components` is null"),
    ((PATHS, "    summary: A thing", "    summary: 5", 30), "`summary` is 5. Write text."),
    ((PATHS, "thing:\n  get:", "thing:\n  gett: {responses: {}}\n  get:", 27), "cannot have `gett`. Write `get`"),
    ((PATHS, LINK, "get:", 25), "`get` is null"),
    ((PATHS, LINK, "get: {operationId: getThing, parameters: [thing_id]}", 25), "Write a mapping"),
    (query("{name: a, schema: {type: integer}}"), "has no `in`"),
    (query("{in: query, schema: {type: integer}}"), "has no `name`"),
    (query("{name: a, in: body, schema: {type: integer}}"), "Write one of query, header, path, cookie"),
    (query("{name: a, in: query, content: {application/json: {schema: {type: integer}}}}"), "Write `schema`"),
    (query("{name: a, in: query, schema: {type: integer}, examples: {a: {externalValue: a.json}}}"), "Write `value`"),
    ((ROOT, "/things/{thing_id}:", "things/{thing_id}:", 8), "cannot have `things/{thing_id}`"),
    # -- its schemas are JSON Schema 2020-12
    (note("{type: strng}"), "Write one of array, boolean, integer, null, number, object, string"),
    (note(f"{{type: string, minLength: '5', {TEXT}}}"), '`minLength` is "5". Write a whole number.'),
    (note(f"{{type: string, {TEXT.replace('50', '-1')}}}"), "`maxLength` is not valid"),
    (note("{type: string, pattern: 5}"), "`pattern` is 5. Write text."),
    (note("{$ref: 5}"), "`$ref` is 5. Write text."),
    (note("true"), "`true` is a schema for all values"),
    (note("false"), "`false` is a schema for no values"),
    ((THINGS, "  required: [kind]\n", "  required: kind\n", 17), '`required` is "kind". Write a list.'),
    ((THINGS, "enum: [solid, liquid]", "enum: solid", 5), '`enum` is "solid". Write a list.'),
    ((THINGS, KIND, "Kind:", 2), "Kind is empty"),
    # -- our own files
    ((PROBLEMS, "status: 409\n  title: Too", "status: 200\n  title: Too", 3), "`status` is not valid"),
    ((PROBLEMS, f"members:\n    {MOST}", "members: [most]", 6), '`members` is ["most"]. Write a mapping.'),
    ((PROBLEMS, MOST, "most: {type: strng}", 7), "Write one of array"),
    ((PROBLEMS, "component: RetryAfter", "component: Later", 13), "Later is no header of headers.yaml"),
    ((PROBLEMS, "component: RetryAfter", "componet: RetryAfter", 13), "has no `component`"),
    ((HEADERS, ", schema: {type: integer, minimum: 0, maximum: 60}", "", 5), "has no `schema`"),
    (("examples/getThing.yaml", "parameters: {thing_id: 7}", "parameters: [7]", 3), "`parameters` is [7]. Write a mapping."),
    (("examples/getThing.yaml", "status: 200", "status: ok", 4), '`status` is "ok". Write a whole number.'),
    ((*WEIGHT, WEIGHT[1].replace("1000", "1e999"), 20), "more than a number can be"),
    ((*WEIGHT, WEIGHT[1].replace("1000", "9" * 5000), 20), "a number of 5000 digits"),
    # -- references
    (loop("{$ref: '#/Kind'}"), "the references of Kind lead back to it"),
    (loop("{$ref: '#/Pool'}"), "the references of Kind lead back to it"),
    (loop("{oneOf: [{$ref: '#/Pool'}, {type: 'null'}]}"), "every Kind has a Kind in it, without end"),
    (loop("{allOf: [{$ref: '#/Pool'}, {type: object}]}"), "every Kind has a Kind in it, without end"),
    (loop("{type: object, required: [own], properties: {own: {$ref: '#/Pool'}}}"), "every Kind has a Kind in it, without end"),
    ((PATHS, SCHEMA, "schema: {$ref: '../parameters.yaml#/ThingId'}", 14), "the reference leads to no schema"),
    (
        (PATHS, STATUS_200, "      '200': {$ref: '../schemas/things.yaml#/Kind'}\n      '201':\n        description: It.", 36),
        "Write it here",
    ),
    (query("{$ref: '../headers.yaml#/ETag'}"), "no entry of parameters.yaml"),
    # -- responses and bodies
    ((PATHS, "      '200':", "      '204':", 41), "204 No Content has content. Write '200', or leave out the content."),
    ((PATHS, STATUS_200, STATUS_200.replace("'200'", "default"), 37), "name problems in x-problems"),
    ((PATHS, STATUS_200, STATUS_200.replace("'200'", "2XX"), 37), "Write each success with its status"),
    ((PATHS, STATUS_200, f"      4XX: {{description: No.}}\n{STATUS_200}", 36), "4XX by hand"),
    ((PATHS, STATUS_200, STATUS_200.replace("'200'", "ok"), 36), "cannot have `ok`"),
    ((PATHS, STATUS_200, STATUS_200.replace("'200'", "'100'"), 37), "which the server sends by itself"),
    ((PATHS, SCHEMA, "example: 1", 14), "application/json has no schema"),
    (
        (
            PATHS,
            "  get:\n    operationId: getThing",
            "  delete:\n    requestBody: {content: {text/csv: {schema: {type: integer}}}}\n    operationId: getThing",
            28,
        ),
        "a body of DELETE has no meaning",
    ),
    # -- what had no effect
    ((ROOT, "[{url: /}]", "[{url: /}, {url: /b}]", 4), "the server is at / and at /b"),
    ((ROOT, "[{url: /}]", "[{url: '/{v}', variables: {v: {default: a, enum: [a, b]}}}]", 4), "is at /a and at /b"),
    ((ROOT, "[{url: /}]", "[{url: '/{v}'}]", 4), "{v} has no entry in `variables`"),
    ((ROOT, "[{url: /}]", "[{url: /v1, variables: {v: {default: a}}}]", 4), "{v} is not in the url"),
    ((ROOT, "[{url: /}]", "[{url: '/{v}', variables: {v: {default: a, enum: [b]}}}]", 4), "the default of v is not among its values"),
    ((ROOT, "[{url: /}]", "[{url: '/v1?a=b'}]", 4), "is no address of a server"),
    ((ROOT, "[{url: /}]", "[{url: '/a/../b'}]", 4), "is no address of a server"),
    ((ROOT, "[{url: /}]", "[{url: 'ftp://scales.example'}]", 4), "is no address of a server"),
    ((ROOT, "servers:", "jsonSchemaDialect: 'http://json-schema.org/draft-07/schema#'\nservers:", 4), "JSON Schema 2020-12"),
    (note(f"{{type: string, readOnly: true, {TEXT}}}"), "only requests have this schema"),
    (
        (THINGS, "weight: {type: [integer, 'null'],", "weight: {writeOnly: true, type: [integer, 'null'],", 13),
        "only responses have this schema",
    ),
    (note(f"{{{TEXT}}}"), "without a `type` any value is valid"),
    (note("{type: array, description: A., maxItems: 3}"), "an array needs `items`"),
    ((THINGS, "ThingCreate:\n  type: object\n", "ThingCreate:\n", 15), "without a `type` any value is valid"),
    (note(f"{{type: string, minimum: 5, {TEXT}}}"), "`minimum` has no effect on string: write `type: integer`"),
    (note(f"{{type: string, minItems: 5, {TEXT}}}"), "`minItems` has no effect on string"),
    (note(f"{{type: string, properties: {{}}, {TEXT}}}"), "`properties` has no effect on string"),
    ((*WEIGHT, WEIGHT[1].replace("minimum", "maxLength: 3, minimum"), 20), "`maxLength` has no effect on integer"),
    ((*WEIGHT, WEIGHT[1].replace("minimum: 0", "minimum: 2000"), 20), "minimum is above maximum"),
    ((*WEIGHT, WEIGHT[1].replace("minimum: 0", "minimum: 0.5"), 20), "no integer is 0.5"),
    ((*WEIGHT, WEIGHT[1].replace("minimum: 0", "minimum: 0, exclusiveMinimum: 1"), 20), "keep one of the two"),
    (note(f"{{type: string, minLength: 60, {TEXT}}}"), "minLength is above maxLength"),
    ((THINGS, "enum: [solid, liquid]", "enum: []", 5), "no value is valid"),
    ((THINGS, "enum: [solid, liquid]", "enum: [solid, solid]", 5), "a value is listed twice"),
    (note("{type: integer, const: a, description: A.}"), "'a' is never valid"),
    ((THINGS, "  required: [kind]\n", "  required: [kind, colour]\n", 17), "colour is no member"),
    ((THINGS, "then: {required: [note]}", "then: {required: [noet]}", 23), "noet is no member"),
    ((THINGS, "\n  then: {required: [note]}", "", 22), "`if` has no effect without `then`"),
    ((THINGS, "  if: {required: [weight], properties: {weight: {minimum: 500}}}\n", "", 22), "`then` has no effect without `if`"),
    (note("{$ref: '#/Kind', enum: [solid]}"), "`enum` beside a `$ref` is lost"),
    (
        query("{name: a, in: query, schema: {type: array, maxItems: 3, items: {$ref: '../schemas/things.yaml#/Kind'}, default: [solid]}}"),
        "would be shared between requests",
    ),
    ((PATHS, "    requestBody:", "    requestBody:\n      x-max-bytes: 10MB", 11), "Write a whole number of bytes, such as 10485760"),
    ((PATHS, "    requestBody:", "    requestBody:\n      x-max-bytes: true", 11), "Write a whole number of bytes"),
    ((PATHS, "    summary: Weigh a thing", "    summary: Weigh a thing\n    x-safe: 'no'", 7), "Write true, or leave it out"),
    ((PATHS, "x-access: {", "x-access: 5 # {", 32), "Write who passes by which scope"),
    ((PATHS, ": none}\n    parameters", ": {scpe: none}}\n    parameters", 32), "Write who passes by which scope"),
    ((PATHS, "x-problems: [TooHeavy]", "x-problems: TooHeavy", 4), "Write names of problems.yaml"),
    (note(f"{{type: string, x-message: 5, {TEXT}}}"), "Write a sentence"),
    (query("{name: a, in: query, x-edge: sure, schema: {type: integer}}"), "Write always, limited, idempotency, etag or browser"),
    (
        (
            PATHS,
            "    security: []\n    x-access: {anyone: none}",
            "    security: []\n    x-access: {anyone: none}\n    x-rate-class: defualt",
            33,
        ),
        "'defualt' is no rate class of server.yaml. Write default",
    ),
    (note("{type: object, description: A., additionalProperties: false, properties: {a: {const: b}}}"), "an object is a component"),
    (
        (THINGS, "weight: {type: [integer, 'null']", "inner: {type: object, properties: {}}\n    weight: {type: [integer, 'null']", 13),
        "an object is a",
    ),
    # -- credentials
    (scheme("{type: http, scheme: basic}"), "nothing enforces http basic: write `type: oauth2`"),
    (scheme("{type: mutualTLS}"), "nothing enforces mutualTLS"),
    (scheme("{type: openIdConnect, openIdConnectUrl: 'https://a.example'}"), "nothing enforces openIdConnect"),
    (scheme("{type: http, scheme: bearer}"), "are both in the header authorization"),
    (scheme("{type: apiKey, in: header, name: Authorization}"), "are both in the header authorization"),
    (scheme("{type: apiKey, in: header, name: Cookie}"), "the server reads Cookie by itself"),
    (scheme("{type: apiKey, in: cookie, name: 'a b'}"), "is no name of a cookie"),
    (scheme("{type: apiKey, in: query, name: a, x-key: 1}"), "`x-key` of apiKey has no effect"),
    (scheme("{type: apiKey, in: query, name: a}\n    other: {type: apiKey, in: query, name: a}", 1), "are both in the query a"),
    # -- one dialect of patterns
    (pattern("^[^[\\]]$"), r"`[` in a class begins a class in Rust: write \["),
    (pattern("^[a-z&&c]$"), "`&&` in a class combines classes in Rust"),
    (pattern("^[!--]$"), "`--` in a class combines classes in Rust"),
    (pattern(r"^(a)\1$"), "refers back to a group"),
    (pattern("^(?P<y>a)$"), "write (?: ... ), the only special group"),
    (pattern(r"^\p{L}$"), "write the ranges"),
    (pattern("^a|b$"), "write ^(?:a|b)$"),
    (pattern("^[]$"), "name its members"),
    # -- names
    (member("$"), "'$' makes no attribute"),
    ((THINGS, "ThingCreate:\n  type: object\n", "ThingCreate:\n  title: Thing\n  type: object\n", 15), "would name the class"),
    ((ROOT, "name: things", "name: '-'", 5), "'-' makes no package"),
    ((PROBLEMS, MOST, MOST.replace("most", "self"), 7), "'self' is an argument of every problem"),
    ((PROBLEMS, MOST, MOST.replace("most", "detail"), 7), "every problem has detail"),
    (query("{name: Accept, in: header, schema: {type: integer}}"), "the server reads it by itself"),
    (query("{name: '[]', in: query, schema: {type: integer}}"), "makes no argument of a handler"),
    ((ROOT, "/things/{thing_id}:", "'/things/{thing id}':", "paths/things.yaml:27"), "is no text with variables"),
    ((ROOT, "/things/{thing_id}:", "'/things/{thing_id}{b}':", "paths/things.yaml:27"), "nothing divides the variables"),
    ((ROOT, "/things/{thing_id}:", "'/things/5{thing_id}':", "paths/things.yaml:27"), "is a number, which a value can be"),
    ((ROOT, "/things/{thing_id}:", "'/things/{thing_id}5{b}':", "parameters.yaml:3"), "give it an enum or a pattern without that text"),
    # -- lists
    (query(f"{{name: a, in: header, schema: {{type: array, maxItems: 3, items: {FREE}}}}}"), "commas divide the list a"),
    (query(f"{{name: a, in: query, explode: false, schema: {{type: array, maxItems: 3, items: {FREE}}}}}"), "leave `explode: false` out"),
    (query(f"{{name: a, in: query, style: pipeDelimited, schema: {{type: array, maxItems: 3, items: {FREE}}}}}"), "`style: pipeDelimited`"),
    (query("{name: a, in: query, style: deepObject, schema: {type: integer}}"), "each of its members into a parameter"),
    (query("{name: a, in: query, explode: false, schema: {type: integer}}"), "`explode` has an effect on a list in the query alone"),
    (query("{name: a, in: header, explode: true, schema: {type: array, maxItems: 3, items: {type: boolean}}}"), "`explode` has an effect"),
    (query("{name: a, in: query, schema: {type: [integer, 'null'], minimum: 0, maximum: 9}}"), "null has no text"),
    (query("{name: b, in: path, required: true, schema: {type: array, maxItems: 3, items: {type: boolean}}}"), "write `minItems: 1`"),
    ((ROOT, "/things/{thing_id}:", "/things//{thing_id}:", "paths/things.yaml:27"), "an empty segment"),
    ((ROOT, "/things/{thing_id}:", "/things/{thing_id}/{thing_id}:", "paths/things.yaml:27"), "has a variable twice"),
]


@pytest.mark.parametrize(("edit", "words"), CASES, ids=lambda part: part if isinstance(part, str) else "")
def test_it_is_refused_with_its_line(tmp_path: Path, edit: Edit, words: str) -> None:
    file, old, new, line = edit
    root = written(tmp_path)
    assert old in FILES[file]
    (tmp_path / file).write_text(FILES[file].replace(old, new, 1), "utf-8")
    place = line if isinstance(line, str) else f"{file}:{line}"

    lines = refused(root)

    assert any(f"{place}: " in shown and words in shown for shown in lines), "\n".join(lines)


@pytest.mark.parametrize("name", ["Record", "UUID", "Any", "Literal", "Model", "Field", "Operation", "Exception", "None", "thing", "3D"])
def test_a_schema_may_have_the_name_of_a_class(tmp_path: Path, name: str) -> None:
    files = {file.removesuffix(".yaml").replace("/", "__"): re.sub(r"\bThing\b", name, text) for file, text in FILES.items()}

    assert [line for line in refused(written(tmp_path, **files)) if ": name: " in line] == []


def test_a_path_item_that_refers_to_itself_is_refused(tmp_path: Path) -> None:
    root = edited(tmp_path, PATHS, "thing:\n  get:", "loop: {$ref: '#/loop'}\nthing:\n  get:")
    root.write_text(root.read_text("utf-8").replace("  /things/{", "  /loop: {$ref: 'paths/things.yaml#/loop'}\n  /things/{"), "utf-8")

    assert refused(root) == [
        f"{tmp_path}/paths/things.yaml:26: the references of paths/things.yaml#/loop lead back to it. Write the operations there."
    ]
