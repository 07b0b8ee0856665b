"""What one caller gets says nothing about another: tags of several callers, and resources that are hidden from one and missing for all."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.contract.laws.listings import OPERATIONS, by_name
from tests.kit.clients.api import Api
from tests.kit.contract.bodies import is_stream
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.contract.laws import LawBroken, LawsBroken
from tests.kit.world.stage import NEVER, Request, Stage
from tests.kit.world.world import User, World

EDGE = {"x-request-id", "x-response-time", "date", "ratelimit", "content-length", "cache-control"}
TAGGED = [operation for operation in OPERATIONS if "304" in operation.node["responses"]]


def is_own(operation: Operation) -> bool:
    """Whether each caller has a separate resource there: no id, and a login. Then equal tags mean nothing."""
    return "{" not in operation.path and {} not in CONTRACT.security(operation) and bool(CONTRACT.security(operation))


def callers(stage: Stage) -> list[User | None]:
    return [None, stage.stranger, stage.buyer, stage.seller, stage.support, stage.admin]


async def views(api: Api, stage: Stage, request: Request) -> list[tuple[User | None, httpx.Response]]:
    """The successes of all callers."""
    responses = [(who, await api.as_(who).send_as_is(request)) for who in callers(stage)]
    return [(who, response) for who, response in responses if response.is_success]


async def compared(
    api: Api, operation: Operation, request: Request, seen: list[tuple[User | None, httpx.Response]]
) -> AsyncIterator[LawBroken]:
    """A tag means one content, and no caller gets a 304 for the tag of another content."""
    for who, own in seen:
        for _, other in seen:
            same = own.headers["etag"] == other.headers["etag"]
            if same and own.content != other.content and not is_own(operation):
                yield LawBroken(operation.id, "ETag of one content", f"two callers get {own.headers['etag']}", own.extensions["exchange"])
            if not same:
                again = await api.as_(who).request("GET", request.path, headers={"if-none-match": other.headers["etag"]})
                if again.status_code == 304:
                    detail = f"the tag {other.headers['etag']} of another caller, where this caller has {own.headers['etag']}"
                    yield LawBroken(operation.id, "If-None-Match compares with the caller's own ETag", detail, again.extensions["exchange"])


@pytest.mark.parametrize("operation", TAGGED, ids=str)
async def test_a_tag_is_that_of_the_content_that_this_caller_gets(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    request = stage.request(operation.id)
    first = await views(api, stage, request)
    broken = [each async for each in compared(api, operation, request, first)]
    changing = [each for each in OPERATIONS if each.method != "GET" and each.node["tags"] == operation.node["tags"]]
    for change in sorted(changing, key=lambda each: each.method == "DELETE"):
        before = await views(api, stage, request)
        await api.send_as_sender(stage.request(change.id))
        after = await views(api, stage, request)
        known = {str(who and who.id): response for who, response in before}
        for who, response in after:
            old = known.get(str(who and who.id))
            if old is not None and old.content != response.content and old.headers["etag"] == response.headers["etag"]:
                rule, detail = f"ETag changes with what {change.id} changes", f"it is still {old.headers['etag']}"
                broken.append(LawBroken(operation.id, rule, detail, response.extensions["exchange"]))

    if broken:
        raise LawsBroken(broken)


# -- hidden and missing --------------------------------------------------------------------------------------------------
WITH_ID = [
    operation for operation in OPERATIONS if "{" in operation.path and any(status == 404 for status in CONTRACT.responses(operation))
]


def comparable(response: httpx.Response) -> Any:
    """The contents of a response, without the id of the exchange. Whether it may be stored depends on the credential."""
    headers = sorted((name, value) for name, value in response.headers.items() if name not in EDGE)
    return headers, {**response.json(), "instance": ""}


@pytest.mark.parametrize("operation", WITH_ID, ids=str)
async def test_a_404_says_the_same_to_every_caller_and_of_every_resource(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world, with_order="order_id" in by_name(operation))
    hidden = {"item_id": [stage.draft_id]}
    broken, first = list[LawBroken](), None
    for name in [name for name, parameter in by_name(operation).items() if parameter["in"] == "path"]:
        for target in (NEVER, *hidden.get(name, ()), stage.ids(operation.id)[name]):
            # The least trusted first; staff only where nothing is.
            for who in (None, stage.stranger, stage.seller, *([stage.admin] if target == NEVER else [])):
                request = stage.request(operation.id, **{name: target})
                response = await api.as_(who).send_as_is(request)
                if response.status_code != 404:
                    continue
                first = first or response
                if comparable(response) != comparable(first):
                    detail = f"{response.text} with {dict(response.headers)}, and elsewhere {first.text} with {dict(first.headers)}"
                    rule = "a resource that the caller may not know about is a 404, exactly as if it did not exist"
                    broken.append(LawBroken(operation.id, rule, detail, response.extensions["exchange"]))

    assert first is not None, "no caller got a 404"
    if broken:
        raise LawsBroken(broken)


# -- HEAD ----------------------------------------------------------------------------------------------------------------
def headers_of(operation: Operation, response: httpx.Response) -> dict[str, str]:
    """What HEAD has to repeat. A navigation leads each browser somewhere else, so only its names are compared."""
    ignored = {"x-request-id", "x-response-time", "date", "ratelimit"}
    if is_stream(response.headers.get("content-type")):
        ignored |= {"content-length", "transfer-encoding"}  # a body that is not made has no length
    is_new = operation.navigates and response.extensions["exchange"].is_success
    return {name: "" if is_new else value for name, value in response.headers.items() if name not in ignored}


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation.method == "GET"], ids=str)
async def test_head_has_the_headers_of_get_for_every_caller(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    for who in (None, stage.sender(operation.id) or stage.buyer, stage.stranger):
        get = await api.as_(who).send_as_is(stage.request(operation.id))
        head = await api.as_(who).send_as_is(stage.request(operation.id), method="HEAD")
        left, right = (headers_of(operation, each) for each in (get, head))
        if (get.status_code, left) != (head.status_code, right):
            differing = sorted({name for name in {**left, **right} if left.get(name) != right.get(name)} or {"status"})
            # The length of a problem depends on its instance, which has always the same length.
            rule, detail = f"HEAD has the {', '.join(differing)} of GET", f"GET has {left}, HEAD {right}"
            raise LawBroken(operation.id, rule, detail, head.extensions["exchange"])
