"""Content-Type, Content-Encoding and Accept."""

from dataclasses import replace

import pytest

from tests.contract.wire.requests import (
    CHOOSING,
    OPERATIONS,
    READS,
    RETURNING_JSON,
    WITH_BODY,
    StagedServer,
    assert_success,
    max_bytes,
    media_of,
    problem_slug,
    with_parameters,
)
from tests.kit.contract.checker import CONTRACT, PROBLEM_JSON, Operation


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_an_unsupported_media_type_is_rejected(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    media = dict(request.fields)[b"content-type"]
    others = {b"text/plain", b"application/json", b"application/xml", b"application/jsonx"} - {media}
    wrong = [
        *(request.with_header(b"content-type", other) for other in sorted(others)),
        request.with_header(b"content-type", b""),
        request.with_header(b"content-type", b"json"),
        request.without_header(b"content-type"),
        request.with_header(b"content-type", media + b"; charset=utf-16"),
        request.with_header(b"content-type", media + b"; charset=iso-8859-1"),
        request.with_further_header(b"content-encoding", b"gzip"),
        request.with_further_header(b"content-encoding", b"br"),
    ]
    for changed in wrong:
        response = staged.send(changed)

        assert (response.status, problem_slug(response)) == (415, "unsupported-media-type"), (changed.fields, response)
        assert response.json()["supported"] == [media_of(operation)]


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_a_media_type_may_be_written_in_any_http_notation(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    media = dict(request.fields)[b"content-type"]
    # A body that is rejected for its content was read, and that is the subject here. Only a file has no such content.
    raw = next(iter(request.unreadable.values()), None)
    for value in (media.upper(), media + b"; charset=UTF-8", media + b';charset="utf-8"', media + b" ; Charset=utf-8"):
        response = staged.send(request.with_header(b"content-type", value), raw)
        assert response.status == 422 if raw is not None else response.status != 415, (value, response)
    response = staged.send(request.with_further_header(b"content-encoding", b"identity"), raw)
    assert response.status == 422 if raw is not None else response.status != 415, response


@pytest.mark.parametrize("operation", RETURNING_JSON, ids=str)
def test_a_caller_that_accepts_no_json_gets_a_406(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for value in (b"text/html", b"application/json;q=0", b"*/*;q=0", b"application/json;q=0, */*", b"image/*", b"application/*;q=0"):
        response = staged.send(request.with_header(b"accept", value))

        assert (response.status, problem_slug(response)) == (406, "not-acceptable"), (value, response)
        assert response.json()["available"] == ["application/json"]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_a_lenient_or_unclear_accept_header_is_served(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    medias = [media.encode() for response in CONTRACT.responses(operation).values() for media in response.get("content", {})]
    media = medias[0]

    for value in (
        b"*/*",
        media,
        media.upper(),
        media.partition(b"/")[0] + b"/*",
        b"text/html, */*;q=0.1",
        b"nonsense",
        b"",
        b"json;;;=,",
    ):
        assert_success(staged.send(request.with_header(b"accept", value)))
    assert_success(staged.send(request.without_header(b"accept")))


@pytest.mark.parametrize("operation", with_parameters("path"), ids=str)
def test_problems_are_problem_json_whatever_is_accepted(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation).with_header(b"accept", b"text/html")
    path = operation.path.replace("{", "\x00").partition("\x00")[0].encode()
    tail = operation.path.rpartition("}")[2].encode()

    response = staged.send(request.with_path(path + b"0" + tail).with_header(b"accept", b"text/html"))

    assert response.header("content-type") == PROBLEM_JSON
    assert response.status == (406 if operation in CHOOSING else 422)


PLAIN = "application/json"
WITH_PLAIN_PROBLEMS = [
    operation
    for operation in OPERATIONS
    if any(PLAIN in response.get("content", {}) for status, response in CONTRACT.responses(operation).items() if status >= 400)
]


@pytest.mark.parametrize("operation", WITH_PLAIN_PROBLEMS, ids=str)
@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (b"application/json", PLAIN),
        (b"application/json, */*;q=0.1", PLAIN),
        (b"application/json, application/problem+json;q=0.9", PLAIN),
        (b"application/json, application/problem+json", PROBLEM_JSON),
        (b"application/json, text/plain, */*", PROBLEM_JSON),
        (b"application/*", PROBLEM_JSON),
        (b"*/*", PROBLEM_JSON),
        (b"", PROBLEM_JSON),
        (b"text/html", PROBLEM_JSON),
    ],
)
def test_a_problem_has_the_media_type_that_the_caller_prefers(
    staged: StagedServer, operation: Operation, accept: bytes, media: str
) -> None:
    """Before the body is read, while it is read, and after it."""
    request = staged.valid_request(operation).with_header(b"accept", accept)
    faults = {
        413: (request, b"a" * (max_bytes(operation) + 1)),
        415: (request.with_header(b"content-type", b"text/plain"), None),
        422: (request, b"surprise=1"),
        401: (replace(request, body={"grant_type": "refresh_token", "refresh_token": "syr_" + "A" * 43}), None),
    }
    for status, (faulty, raw) in faults.items():
        response = staged.send(faulty, raw)

        assert (response.status, response.header("content-type")) == (406 if accept == b"text/html" and status != 413 else status, media)
        assert response.json()["type"].startswith("/problems/")


@pytest.mark.parametrize("operation", RETURNING_JSON, ids=str)
def test_several_accept_headers_form_one_list(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    for lines in ((b"application/json", b"text/html;q=0.5"), (b"text/html", b"*/*;q=0.1"), (b"text/html, text/plain", b"application/*")):
        for order in (lines, lines[::-1]):
            response = staged.send(request.with_further_header(b"accept", order[0]).with_further_header(b"accept", order[1]))

            assert response.status != 406, (order, response)
    rejected = staged.send(request.with_further_header(b"accept", b"text/html").with_further_header(b"accept", b"application/json;q=0"))
    assert rejected.status in (406, 409), rejected


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_two_content_types_are_rejected(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    for other in (b"application/xml", dict(request.fields)[b"content-type"]):
        response = staged.send(replace(request, fields=((b"content-type", other), *request.fields)))

        assert (response.status, problem_slug(response)) == (415, "unsupported-media-type"), response
