"""The problems that follow from the shape of an operation, and what every operation does with odd requests."""

import functools
from dataclasses import replace
from typing import Any

import pytest

from steelyard.db.errors import DatabaseUnavailable
from steelyard.idempotency import store
from steelyard_contract.operations import OPERATIONS as COMPILED
from tests.contracts import subject
from tests.contracts.exchanges import ALL, OPERATIONS, VALID, Fields, Sample, is_key, with_parameter
from tests.contracts.gates.conftest import Opened, opened
from tests.kit.contract.bodies import content_type
from tests.kit.contract.checker import CONTRACT, PROBLEM_JSON, Exchange, Operation
from tests.kit.contract.samples import varied

PROBLEMS = {operation.id: set(CONTRACT.problems(operation)) for operation in OPERATIONS}


# The first example of each media type, where callers choose.
CHOSEN = list(
    {
        (sample.operation.id, sample.accept): sample
        for sample in reversed(ALL)
        if sample.status < 400 and len(CONTRACT.responses(sample.operation)[sample.status].get("content", {})) > 1
    }.values()
)
PLAIN = "application/json"


def problem_media(operation: Operation) -> list[str]:
    return next((list(node["content"]) for status, node in CONTRACT.responses(operation).items() if status >= 400), [])


def having(slug: str) -> list[Operation]:
    return [operation for operation in OPERATIONS if f"/problems/{slug}" in PROBLEMS[operation.id]]


def assert_problem(response: Exchange, status: int, slug: str) -> None:
    assert (response.status, response.json().get("type")) == (status, f"/problems/{slug}"), response


