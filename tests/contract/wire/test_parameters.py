"""Query parameters and declared headers."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.contract.wire.requests import (
    WITH_STRICT_QUERY,
    WITHOUT_BODY,
    StagedServer,
    assert_success,
    assert_violations,
    parameters,
    problem_slug,
    required,
    violations,
    with_parameters,
)
from tests.kit.contract.checker import CONTRACT, Operation


@pytest.mark.parametrize("operation", WITH_STRICT_QUERY, ids=str)
def test_an_unknown_query_parameter_is_rejected(staged: StagedServer, operation: Operation) -> None:
    takes_nothing = operation in WITHOUT_BODY and not [
        parameter
        for parameter in CONTRACT.parameters(operation)
        if parameter.get("x-edge") is None and parameter["name"] != "If-None-Match"
    ]
    request = staged.valid_request(operation).with_query(b"surprise=1")
    if operation.method != "GET":
        # The request would succeed where the parameter is ignored; without a token it has no effect.
        request = request.without_header(b"authorization") if takes_nothing else request

    response = staged.send(request)

    if takes_nothing:
        assert response.status != 422, response
    else:
        assert_violations(response, ("extra_forbidden", ("query", "surprise")))


@pytest.mark.parametrize("operation", with_parameters("query"), ids=str)
def test_a_repeated_query_parameter_is_rejected(staged: StagedServer, operation: Operation) -> None:
    for name, schema in parameters(operation, "query"):
        if schema.get("type") == "array":
            continue  # test_boundaries.py repeats the elements of lists
        value = urlencode({name: sample(operation, name)}).encode()

        assert_violations(staged.send(staged.valid_request(operation).with_query(value + b"&" + value)), ("repeated", ("query", name)))


@pytest.mark.parametrize("operation", with_parameters("header"), ids=str)
def test_a_repeated_declared_header_is_rejected(staged: StagedServer, operation: Operation) -> None:
    for name, _ in parameters(operation, "header"):
        if name in ("If-Match", "If-None-Match"):
            continue  # lists by their own grammar: several lines are one list
        request = staged.valid_request(operation).with_header(name.lower().encode(), b'"1"')
        fields = [*request.fields, (name.lower().encode(), b'"2"')]

        assert_violations(staged.server.request(request.method, request.target, fields, request.content), ("repeated", ("header", name)))


@pytest.mark.parametrize("operation", [operation for operation in with_parameters("header") if required(operation, "header")], ids=str)
def test_a_missing_required_header_is_a_violation(staged: StagedServer, operation: Operation) -> None:
    for name in required(operation, "header"):
        assert_violations(staged.send(staged.valid_request(operation).without_header(name.lower().encode())), ("missing", ("header", name)))


def sample(operation: Operation, name: str) -> Any:
    (declared,) = [parameter for parameter in CONTRACT.parameters(operation) if parameter["name"] == name]
    value = declared.get("example", declared["schema"].get("default"))
    return str(value).lower() if isinstance(value, bool) else value


NO_INTEGERS = (
    *(b"1_0", b"%2B10", b"+10", b"%2010", b"10%20", b"10.0", b"1e1", b"010", b"0x1", b"", b"%D9%A1", b"-0x1", b"--1", b"1,2"),
    *(b"null", b"%221%22", b"9" * 17, b"9" * 5000),
)


@pytest.mark.parametrize("operation", with_parameters("query", "integer"), ids=str)
def test_a_query_value_that_is_no_integer_is_rejected(staged: StagedServer, operation: Operation) -> None:
    for name, _ in parameters(operation, "query", "integer"):
        for text in NO_INTEGERS:
            response = staged.send(staged.valid_request(operation).with_query(name.encode() + b"=" + text))

            assert response.status == 422, (name, text, response)
            assert [place for _, place in violations(response)] == [("query", name)], (name, text, response.body)
        response = staged.send(staged.valid_request(operation).with_query(name.encode()))
        assert [place for _, place in violations(response)] == [("query", name)], "a name alone is the empty string"


@pytest.mark.parametrize("operation", with_parameters("query", "integer"), ids=str)
def test_integers_in_a_query_have_inclusive_bounds(staged: StagedServer, operation: Operation) -> None:
    for name, schema in parameters(operation, "query", "integer"):
        for value in (schema["minimum"], schema["maximum"]):
            response = staged.send(staged.valid_request(operation).with_query(f"{name}={value}".encode()))
            assert response.status == 200, (name, value, response)
        for value in (schema["minimum"] - 1, schema["maximum"] + 1):
            response = staged.send(staged.valid_request(operation).with_query(f"{name}={value}".encode()))
            assert [place for _, place in violations(response)] == [("query", name)], (name, value)


@pytest.mark.parametrize("operation", with_parameters("query", "boolean"), ids=str)
def test_booleans_in_a_query_are_true_and_false(staged: StagedServer, operation: Operation) -> None:
    for name, _ in parameters(operation, "query", "boolean"):
        for text in ("true", "false"):
            assert_success(staged.send(staged.valid_request(operation).with_query(f"{name}={text}".encode())))
        for text in ("True", "1", "0", "yes", "on", "", "%74rue%20", "null"):
            response = staged.send(staged.valid_request(operation).with_query(f"{name}={text}".encode()))
            assert_violations(response, ("bool_parsing", ("query", name)))
        assert_violations(staged.send(staged.valid_request(operation).with_query(name.encode())), ("bool_parsing", ("query", name)))


@pytest.mark.parametrize("operation", with_parameters("query"), ids=str)
def test_invalid_escapes_and_utf8_in_a_query_are_rejected(staged: StagedServer, operation: Operation) -> None:
    for name, _ in parameters(operation, "query"):
        for text in (b"%zz", b"%", b"%4", b"%ff", b"%C3%28", b"%ED%A0%80", b"%F4%90%80%80"):
            response = staged.send(staged.valid_request(operation).with_query(name.encode() + b"=" + text))

            assert_violations(response, ("string_unicode", ("query", name)))


@pytest.mark.parametrize("operation", with_parameters("query", "string"), ids=str)
def test_the_null_character_in_a_query_is_rejected(staged: StagedServer, operation: Operation) -> None:
    for name, _ in parameters(operation, "query", "string"):
        response = staged.send(staged.valid_request(operation).with_query(name.encode() + b"=a%00b"))

        assert [place for _, place in violations(response)] == [("query", name)], response.body


@pytest.mark.parametrize("operation", [each for each in with_parameters("query") if each in WITH_STRICT_QUERY], ids=str)
def test_a_query_reports_at_most_a_hundred_violations(staged: StagedServer, operation: Operation) -> None:
    response = staged.send(staged.valid_request(operation).with_query(b"&".join(b"x%d" % number for number in range(1000))))

    assert (response.status, problem_slug(response)) == (422, "validation-failed"), response
    assert (len(response.json()["errors"]), response.json()["truncated"]) == (100, True)
