"""Each example, exchanged as it is written; each link, followed; each way to be admitted."""

from dataclasses import replace
from typing import Any

import pytest

from tests.contract.coverage.collecting import evaluated
from tests.contract.coverage.reading import Request
from tests.contracts.exchanges import ALL, OPERATIONS, VALID, Sample
from tests.contracts.gates.conftest import Opened
from tests.kit.contract.bodies import decoded, is_stream
from tests.kit.contract.checker import CONTRACT, Exchange, Operation
from tests.kit.contract.recorder import RecordedExchange, claim


def body_of(exchange: Exchange) -> Any:
    """The body without what names this occurrence of a problem."""
    media = exchange.header("content-type")
    if not exchange.body and not is_stream(media):
        return None
    value = decoded(str(media).partition(";")[0], exchange.body)
    return {key: held for key, held in value.items() if key != "instance"} if isinstance(value, dict) else value


@pytest.mark.parametrize("sample", ALL, ids=str)
async def test_an_example_is_exchanged_as_written(sample: Sample, api: Opened) -> None:
    response = await api.send(sample)

    expected = sample.response
    if sample.status >= 400:
        expected = {key: held for key, held in expected.items() if key != "instance"}
    assert (response.status, body_of(response)) == (sample.status, expected)
    claim("example", sample.operation.id, sample.name)


@pytest.mark.parametrize("sample", VALID.values(), ids=str)
async def test_a_response_without_limits_matches_the_contract(sample: Sample, unlimited: Opened) -> None:
    response = await unlimited.send(sample)

    assert (response.status, response.header("ratelimit")) == (sample.status, None)


LOCATED = [
    sample
    for sample in VALID.values()
    # A navigation leads anywhere.
    if sample.status < 300 and "Location" in CONTRACT.responses(sample.operation)[sample.status].get("headers", {})
]


@pytest.mark.parametrize("sample", LOCATED, ids=str)
async def test_a_location_is_an_address_of_the_server(sample: Sample, api: Opened) -> None:
    location = (await api.send(sample)).header("location")

    assert location is not None
    assert CONTRACT.paths_for(location), location


LINKS = [
    (operation, status, name, link)
    for operation in OPERATIONS
    for status, node in CONTRACT.responses(operation).items()
    for name, link in node.get("links", {}).items()
]


@pytest.mark.parametrize(("operation", "status", "name", "link"), LINKS, ids=[f"{operation}-{name}" for operation, _, name, _ in LINKS])
async def test_a_link_leads_to_a_success(operation: Operation, status: int, name: str, link: Any, api: Opened) -> None:  # noqa: ARG001  # for the id
    sample = VALID[operation.id]
    response = await api.send(sample)
    seen = RecordedExchange(0, operation.method, sample.target, sample.fields, sample.content, response)
    texts = {key: str(value) for key, value in sample.parameters.items()}
    sent = {key: evaluated(text, seen, Request(texts=texts)) for key, text in link.get("parameters", {}).items()}

    followed = VALID[link["operationId"]]
    reached = await api.send(
        replace(followed, parameters={**{key: held for key, held in followed.parameters.items() if key != "If-Match"}, **sent})
    )

    assert reached.is_success, reached


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.node.get("x-access")], ids=str)
async def test_each_row_of_access_admits_its_callers(operation: Operation, api: Opened) -> None:
    for who, way in operation.node["x-access"].items():
        scope = way["scope"] if isinstance(way, dict) else way
        response = await api.send(replace(VALID[operation.id], scopes=None if scope == "none" else (scope,)))

        assert response.is_success, (who, response)
        claim("access", operation.id, who)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_each_alternative_of_security_admits_its_callers(operation: Operation, api: Opened) -> None:
    sample, ways = VALID[operation.id], CONTRACT.security(operation)
    for credentials in [sample.by(way) for way in ways] or [sample, replace(sample, scopes=())]:
        response = await api.send(credentials)

        assert response.is_success, (credentials.scopes, list(credentials.keys), response)
