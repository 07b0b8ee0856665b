"""Small contracts: a folder of files that can be bundled and linted, and documents with one schema or one operation."""

from pathlib import Path
from typing import Any

from codegen.contract.document import Document

Json = dict[str, Any]

# The smallest contract: one resource with its list, and a few problems. Tests replace or add files.
FILES = {
    "openapi.yaml": """
openapi: 3.1.1
info: {title: Scales, version: 1.0.0, license: {name: MIT, identifier: MIT}}
servers: [{url: /}]
tags: [{name: things, description: What is weighed.}]
security: [{oauth2: []}]
paths:
  /things: {$ref: 'paths/things.yaml#/things'}
  /things/{thing_id}: {$ref: 'paths/things.yaml#/thing'}
components:
  securitySchemes:
    oauth2: {type: oauth2, flows: {password: {tokenUrl: token, scopes: {'things:write': Weigh}}}}
""",
    "paths/things.yaml": """
things:
  post:
    operationId: createThing
    tags: [things]
    summary: Weigh a thing
    security: [{oauth2: ['things:write']}]
    parameters:
      - $ref: '../parameters.yaml#/IdempotencyKey'
    requestBody:
      required: true
      content:
        application/json:
          schema: {$ref: '../schemas/things.yaml#/ThingCreate'}
    x-problems: [TooHeavy]
    responses:
      '201':
        description: The thing.
        headers:
          ETag: {$ref: '../headers.yaml#/ETag'}
        content:
          application/json:
            schema: {$ref: '../schemas/things.yaml#/Thing'}
        links:
          get: {operationId: getThing, parameters: {thing_id: $response.body#/id}}
thing:
  get:
    operationId: getThing
    tags: [things]
    summary: A thing
    security: []
    x-access: {anyone: none}
    parameters:
      - $ref: '../parameters.yaml#/ThingId'
    responses:
      '200':
        description: The thing.
        headers:
          ETag: {$ref: '../headers.yaml#/ETag'}
        content:
          application/json:
            schema: {$ref: '../schemas/things.yaml#/Thing'}
""",
    "schemas/things.yaml": """
Kind:
  type: string
  description: What it is.
  enum: [solid, liquid]
Thing:
  type: object
  additionalProperties: false
  required: [id, kind, weight]
  properties:
    id: {type: integer, description: Names it., minimum: 1, maximum: 9007199254740991, examples: [7]}
    kind: {$ref: '#/Kind'}
    weight: {type: [integer, 'null'], description: In grams., minimum: 0, maximum: 1000, examples: [12]}
ThingCreate:
  type: object
  additionalProperties: false
  required: [kind]
  properties:
    kind: {$ref: '#/Kind'}
    weight: {type: integer, description: In grams., minimum: 0, maximum: 1000, examples: [12]}
    note: {type: string, description: Anything., maxLength: 50, pattern: '^[^\\u0000]*$', examples: [Brass]}
  if: {required: [weight], properties: {weight: {minimum: 500}}}
  then: {required: [note]}
""",
    "schemas/problems.yaml": """
Problem:
  type: object
  required: [type, title, status, detail, instance]
  properties:
    type: {type: string, description: The reason., maxLength: 100, examples: [/problems/too-heavy]}
    title: {type: string, description: The reason in words., maxLength: 100, examples: [Too heavy]}
    status: {type: integer, description: The status., minimum: 400, maximum: 599, examples: [409]}
    detail: {type: string, description: What happened., maxLength: 200, examples: [Too heavy]}
    instance: {type: string, description: This occurrence., maxLength: 45, examples: ['urn:uuid:01934f2e-7c1a-7000-8000-000000000001']}
""",
    "problems.yaml": """
TooHeavy:
  status: 409
  title: Too heavy
  detail: The thing is too heavy
  members:
    most: {type: integer, description: The most., minimum: 0, maximum: 1000, examples: [1000]}
  example: {most: 1000}
InProgress:
  status: 409
  title: In progress
  says: Still running
  headers: {Retry-After: {component: RetryAfter, value: '1'}}
  ambient: key
ValidationFailed: {status: 422, title: Validation failed, detail: The request breaks the contract, ambient: input}
RateLimited: {status: 429, title: Too many requests, detail: Too many requests, headers: {Retry-After: RetryAfter}, ambient: limited}
InternalError: {status: 500, title: Internal error, detail: Something broke, ambient: always}
NotFound: {status: 404, title: Not found, detail: Nothing is here, ambient: never}
""",
    "headers.yaml": """
X-Request-ID: {required: true, description: Names the exchange., schema: {type: string, format: uuid}, x-edge: always}
RateLimit: {description: Missing without a limit., schema: {type: string, maxLength: 80}, x-edge: limited}
ETag: {required: true, description: The version., schema: {type: string, maxLength: 20}}
RetryAfter: {required: true, description: Seconds to wait., schema: {type: integer, minimum: 0, maximum: 60}}
""",
    "parameters.yaml": """
ThingId:
  name: thing_id
  in: path
  required: true
  description: The thing.
  schema: {type: integer, minimum: 1, maximum: 9007199254740991}
  example: 7
IdempotencyKey:
  name: Idempotency-Key
  in: header
  required: true
  description: Names the attempt.
  schema: {type: string, minLength: 1, maxLength: 50, pattern: '^[!-~]+$'}
  example: a1
IfNoneMatch:
  name: If-None-Match
  in: header
  description: What is already known.
  schema: {type: string, maxLength: 50, pattern: '^[^\\u0000]*$'}
  example: '"1"'
  x-edge: etag
""",
    "server.yaml": """
roles:
  weigher: {scopes: ['things:write']}
implied_scopes: {}
parties: []
max_login_age_s: 60
rate_classes: [default]
limited_by_address: []
bounds:
  max_weight: /components/schemas/Thing/properties/weight/maximum
""",
    "examples/createThing.yaml": """
brass:
  parameters: {Idempotency-Key: a1}
  body: {kind: solid, weight: 12}
  status: 201
  response: {id: 7, kind: solid, weight: 12}
""",
    "examples/getThing.yaml": """
brass:
  parameters: {thing_id: 7}
  status: 200
  response: {id: 7, kind: solid, weight: null}
""",
}


