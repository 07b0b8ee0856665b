"""The files become one document, or an error with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegen.contract.bundle import bundle, to_text
from codegen.contract.yaml import ContractError
from tests.kit.codegen.contracts import edited, written

Json = dict[str, Any]


@pytest.fixture
def document(tmp_path: Path) -> Json:
    return bundle(written(tmp_path))


def operation(document: Json, path: str, method: str) -> Json:
    operation: Json = document["paths"][path][method]
    return operation


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "message"),
    [
        ("paths/things.yaml", "#/ThingCreate'", "#/ThingMake'", "things.yaml:14", "schemas/things.yaml#/ThingMake does not exist"),
        (
            "openapi.yaml",
            "paths/things.yaml#/thing'",
            "paths/stuff.yaml#/thing'",
            "openapi.yaml:9",
            "paths/stuff.yaml#/thing does not exist",
        ),
        ("paths/things.yaml", "[TooHeavy]", "[TooLight]", "things.yaml:4", "createThing names TooLight"),
        ("examples/getThing.yaml", "status: 200", "status: 404", "getThing.yaml:4", "getThing has no response 404"),
        ("examples/getThing.yaml", "response:", "result:", "getThing.yaml:5", "not result"),
        ("examples/getThing.yaml", "status: 200", "body: {}\n  status: 200", "getThing.yaml:4", "getThing has no body there"),
        ("examples/createThing.yaml", "status: 201", "status: 422", "things.yaml:4", "a body of createThing has no example"),
        ("paths/things.yaml", "'200':", "'404': {description: No.}\n      '200':", "things.yaml:36", "getThing has 404 by hand"),
        ("paths/things.yaml", "'200':", "200:", "things.yaml:36", "the key 200 is not text"),
        ("schemas/things.yaml", "Thing:", "Kind:", "things.yaml:6", "'Kind' was already written on line 2"),
        ("schemas/things.yaml", "[solid, liquid]", "[solid, liquid", "things.yaml", "is not YAML"),
        ("problems.yaml", "says: Still running", "say: Still running", "problems.yaml:9", "InProgress has say"),
        ("problems.yaml", "ambient: input", "ambient: inputs", "problems.yaml:15", "'inputs' is none of"),
        ("headers.yaml", "x-edge: limited", "x-edge: sometimes", "headers.yaml:3", "'sometimes' is none of"),
    ],
)
def test_an_invalid_part_is_reported_with_its_line(tmp_path: Path, file: str, old: str, new: str, place: str, message: str) -> None:
    root = edited(tmp_path, file, old, new)

    with pytest.raises(ContractError) as caught:
        bundle(root)

    assert place in str(caught.value)
    assert message in str(caught.value)


def test_examples_need_an_operation(tmp_path: Path) -> None:
    root = written(tmp_path, examples__weighThing="brass: {status: 200, response: {}}")

    with pytest.raises(ContractError, match="no operation is called weighThing"):
        bundle(root)


def test_two_components_cannot_have_one_name(tmp_path: Path) -> None:
    root = edited(tmp_path, "schemas/things.yaml", "note: {type: string,", "other: {$ref: 'others.yaml#/Kind'}\n    note: {type: string,")
    (tmp_path / "schemas" / "others.yaml").write_text("Kind: {type: string, description: Another., enum: [big, small]}\n", "utf-8")

    with pytest.raises(ContractError, match=r"two components are named Kind, in schemas/things.yaml and schemas/others.yaml"):
        bundle(root)


def test_the_problems_of_a_status_share_the_component_of_a_header(tmp_path: Path) -> None:
    root = edited(tmp_path, "problems.yaml", "  title: Too heavy", "  title: Too heavy\n  headers: {Retry-After: ETag}")

    with pytest.raises(ContractError, match="one status and different components for Retry-After"):
        bundle(root)


def test_every_reference_is_within_the_bundle(document: Json) -> None:
    text = json.dumps(document)

    assert ".yaml" not in text
    assert "x-problems" not in text


def test_the_bundle_keeps_the_order_of_the_files(document: Json) -> None:
    assert list(document["paths"]) == ["/things", "/things/{thing_id}"]
    assert list(document["components"]) == ["schemas", "responses", "parameters", "headers", "securitySchemes"]


def test_large_integers_are_exact(tmp_path: Path) -> None:
    root = edited(tmp_path, "schemas/things.yaml", "maximum: 9007199254740991", "maximum: 9223372036854775807")

    assert "9223372036854775807" in to_text(bundle(root))


@pytest.mark.parametrize(("text", "value"), [("no", "no"), ("12:30", "12:30"), ("2026-01-01", "2026-01-01"), ("1_0", "1_0"), ("007", 7)])
def test_scalars_are_those_of_yaml_1_2(tmp_path: Path, text: str, value: object) -> None:
    root = edited(tmp_path, "schemas/things.yaml", "examples: [Brass]", f"examples: [{text}]")

    note = bundle(root)["components"]["schemas"]["ThingCreate"]["properties"]["note"]

    assert note["examples"] == [value]


def test_the_shape_of_an_operation_decides_its_problems(document: Json) -> None:
    assert list(operation(document, "/things", "post")["responses"]) == ["201", "409", "422", "429", "500"]
    assert list(operation(document, "/things/{thing_id}", "get")["responses"]) == ["200", "304", "422", "429", "500"]


def test_an_operation_without_a_limit_has_no_headers_of_limits(tmp_path: Path) -> None:
    root = edited(tmp_path, "paths/things.yaml", "    x-access: {anyone: none}", "    x-access: {anyone: none}\n    x-rate-class: none")

    responses = operation(bundle(root), "/things/{thing_id}", "get")["responses"]

    assert "429" not in responses
    assert "RateLimit" not in responses["200"]["headers"]
    assert "RateLimit" not in responses["500"]["headers"]


def test_problems_of_one_status_become_a_union(document: Json) -> None:
    conflict = operation(document, "/things", "post")["responses"]["409"]
    content = conflict["content"]["application/problem+json"]

    assert content["schema"]["discriminator"]["mapping"] == {
        "/problems/too-heavy": "#/components/schemas/TooHeavyProblem",
        "/problems/in-progress": "#/components/schemas/InProgressProblem",
    }
    assert conflict["headers"]["Retry-After"] == {
        "required": False,
        "description": "Seconds to wait.",
        "schema": {"type": "string", "const": "1"},
    }
    assert set(content["examples"]) == {"TooHeavy", "InProgress"}


def test_a_problem_is_flat_closed_and_constant_where_it_can_be(document: Json) -> None:
    schemas = document["components"]["schemas"]
    heavy, running = schemas["TooHeavyProblem"], schemas["InProgressProblem"]

    assert heavy["additionalProperties"] is False
    assert heavy["required"] == ["type", "title", "status", "detail", "instance", "most"]
    assert heavy["properties"]["type"] == {"const": "/problems/too-heavy"}
    assert heavy["properties"]["detail"] == {"const": "The thing is too heavy"}
    assert running["properties"]["detail"]["type"] == "string"


def test_a_problem_of_no_operation_stays_in_the_components(document: Json) -> None:
    assert "NotFound" in document["components"]["responses"]
    assert "404" not in json.dumps(document["paths"])


def test_every_response_has_the_headers_of_the_edge(document: Json) -> None:
    responses = [response for item in document["paths"].values() for method in item.values() for response in method["responses"].values()]
    whole = [
        document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]] if "$ref" in response else response
        for response in responses
    ]

    assert all("X-Request-ID" in response["headers"] for response in whole)


def test_a_hand_written_header_replaces_that_of_the_edge(tmp_path: Path) -> None:
    by_hand = "ETag: {$ref: '../headers.yaml#/ETag'}\n          RateLimit: {required: true, schema: {type: string, const: '0'}}"
    root = written(tmp_path)
    file = tmp_path / "paths" / "things.yaml"
    file.write_text(file.read_text("utf-8").replace("ETag: {$ref: '../headers.yaml#/ETag'}", by_hand), "utf-8")

    headers = operation(bundle(root), "/things", "post")["responses"]["201"]["headers"]

    assert headers["RateLimit"]["schema"] == {"type": "string", "const": "0"}


def test_an_operation_with_an_etag_gets_304_and_if_none_match(document: Json) -> None:
    get = operation(document, "/things/{thing_id}", "get")

    assert {"$ref": "#/components/parameters/IfNoneMatch"} in get["parameters"]
    assert set(get["responses"]["304"]["headers"]) == {"X-Request-ID", "RateLimit", "ETag"}
    assert "content" not in get["responses"]["304"]


def test_failed_exchanges_do_not_become_examples(tmp_path: Path) -> None:
    refused = "heavy:\n  parameters: {Idempotency-Key: a2}\n  body: {kind: solid, weight: 501}\n  status: 422\n  response: {}\n"
    root = written(tmp_path)
    file = tmp_path / "examples" / "createThing.yaml"
    file.write_text(file.read_text("utf-8") + refused, "utf-8")

    media = operation(bundle(root), "/things", "post")["requestBody"]["content"]["application/json"]

    assert list(media["examples"]) == ["brass"]


DEPRECATED = "x-deprecation: {since: 2027-01-10, sunset: 2027-09-01, use: %s}\n    deprecated: true\n    summary: A thing"


def test_all_responses_of_a_deprecated_operation_announce_its_end(tmp_path: Path) -> None:
    document = bundle(edited(tmp_path, "paths/things.yaml", "summary: A thing", DEPRECATED % "createThing"))

    responses = operation(document, "/things/{thing_id}", "get")["responses"]
    assert all({"Deprecation", "Sunset", "Link"} <= set(response["headers"]) for response in responses.values())
    assert responses["200"]["headers"]["Deprecation"]["schema"]["const"] == "@1799539200"
    assert responses["422"]["headers"]["Sunset"]["schema"]["const"] == "Wed, 01 Sep 2027 00:00:00 GMT"
    others = operation(document, "/things", "post")["responses"]
    assert "Deprecation" not in json.dumps(others)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("createThing}", "makeThing}", "names makeThing as its replacement"), ("2027-09-01", "autumn", "x-deprecation is {since:")],
)
def test_an_invalid_deprecation_is_reported_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    root = edited(tmp_path, "paths/things.yaml", "summary: A thing", (DEPRECATED % "createThing").replace(old, new))

    with pytest.raises(ContractError, match=message):
        bundle(root)


def test_a_response_keeps_its_link_before_the_successor(tmp_path: Path) -> None:
    root = edited(tmp_path, "paths/things.yaml", "summary: A thing", DEPRECATED % "createThing")
    file = tmp_path / "paths" / "things.yaml"
    link = "Link: {description: Missing on the last page., schema: {type: string, maxLength: 50, pattern: '^<[^<>]+>; rel=\"next\"$'}}"
    whole, name, rest = file.read_text("utf-8").partition("\nthing:")
    file.write_text(whole + name + rest.replace("          ETag:", f"          {link}\n          ETag:"), "utf-8")

    header = operation(bundle(root), "/things/{thing_id}", "get")["responses"]["200"]["headers"]["Link"]

    assert "x-edge" not in header
    assert header["schema"]["pattern"] == '^(<[^<>]+>; rel="next", )?<[^<>]+>; rel="successor-version"$'
