"""One compiled operation: its order of checks, its header fields, and the response for every error."""

import asyncio
from typing import Any

import pytest

from steelyard.db.errors import DatabaseUnavailable
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r
from steelyard_contract.problems import EmailAlreadyRegistered, ItemNotFound
from tests.unit.contract.compiled import JSON, Compiled

PUBLIC = b"public, max-age=60"
LINKS = m.RootLinks.model_construct(
    docs=None, redoc=None, openapi="/openapi.json", health="/health", items="/items", token="/token"
)  # a path
ROOT = m.Root.model_construct(message="What is promised is what is delivered.", version="1", links=LINKS)


async def get_root() -> m.Root:
    return ROOT


async def quote_order(body: m.OrderCreate) -> m.Quote:
    raise AssertionError(f"the request is invalid: {body}")


def raising(error: BaseException) -> Any:
    async def get_item(item_id: p.ItemId) -> r.GetItem200:  # noqa: ARG001  # the contract's
        raise error

    return get_item


async def test_a_response_has_status_body_and_the_headers_of_its_operation() -> None:
    response = await Compiled("getRoot", get_root).send()

    assert (response.status, response.body["message"]) == (200, ROOT.message)
    assert (response.headers[b"content-type"], response.headers[b"vary"]) == (b"application/json", b"Origin")
    assert response.headers[b"cache-control"] == b"no-store"


async def test_a_declared_problem_is_sent_and_not_reported() -> None:
    compiled = Compiled("getItem", raising(ItemNotFound()))

    response = await compiled.send(item_id="7")

    assert (response.status, response.body["type"]) == (404, "/problems/item-not-found")
    assert response.headers[b"cache-control"] == b"no-store"
    assert compiled.observer.errors == []


@pytest.mark.parametrize("error", [EmailAlreadyRegistered(), ZeroDivisionError()])
async def test_an_undeclared_error_is_a_500_and_reported_once(error: Exception) -> None:
    compiled = Compiled("getItem", raising(error))

    response = await compiled.send(item_id="7")

    assert (response.status, response.body["type"]) == (500, "/problems/internal-error")
    assert compiled.observer.errors == [error]


async def test_an_unavailable_database_is_a_503_that_states_when_to_retry() -> None:
    compiled = Compiled("getItem", raising(DatabaseUnavailable("frozen", retry_after=3)))

    response = await compiled.send(item_id="7")

    assert (response.status, response.headers[b"retry-after"]) == (503, b"3")
    assert compiled.observer.errors == []


async def test_a_request_beyond_its_deadline_is_a_503() -> None:
    async def get_root() -> m.Root:
        await asyncio.Event().wait()
        return ROOT

    response = await Compiled("getRoot", get_root, budget_s=0.05).send()

    assert (response.status, response.headers[b"retry-after"]) == (503, b"1")
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_bad_tokens_are_counted_before_they_are_rejected() -> None:
    compiled = Compiled("getItem", raising(ItemNotFound()), quota=1)

    first = await compiled.send((b"authorization", b"Bearer bad"), item_id="7")
    second = await compiled.send((b"authorization", b"Bearer bad"), item_id="7")

    assert (first.status, second.status) == (401, 429)
    assert (first.headers[b"ratelimit-policy"], first.headers[b"ratelimit"][:12]) == (b'"default";q=1;w=60', b'"default";r=')


async def test_a_body_that_is_too_large_is_rejected_before_its_credential() -> None:
    response = await Compiled("quoteOrder", quote_order).send(JSON, (b"authorization", b"Bearer bad"), body=b" " * (1 << 20))

    assert (response.status, response.headers[b"connection"]) == (413, b"close")


async def test_all_violations_are_listed_together() -> None:
    async def create_address(idempotency_key: p.OptionalIdempotencyKey, body: m.AddressCreate) -> None:
        raise AssertionError((idempotency_key, body))

    compiled = Compiled("createAddress", create_address, changes={"security": ()})

    response = await compiled.send(JSON, (b"idempotency-key", b""), body=b'{"street": 1}')

    places = [tuple(violation["loc"]) for violation in response.body["errors"]]
    assert response.status == 422
    assert places[0] == ("header", "Idempotency-Key")
    assert ("body", "street") in places


@pytest.mark.parametrize(("accept", "status"), [(b"*/*", 200), (b"application/json", 200), (b"text/html", 406)])
async def test_only_an_acceptable_media_type_is_sent(accept: bytes, status: int) -> None:
    response = await Compiled("getRoot", get_root).send((b"accept", accept))

    assert response.status == status


@pytest.mark.parametrize(("accept", "media"), [(b"application/json", b"application/json"), (b"*/*", b"application/problem+json")])
async def test_a_problem_is_plain_json_where_the_contract_has_it(accept: bytes, media: bytes) -> None:
    changes = {"problem_media": ("application/problem+json", "application/json")}

    response = await Compiled("getItem", raising(ItemNotFound()), changes=changes).send((b"accept", accept), item_id="7")

    assert (response.status, response.headers[b"content-type"]) == (404, media)
    assert response.headers[b"vary"] == b"Accept, Authorization, Origin"


async def test_an_unexpected_body_is_a_violation_and_ends_the_connection() -> None:
    response = await Compiled("getItem", raising(ItemNotFound())).send(body=b"{}", item_id="7")

    assert (response.status, response.body["errors"][0]["type"]) == (422, "unexpected_body")
    assert response.headers[b"connection"] == b"close"


async def test_a_known_representation_is_a_304_with_its_tag_and_nothing_else() -> None:
    async def get_item(item_id: p.ItemId) -> r.GetItem200:  # noqa: ARG001  # the contract's
        return r.GetItem200(body=r.Encoded(b"{}"), etag='"3"')

    compiled = Compiled("getItem", get_item)

    fresh, known = await compiled.send(item_id="7"), await compiled.send((b"if-none-match", b'"3"'), item_id="7")

    assert (fresh.status, known.status, known.body) == (200, 304, None)
    assert known.headers == {b"etag": b'"3"', b"cache-control": PUBLIC, b"vary": b"Authorization, Origin"}


async def test_a_response_that_breaks_the_contract_is_a_500_when_enforced_and_reported_when_observed() -> None:
    async def get_item(item_id: p.ItemId) -> r.GetItem200:  # noqa: ARG001  # the contract's
        return r.GetItem200(body=r.Encoded(b"{}"), etag='"3"')

    enforced, observed = Compiled("getItem", get_item, mode="enforce"), Compiled("getItem", get_item, mode="observe")

    replaced, sent = await enforced.send(item_id="7"), await observed.send(item_id="7")

    assert (replaced.status, sent.status) == (500, 200)
    assert len(enforced.observer.errors) == 1
    assert {mismatch.keyword for mismatch in observed.observer.mismatches} == {"required"}