def written(folder: Path, **changed: str) -> Path:
    """The root file of a small contract. Keywords add or replace files: `paths__things` is `paths/things.yaml`."""
    for name, text in {**FILES, **{f"{name.replace('__', '/')}.yaml": text for name, text in changed.items()}}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder / "openapi.yaml"


def edited(folder: Path, name: str, old: str, new: str) -> Path:
    """The root file of a small contract, with a text replaced in one of its files."""
    assert FILES[name].count(old) == 1, f"{old!r} occurs {FILES[name].count(old)} times in {name}"
    root = written(folder)
    (folder / name).write_text(FILES[name].replace(old, new), "utf-8")
    return root


def with_body(schema: Json, **components: Json) -> Document:
    """A document whose one operation accepts a body of this schema."""
    body = {"content": {"application/json": {"schema": _ref("Probe")}}}
    return _around({"requestBody": body, "responses": {}}, components={"Probe": schema, **components})


def with_response(schema: Json, **components: Json) -> Document:
    """A document whose one operation has a response of this schema."""
    response = {"description": "It.", "content": {"application/json": {"schema": _ref("Probe")}}}
    return _around({"responses": {"200": response}}, components={"Probe": schema, **components})


def with_parameters(*parameters: Json, path: str = "/things") -> Document:
    """A document whose one operation has these parameters."""
    return _around({"parameters": list(parameters), "responses": {}}, path=path)


def with_operation(method: str = "get", path: str = "/things", **members: Any) -> Document:
    """A document with one operation with these members. Extensions are written as `x_access`."""
    named = {name.replace("x_", "x-") if name.startswith("x_") else name: member for name, member in members.items()}
    return _around({"responses": {}, **named}, method, path)


def _around(operation: Json, method: str = "get", path: str = "/things", components: Json | None = None) -> Document:
    spec = {"operationId": "getThing", "tags": ["things"], "summary": "A thing", **operation}
    schemes = {"oauth2": {"flows": {"password": {"scopes": {"things:write": "Weigh"}}}}}
    return Document(
        {
            "openapi": "3.1.1",
            "info": {"title": "Scales", "version": "1.0.0"},
            "tags": [{"name": "things"}],
            "paths": {path: {method: spec}},
            "components": {"schemas": components or {}, "securitySchemes": schemes},
        }
    )


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
