"""Operations that browsers open as pages: they lead on, whatever else the query, the headers and the path have."""

from urllib.parse import quote

import pytest

from tests.contract.wire.requests import NAVIGATIONS, RawRequest, StagedServer, parameters, problem_slug
from tests.kit.contract.checker import CONTRACT, SEE_OTHER, Exchange, Operation


def assert_leads_on(response: Exchange) -> None:
    assert (response.status, response.body) == (SEE_OTHER, b""), response
    assert response.header("location"), response


@pytest.mark.parametrize("operation", NAVIGATIONS, ids=str)
@pytest.mark.parametrize("others", [b"surprise=1", b"session_state=a&hd=b&hd=c", b"surprise=%zz", b"surprise", b"&&"])
def test_unknown_parameters_of_the_query_are_ignored(staged: StagedServer, operation: Operation, others: bytes) -> None:
    assert_leads_on(staged.send(staged.valid_request(operation).with_query(others)))


@pytest.mark.parametrize("operation", NAVIGATIONS, ids=str)
def test_what_browsers_add_is_ignored(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)
    cookies = b"; ".join(value for name, value in request.fields if name == b"cookie")
    for name, value in (
        (b"accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        (b"cookie", b"; ".join([b"a=b", *([cookies] if cookies else []), b"c", b"=d"])),
        (b"referer", b"https://login.example.com/"),
        (b"sec-fetch-mode", b"navigate"),
        (b"upgrade-insecure-requests", b"1"),
    ):
        request = request.with_header(name, value)

    assert_leads_on(staged.send(request))


@pytest.mark.parametrize("operation", NAVIGATIONS, ids=str)
def test_a_slash_at_the_end_makes_no_difference(staged: StagedServer, operation: Operation) -> None:
    request = staged.valid_request(operation)

    assert_leads_on(staged.send(request.with_path(request.path + b"/")))


@pytest.mark.parametrize("operation", NAVIGATIONS, ids=str)
def test_without_its_query_it_is_a_problem_and_leads_nowhere(staged: StagedServer, operation: Operation) -> None:
    response = staged.send(without_query(staged.valid_request(operation)))

    assert (response.status, response.header("location")) == (400, None)
    assert f"/problems/{problem_slug(response)}" in CONTRACT.problems(operation)


@pytest.mark.parametrize("operation", NAVIGATIONS, ids=str)
def test_each_word_of_the_query_can_be_hostile_without_an_error_of_the_server(staged: StagedServer, operation: Operation) -> None:
    for name, _ in parameters(operation, "query"):
        for text in ("", " ", "\r\nSet-Cookie: a=b", "\"'<script>", "\ud7ff\U0001f600", "../..", "https://attacker.example"):
            request = staged.valid_request(operation).with_query(f"{quote(name)}={quote(text)}".encode())

            response = staged.send(request)

            assert response.status in {SEE_OTHER, 400, 422}, (name, text, response)
            assert "\n" not in (response.header("location") or "")


def without_query(request: RawRequest) -> RawRequest:
    return RawRequest(request.operation, request.method, request.path, b"", request.fields, request.body)
