"""Forms: as strict as JSON, with the exceptions of OAuth 2."""

import pytest

from tests.contract.wire.requests import WITH_FORM, StagedServer, assert_success, assert_violations
from tests.kit.contract.checker import Operation


@pytest.mark.parametrize("operation", WITH_FORM, ids=str)
def test_forms_are_read_as_strictly_as_json(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    good = request.content or b""

    assert_success(staged.send(request))
    assert_violations(staged.send(request, good + b"&scope=&scope="), ("repeated", ("body", "scope")))
    for text in (b"%zz", b"%ff", b"\xff", b"%"):
        assert_violations(staged.send(request, good + b"&scope=" + text), ("string_unicode", ("body", "scope")))
    assert_violations(staged.send(request, good + b"&scope=a%00b"), ("string_pattern_mismatch", ("body", "scope")))
    assert_violations(staged.send(request, b"&".join(b"f%d=1" % number for number in range(1001))), ("too_many_fields", ("body",)))


@pytest.mark.parametrize("operation", WITH_FORM, ids=str)
@pytest.mark.parametrize(
    "more",
    [
        b"audience=https%3A%2F%2Fexample.com",
        b"resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example",  # RFC 8707: may be repeated
        b"nonce=1&state=",
        b"%ff=1&x=%zz",
        b"refresh_token=",
        b"grant_type=",
        b"client_id=&client_secret=&scope=",
        b"refresh_token=&grant_type=&audience=",
    ],
)
def test_a_form_ignores_unknown_and_empty_parameters(staged: StagedServer, operation: Operation, more: bytes) -> None:
    request = staged.valid_request(operation)
    good = request.content or b""

    assert_success(staged.send(request, good + b"&" + more))
    assert_success(staged.send(request, more + b"&" + good))


@pytest.mark.parametrize("operation", WITH_FORM, ids=str)
def test_an_empty_required_form_parameter_is_missing(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    assert_violations(staged.send(request, b"username=&password=x"), ("missing", ("body", "username")))
    assert_violations(staged.send(request, b"grant_type=refresh_token&refresh_token="), ("missing", ("body", "refresh_token")))
