"""Members of bodies: types, bounds and unknown names."""

import json
from typing import Any

import pytest

from tests.contract.wire.requests import WITH_JSON, Loc, StagedServer, assert_success, members, planted, problem_slug, violations
from tests.kit.contract.checker import CONTRACT, Operation


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_a_number_out_of_bounds_is_a_violation_of_its_member(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for loc, schema in members(request, "integer"):
        beyond = (str(schema["maximum"] + 1), str(schema["minimum"] - 1), "1e400", "-1e400", "1e20", str(2**63), str(2**31 * 10**9), "5.5")
        for text in beyond:
            response = staged.send(request, planted(request.body, loc, text.encode()))

            assert response.status == 422, (loc, text, response)
            assert violations(response)[0][1] == ("body", *loc), (loc, text, response.body)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_a_value_of_another_type_is_a_violation_of_its_member(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    others = {
        "integer": ['"5"', "true", "[5]", '{"a": 5}'],
        "string": ["5", "true", '["a"]'],
        "boolean": ["1", '"true"', "0"],
        "array": ['"a"', "{}", "1"],
    }
    for kind, fragments in others.items():
        for loc, _ in members(request, kind):
            for fragment in fragments:
                response = staged.send(request, planted(request.body, loc, fragment.encode()))

                assert response.status == 422, (loc, fragment, response)
                assert violations(response)[0][1][: len(loc) + 1] == ("body", *loc), (loc, fragment, response.body)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_the_null_character_is_a_violation_of_its_member(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for loc, _ in members(request, "string"):
        response = staged.send(request, planted(request.body, loc, b'"PROMO-a\\u0000b@example.com"'))

        assert response.status == 422, (loc, response)
        assert ("body", *loc) in [place for _, place in violations(response)], (loc, response.body)


@pytest.mark.parametrize(
    ("operation_id", "loc", "value", "read"),
    [
        ("createItem", ("price", "amount"), 5, ("price", "amount")),
        ("createItem", ("on_hand",), 5, ("on_hand",)),
        ("updateItem", ("price",), {"amount": 5, "currency": "USD"}, ("price", "amount")),
        ("recordStockMovement", ("delta",), 5, ("delta",)),
        ("createUser", ("age",), 50, ("age",)),
        ("updateUser", ("age",), 50, ("age",)),
        ("createOrder", ("quantity",), 5, ("lines", 0, "quantity")),
        ("quoteOrder", ("quantity",), 5, ("lines", 0, "quantity")),
    ],
)
@pytest.mark.parametrize("spelling", ["{}.0", "{}e0", "{}E+0", "{}00e-2", "0.{}e1"])
def test_an_integer_may_be_written_in_any_json_notation(
    staged: StagedServer, operation_id: str, loc: Loc, value: Any, read: Loc, spelling: str
) -> None:
    request = staged.valid_request(CONTRACT.operations[operation_id])
    if isinstance(value, dict):
        fragment = json.dumps({**value, "amount": "@"}).replace('"@"', spelling.format(5)).encode()
        whole = 5
    else:
        if value == 50 and spelling == "0.{}e1":
            spelling = "0.{}e2"
        fragment, whole = spelling.format(value).encode(), value

    response = staged.send(request, planted(request.body, loc, fragment))

    assert_success(response)
    node = response.json()
    for step in read:
        node = node[step]
    assert node == whole
    assert isinstance(node, int)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_an_unknown_member_is_rejected(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for name in ("surprise", "", "a/b~c", "\u00e9", "x" * 5000):
        response = staged.send(request, planted(request.body, (name,), b"1"))

        assert response.status == 422, (name, response)
        assert [kind for kind, _ in violations(response)] == ["extra_forbidden"], (name, response.body)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_null_is_not_the_same_as_absent(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    for kind in ("integer", "string", "boolean", "array", "object"):
        for loc, schema in members(request, kind):
            if "null" in schema.get("type", ""):
                continue
            response = staged.send(request, planted(request.body, loc, b"null"))

            assert response.status == 422, (loc, response)
            assert violations(response)[0][1] == ("body", *loc), (loc, response.body)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_a_body_of_another_json_type_is_rejected(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for raw in (b"[]", b"1", b'"text"', b"null", b"true", b"[{}]"):
        response = staged.send(request, raw)

        assert (response.status, problem_slug(response)) == (422, "validation-failed"), (raw, response)
        assert {place[0] for _, place in violations(response)} == {"body"}, (raw, response.body)


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_all_violations_are_reported_together_without_their_values(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation).with_query(b"surprise=kenning")
    raw = json.dumps({f"surprise{number}": "kenning" for number in range(120)}).encode()

    response = staged.send(request, raw)

    assert response.status == 422
    assert response.json()["truncated"] is True
    assert len(response.json()["errors"]) == 100
    assert violations(response)[0] == ("extra_forbidden", ("query", "surprise"))
    assert b"kenning" not in response.body