def plain(operation: Operation) -> Sample:
    return VALID[operation.id].having("If-Match", ...)


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Every handler raises the last of these."""
    raised: list[Exception] = [ZeroDivisionError()]
    for operation in COMPILED.values():
        module = subject.endpoints(operation.tag)
        monkeypatch.setattr(module, operation.handler, raising(getattr(module, operation.handler), raised))
    return raised


def raising(handler: Any, raised: list[Exception]) -> Any:
    @functools.wraps(handler)
    async def raise_error(**_: object) -> None:
        raise raised[-1]

    return raise_error


async def test_faults_are_internal_errors(errors: list[Exception], api: Opened) -> None:
    for operation in having("internal-error"):
        assert_problem(await api.send(plain(operation)), 500, "internal-error")
    assert [type(fault) for fault in api.journal.faults] == [ZeroDivisionError] * len(having("internal-error"))
    api.journal.faults.clear()
    errors.append(DatabaseUnavailable("gone for a test", retry_after=7))
    for operation in having("unavailable"):
        response = await api.send(plain(operation))
        assert_problem(response, 503, "unavailable")
        assert response.header("retry-after") == "7"


@pytest.mark.parametrize("operation", having("rate-limited"), ids=str)
async def test_a_request_over_the_limit_gets_a_429(operation: Operation, url: str) -> None:
    async with opened(url, rate_limits=True, rate_default_per_minute=1) as limited:
        await limited.send(plain(operation))

        assert_problem(await limited.send(plain(operation)), 429, "rate-limited")


@pytest.mark.parametrize("operation", having("not-authenticated"), ids=str)
async def test_credentials_are_needed_and_checked(operation: Operation, api: Opened) -> None:
    sample, ways = replace(plain(operation), scopes=None, keys={}), CONTRACT.security(operation)
    method, target, fields, body = operation.method, sample.target, sample.fields, sample.content
    schemes = {scheme for way in ways for scheme in way}

    if not all(map(is_key, schemes)):
        assert_problem(await api.raw(method, target, [*fields, (b"authorization", b"Basic YTpi")], body), 401, "not-authenticated")
        assert_problem(await api.raw(method, target, [*fields, (b"authorization", b"Bearer forged")], body), 401, "invalid-token")
    for scheme in filter(is_key, schemes):
        assert_problem(await api.send(replace(sample, keys={scheme: "forged"})), 401, "invalid-token")
        assert_problem(await api.send(replace(sample, keys={scheme: ""})), 401, "not-authenticated")
    if {} not in ways:
        assert_problem(await api.send(sample), 401, "not-authenticated")
        for left_out in (scheme for way in ways if len(way) > 1 for scheme in way):
            way = next(way for way in ways if left_out in way)
            response = await api.send(sample.by({scheme: scopes for scheme, scopes in way.items() if scheme != left_out}))
            assert_problem(response, 401, "not-authenticated")


@pytest.mark.parametrize("operation", having("insufficient-scope"), ids=str)
async def test_a_token_without_the_scope_gets_a_403(operation: Operation, api: Opened) -> None:
    for way in CONTRACT.security(operation):
        if any(way.values()):
            assert_problem(await api.send(replace(plain(operation).by(way), scopes=())), 403, "insufficient-scope")


@pytest.mark.parametrize("operation", having("precondition-failed"), ids=str)
async def test_an_outdated_version_gets_a_412(operation: Operation, api: Opened) -> None:
    assert_problem(await api.send(VALID[operation.id].having("If-Match", '"999"')), 412, "precondition-failed")


@pytest.mark.parametrize("operation", having("not-acceptable"), ids=str)
async def test_an_accept_header_without_the_media_type_gets_a_406(operation: Operation, api: Opened) -> None:
    sample = plain(operation)

    response = await api.raw(operation.method, sample.target, [*sample.fields, (b"accept", b"image/webp")], sample.content)

    assert_problem(response, 406, "not-acceptable")


@pytest.mark.parametrize("sample", CHOSEN, ids=str)
async def test_a_caller_gets_the_media_type_that_it_prefers(sample: Sample, api: Opened) -> None:
    offered = list(CONTRACT.responses(sample.operation)[sample.status]["content"])
    preferred = sample.accept or offered[0]
    others = ", ".join(f"{media};q=0.4" for media in offered if media != preferred)
    headers = [
        preferred,
        f"{others}, {preferred};q=0.5",
        f"*/*;q=0.1, {preferred.partition('/')[0]}/*;q=0.2, {others.replace('0.4', '0')}",
        f"*/*;q=0.9, {others.replace('0.4', '0.8')}",
        *(["*/*", f"{others.replace(';q=0.4', '')}, {preferred}", ""] if preferred == offered[0] else []),
    ]

    for accept in headers:
        response = await api.raw(sample.operation.method, sample.target, [*plain_fields(sample), (b"accept", accept.encode())])
        assert (accept, response.header("content-type")) == (accept, content_type(preferred))


TAGGED = list(dict.fromkeys(sample.operation.id for sample in CHOSEN if "304" in sample.operation.node["responses"]))


@pytest.mark.parametrize("operation_id", TAGGED)
async def test_each_media_type_has_its_own_tag(operation_id: str, api: Opened) -> None:
    tags = [(await api.send(sample)).header("etag") for sample in CHOSEN if sample.operation.id == operation_id]

    assert len(tags) == len(set(tags))


def plain_fields(sample: Sample) -> Fields:
    return [field for field in sample.fields if field[0] != b"accept"]


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if PLAIN in problem_media(each)], ids=str)
async def test_a_problem_is_plain_json_for_callers_who_accept_no_other(operation: Operation, errors: list[Exception], api: Opened) -> None:
    sample = plain(operation)
    for accept, media in (
        (PLAIN, PLAIN),
        (f"{PLAIN}, */*", PROBLEM_JSON),
        (f"{PLAIN}, {PROBLEM_JSON}", PROBLEM_JSON),
        ("image/webp", PROBLEM_JSON),
    ):
        response = await api.raw(operation.method, sample.target, [*plain_fields(sample), (b"accept", accept.encode())], sample.content)

        assert (response.status, response.header("content-type")) == (406 if accept == "image/webp" else 500, media)
    assert [type(fault) for fault in api.journal.faults] == [type(errors[-1])] * 3
    api.journal.faults.clear()


@pytest.mark.parametrize("operation", having("unsupported-media-type"), ids=str)
async def test_bodies_have_the_media_type_and_size_of_the_contract(operation: Operation, api: Opened) -> None:
    sample = plain(operation)
    others = [field for field in sample.fields if field[0] != b"content-type"]

    odd = await api.raw(operation.method, sample.target, [*others, (b"content-type", b"application/x-odd")], sample.content or b"x")
    announced = await api.raw(operation.method, sample.target, [*sample.fields, (b"content-length", b"2000000000")], b"x")
    most = max(body.max_bytes for body in COMPILED[operation.id].bodies)
    chunked = await api.raw(operation.method, sample.target, [*sample.fields, (b"transfer-encoding", b"chunked")], b" " * (most + 1))

    assert_problem(odd, 415, "unsupported-media-type")
    assert_problem(announced, 413, "body-too-large")
    assert_problem(chunked, 413, "body-too-large")


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if "ETag" in CONTRACT.responses(each).get(200, {}).get("headers", {})], ids=str
)
async def test_a_known_version_is_not_sent_again(operation: Operation, api: Opened) -> None:
    first = await api.send(plain(operation))
    again = await api.send(plain(operation).having("If-None-Match", first.header("etag")))

    assert again.status == (304 if "304" in operation.node["responses"] else 200)


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_a_key_takes_effect_once(operation: Operation, api: Opened) -> None:
    sample = plain(operation).having("Idempotency-Key", f"once-{operation.id}")
    first, second = await api.send(sample), await api.send(sample)
    other = await api.send(replace(sample, body=...) if sample.body is ... else replace(sample, body=varied(operation, sample.body)))

    assert (second.status, second.body) == (first.status, first.body)
    assert (first.header("idempotency-replayed"), second.header("idempotency-replayed")) == (None, "true")
    assert_problem(other, 422, "idempotency-key-reused")


@pytest.mark.parametrize("operation", with_parameter("Idempotency-Key"), ids=str)
async def test_a_key_in_progress_gets_a_409(operation: Operation, api: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken(*_: object, **__: object) -> None:
        raise IdempotencyInProgress

    from steelyard_contract.problems import IdempotencyInProgress  # noqa: PLC0415  # of the contract under test

    monkeypatch.setattr(store, "reserve_key", taken)

    assert_problem(await api.send(plain(operation).having("Idempotency-Key", "running")), 409, "idempotency-in-progress")


async def test_other_methods_and_paths_are_problems_of_the_contract(api: Opened) -> None:
    for path, item in CONTRACT.tree["paths"].items():
        target = VALID[next(node["operationId"] for method, node in item.items() if method != "parameters")].target.partition(b"?")[0]
        assert (await api.raw("TRACE", target, [])).status == 405, path
        assert (await api.raw("OPTIONS", target, [])).status == 204, path
    assert (await api.raw("GET", b"/nothing/here", [])).status == 404


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.method == "GET"], ids=str)
async def test_head_is_get_without_its_body(operation: Operation, api: Opened) -> None:
    sample = plain(operation)
    got, headed = await api.send(sample), await api.raw("HEAD", sample.target, sample.fields)

    assert (headed.status, headed.header("content-length"), headed.body) == (got.status, got.header("content-length"), b"")


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_an_unknown_query_parameter_is_rejected_where_there_is_input(operation: Operation, api: Opened) -> None:
    sample = plain(operation)
    joint = b"&" if b"?" in sample.target else b"?"

    response = await api.raw(operation.method, sample.target + joint + b"surprise=1", sample.fields, sample.content)

    if "/problems/validation-failed" in PROBLEMS[operation.id] and not operation.navigates:
        assert_problem(response, 422, "validation-failed")
    else:
        assert response.is_success


async def test_the_document_is_served_byte_for_byte(api: Opened) -> None:
    assert (await api.raw("GET", b"/openapi.json", [])).body == CONTRACT.raw
