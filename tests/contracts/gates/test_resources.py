"""What a write made can be read where it says, a tag names one representation, and nothing is routed beside the contract."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.routing import APIRoute

from steelyard import web_pages
from steelyard.contract.api import CompiledRoute
from tests.contract.coverage.collecting import evaluated
from tests.contract.coverage.reading import Request
from tests.contracts import subject
from tests.contracts.exchanges import ALL, OPERATIONS, VALID, Sample
from tests.contracts.gates.conftest import Opened
from tests.kit.contract.checker import CONTRACT, Exchange, Operation, media_of
from tests.kit.contract.recorder import RecordedExchange
from tests.kit.servers.configuration import settings_for

DIGEST = f"sha-256={hashlib.sha256(CONTRACT.raw).hexdigest()}"
WRITES = [sample for sample in VALID.values() if sample.operation.method != "GET"]


def has_header(sample: Sample, name: str) -> bool:
    return name in CONTRACT.responses(sample.operation)[sample.status].get("headers", {})


# A navigation leads anywhere.
LOCATED = [sample for sample in WRITES if sample.status < 300 and has_header(sample, "Location")]
TAGGED = [sample.operation for sample in VALID.values() if sample.operation.method == "GET" and has_header(sample, "ETag")]


def plain(operation: Operation) -> Sample:
    """Its example without a condition."""
    return VALID[operation.id].having("If-Match", ...)


def keyed(sample: Sample, key: str) -> Sample:
    """The write again, whether its operation has keys or not."""
    return sample.having("If-Match", ...).having("Idempotency-Key", key)


def linked(sample: Sample, response: Exchange) -> Iterator[Sample]:
    """The reads that the links of a response describe."""
    seen = RecordedExchange(0, sample.operation.method, sample.target, sample.fields, sample.content, response)
    texts = {key: str(value) for key, value in sample.parameters.items()}
    for link in CONTRACT.responses(sample.operation)[response.status].get("links", {}).values():
        operation = CONTRACT.operations[link["operationId"]]
        if operation.method == "GET":
            sent = {key: evaluated(text, seen, Request(texts=texts)) for key, text in link.get("parameters", {}).items()}
            yield replace(plain(operation), parameters={**VALID[operation.id].parameters, **sent})


def shown(operation: Operation, response: Exchange) -> str | None:
    """The schema of a body, as the contract names it."""
    content = CONTRACT.responses(operation)[response.status].get("content", {})
    media = media_of(CONTRACT.responses(operation)[response.status], response)
    return None if media is None else content[media]["schema"].get("$ref")


@pytest.mark.parametrize("sample", LOCATED, ids=str)
async def test_a_location_leads_to_what_was_made(sample: Sample, api: Opened) -> None:
    response = await api.send(sample)
    location = str(response.header("location"))
    operation, _ = CONTRACT.find("GET", location)
    if operation is None:
        assert sample.status == 202, location  # only what is accepted may be shown later
        return

    reached = await api.raw("GET", location.encode(), plain(operation).fields)

    assert reached.is_success, (location, reached)
    links = [each.target.decode() for each in linked(sample, response) if each.operation is operation]
    assert not links or location in links
    if shown(operation, reached) == shown(sample.operation, response):
        assert (reached.body, reached.header("etag")) == (response.body, response.header("etag"))


def writes_of(operation: Operation) -> list[Sample]:
    """The writes that lead to it, or have its path."""
    return [
        sample
        for sample in WRITES
        if sample.operation.path == operation.path
        or any(
            link["operationId"] == operation.id for link in CONTRACT.responses(sample.operation)[sample.status].get("links", {}).values()
        )
    ]


@pytest.mark.parametrize("operation", TAGGED, ids=str)
async def test_a_tag_names_one_representation_of_a_resource(operation: Operation, api: Opened) -> None:
    seen = dict[tuple[bytes, str | None, str | None], bytes]()
    reads, writes = [sample for sample in ALL if sample.operation is operation and sample.status < 300], writes_of(operation)
    for write in writes:
        made = await api.send(keyed(write, "first"))
        reads += [each for each in linked(write, made) if each.operation is operation]
    subject.reset(api.app)

    for change in [None, *writes]:
        if change is not None:
            await api.send(keyed(change, "again"))
        for sample in reads:
            got = await api.send(sample)
            tag = got.header("etag")
            assert seen.setdefault((sample.target, got.header("content-type"), tag), got.body) == got.body, (sample.target, tag)


@pytest.mark.parametrize("sample", [sample for sample in WRITES if has_header(sample, "ETag")], ids=str)
async def test_a_write_has_the_tag_of_the_next_read(sample: Sample, api: Opened) -> None:
    response = await api.send(sample)
    operation, _ = CONTRACT.find("GET", sample.target.decode().partition("?")[0])
    reads = [*linked(sample, response), *([replace(plain(operation), parameters=own(sample))] if operation is not None else [])]

    for read in reads:
        got = await api.send(read)
        if shown(read.operation, got) == shown(sample.operation, response):
            assert (got.header("etag"), got.body) == (response.header("etag"), response.body), read


def own(sample: Sample) -> dict[str, Any]:
    """The parameters of its path."""
    of_path = {each["name"] for each in CONTRACT.parameters(sample.operation) if each["in"] == "path"}
    return {name: value for name, value in sample.parameters.items() if name in of_path}


async def test_every_response_has_the_digest_of_the_contract(api: Opened) -> None:
    responses = [await api.send(plain(operation)) for operation in OPERATIONS]
    responses += [await api.raw(method, path, []) for method, path in (("GET", b"/nothing/here"), ("TRACE", responses[0].target.encode()))]
    responses.append(await api.raw("GET", b"/openapi.json", []))

    assert {response.header("contract-digest") for response in responses} == {DIGEST}


async def test_the_routes_are_the_operations_of_the_contract_and_the_web_pages(api: Opened) -> None:
    routed = {(route.path, method) for route in api.app.routes if isinstance(route, CompiledRoute) for method in route.methods or ()}
    others = [route for route in api.app.routes if not isinstance(route, CompiledRoute)]
    pages = {route.path for route in web_pages.routes(settings_for("sqlite:///nowhere.db"), CONTRACT.raw)}

    assert routed == {(CONTRACT.base_path + operation.path, operation.method) for operation in OPERATIONS}
    assert [route for route in others if isinstance(route, APIRoute)] == []
    assert {getattr(route, "path", "?") for route in others} == pages
