"""If-Match and If-None-Match."""

import pytest

from tests.contract.wire.requests import OPERATIONS, READS, StagedServer, assert_success, parameters, problem_slug
from tests.kit.contract.checker import CONTRACT, Operation

TAGGED = [operation for operation in READS if "304" in operation.node["responses"]]


@pytest.mark.parametrize("operation", TAGGED, ids=str)
def test_a_matching_if_none_match_gets_a_304(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    tag = (staged.send(request).header("etag") or "").encode()
    assert tag

    for value in (tag, b"W/" + tag, b'"other", ' + tag, tag + b',"x"', b"*"):
        response = staged.send(request.with_header(b"if-none-match", value))

        assert (response.status, response.body, response.header("etag")) == (304, b"", tag.decode()), (value, response)
    for value in (b'"other"', b"junk", tag.strip(b'"'), b'"', b"", b'"a" "b"', b"**"):
        assert staged.send(request.with_header(b"if-none-match", value)).status == 200, value


WITH_IF_MATCH = [operation for operation in OPERATIONS if any(name == "If-Match" for name, _ in parameters(operation, "header"))]


@pytest.mark.parametrize("operation", WITH_IF_MATCH, ids=str)
def test_an_if_match_without_the_current_version_gets_a_412(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for value in (b'"999999"', b"junk", b"1", b'W/"1"', b'"1', b'"1" "2"', b'"-1"', b'"01"', b'"1x"', b'"*"', b"**"):
        response = staged.send(request.with_header(b"if-match", value))

        assert (response.status, problem_slug(response)) == (412, "precondition-failed"), (value, response)
        assert isinstance(response.json()["current_version"], int)


@pytest.mark.parametrize("operation_id", ["updateItem", "updateUser", "updateAddress"])
def test_a_matching_if_match_lets_the_write_through(staged: StagedServer, operation_id: str) -> None:
    request = staged.valid_request(CONTRACT.operations[operation_id])

    for spelling in (b'"%d"', b'"%d.7o"', b'"999", "%d"', b'  "%d"  '):
        version: int = staged.send(request).json()["version"]
        assert_success(staged.send(request.with_header(b"if-match", spelling % version)))
    assert_success(staged.send(request.with_header(b"if-match", b"*")))


@pytest.mark.parametrize("operation_id", ["updateItem", "updateUser", "updateAddress"])
def test_several_if_match_headers_form_one_list(staged: StagedServer, operation_id: str) -> None:
    request = staged.valid_request(CONTRACT.operations[operation_id])

    for first, second in ((b'"%d"', b'"999999"'), (b'"999999"', b'"%d"'), (b'"999998", "999999"', b'"999997", "%d"')):
        version: int = staged.send(request).json()["version"]
        lines = [line % version if b"%d" in line else line for line in (first, second)]
        assert_success(staged.send(request.with_further_header(b"if-match", lines[0]).with_further_header(b"if-match", lines[1])))
    rejected = staged.send(request.with_further_header(b"if-match", b'"999998"').with_further_header(b"if-match", b'"999999"'))
    assert (rejected.status, problem_slug(rejected)) == (412, "precondition-failed"), rejected


@pytest.mark.parametrize("operation", [operation for operation in READS if "304" in operation.node["responses"]], ids=str)
def test_several_if_none_match_headers_form_one_list(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    tag = (staged.send(request).header("etag") or "").encode()

    for lines in ((tag, b'"0.other"'), (b'"0.other"', tag), (b'"0.1", "0.2"', tag + b', "0.3"')):
        response = staged.send(request.with_further_header(b"if-none-match", lines[0]).with_further_header(b"if-none-match", lines[1]))

        assert response.status == 304, (lines, response)
