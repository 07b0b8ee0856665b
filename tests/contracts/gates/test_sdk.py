"""Each operation through both clients of the SDK, against the server and against its fake."""

import importlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from codegen.client.method import Method
from codegen.client.package import TemplateContext
from steelyard.contract import streaming
from tests.contracts import subject
from tests.contracts.exchanges import ALL, DOCUMENT, OPERATIONS, Sample
from tests.kit.contract.bodies import is_file
from tests.kit.contract.checker import CONTRACT
from tests.kit.servers.serving import LiveServer

CONTEXT = TemplateContext(DOCUMENT)
SDK, RUNTIME = subject.sdk(), importlib.import_module("steelyard_runtime.model")
EVENTS = importlib.import_module("steelyard_runtime.event_streams")
TITLE = CONTEXT.class_name
# The SDK has no method for what browsers open as a page, and one for each media type of a response.
CALLED = [operation for operation in OPERATIONS if not operation.navigates]
METHODS = list(CONTEXT.methods.by_key.values())


def sample_of(method: Method) -> Sample:
    """The first example that succeeds and has the media type of the method."""
    first = next(iter(method.operation.offers), None)
    successes = (sample for sample in ALL if sample.operation.id == method.id and sample.status < 400)
    return next(sample for sample in successes if (sample.accept or first) == method.accepted)


CALLS = [(method, sample_of(method)) for method in METHODS]
NAMES = [method.key for method in METHODS]


def arguments(method: Method, sample: Sample) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of the method that make the request of an example."""
    sent = sample.parameters
    positional = [sent[argument.wire] for argument in method.path]
    named = {argument.name: sent[argument.wire] for argument in method.query + method.header_arguments() if argument.wire in sent}
    if method.positional is not None:
        positional.append(sample.content if is_file(sample.media or "json") else sample.body)
    elif sample.body is not ...:
        attributes = {member.name: member.attribute for form in method.forms for member in form.members}
        files = CONTRACT.files(sample.operation)
        named |= {attributes[name]: value.encode("latin-1") if name in files else value for name, value in sample.body.items()}
    return positional, named


def token_of(sample: Sample) -> str | None:
    return None if sample.scopes is None else subject.token(*sample.scopes)


def credentials(sample: Sample) -> dict[str, Any]:
    """The options of a client that sends what the example needs."""
    return {"token": token_of(sample), "api_key": sample.keys or None}


def whole(result: Any) -> Any:
    """The result, or all items of a stream."""
    return list(result) if hasattr(result, "__next__") else result


async def awaited(result: Any) -> Any:
    """The same, asynchronously."""
    return [item async for item in result] if hasattr(result, "__anext__") else await result


def plain(result: Any) -> Any:
    """The result with its events as in examples."""
    if not isinstance(result, list):
        return result
    return [as_written(each) if isinstance(each, EVENTS.StreamEvent) else each for each in result]


def as_written(event: Any) -> dict[str, Any]:
    return {"data": event.data} | ({} if event.id is None else {"id": event.id})


def check(method: Method, sample: Sample, result: Any) -> None:
    """The result is what the example shows, in the declared type."""
    operation = getattr(SDK.operations, method.key)
    if operation.parse is None:
        assert result is None
        return
    assert isinstance(result, operation.returns), result
    shown = result.decode("latin-1") if isinstance(result, bytes) else json.loads(json.dumps(RUNTIME.jsonable(plain(result))))
    assert shown == same(sample.response, result)


def same(expected: Any, result: Any) -> Any:
    """The example as the SDK writes it: times have microseconds."""
    return json.loads(json.dumps(RUNTIME.jsonable(type(result).from_dict(expected)))) if hasattr(result, "from_dict") else expected


@pytest.mark.parametrize(("method", "sample"), CALLS, ids=NAMES)
def test_an_operation_works_through_the_client(method: Method, sample: Sample, server: LiveServer) -> None:
    positional, named = arguments(method, sample)

    with getattr(SDK, TITLE)(f"http://127.0.0.1:{server.address[1]}", **credentials(sample)) as client:
        check(method, sample, whole(getattr(getattr(client, method.tag), method.name)(*positional, **named)))


@pytest.mark.parametrize(("method", "sample"), CALLS, ids=NAMES)
async def test_an_operation_works_through_the_asynchronous_client(method: Method, sample: Sample, server: LiveServer) -> None:
    positional, named = arguments(method, sample)

    async with getattr(SDK, f"Async{TITLE}")(f"http://127.0.0.1:{server.address[1]}", **credentials(sample)) as client:
        check(method, sample, await awaited(getattr(getattr(client, method.tag), method.name)(*positional, **named)))


@pytest.mark.parametrize(("method", "sample"), CALLS, ids=NAMES)
def test_the_fake_returns_the_example(method: Method, sample: Sample) -> None:
    positional, named = arguments(method, sample)

    with getattr(importlib.import_module(f"{SDK.__name__}.testing"), f"Fake{TITLE}")() as fake:
        fake.on(getattr(SDK.operations, method.key))
        client = getattr(fake, TITLE.lower())()
        check(method, sample, whole(getattr(getattr(client, method.tag), method.name)(*positional, **named)))


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_the_fake_raises_each_problem(method: Method) -> None:
    positional, named = arguments(method, sample_of(method))
    for name in method.problems:
        fake = getattr(importlib.import_module(f"{SDK.__name__}.testing"), f"Fake{TITLE}")()
        fake.fail(getattr(SDK.operations, method.key), getattr(SDK.errors, name))
        client = getattr(fake, TITLE.lower())()

        with pytest.raises(getattr(SDK.errors, name)):
            whole(getattr(getattr(client, method.tag), method.name)(*positional, **named))


RESUMED = [method for method in METHODS if method.resumable]


async def break_off(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """One item; the end, if there is none."""
    async for item in items:
        yield item
        raise ZeroDivisionError


@pytest.mark.parametrize("method", RESUMED, ids=[method.key for method in RESUMED])
async def test_both_clients_continue_a_broken_stream(method: Method, producer_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = sample_of(method)
    positional, named = arguments(method, sample)
    monkeypatch.setattr(streaming, "RETRY", b"retry: 1\n\n")

    with producer_of(sample.operation, break_off) as it:
        with getattr(SDK, TITLE)(it.server.url, **credentials(sample)) as client:
            check(method, sample, list(getattr(getattr(client, method.tag), method.name)(*positional, **named)))
        async with getattr(SDK, f"Async{TITLE}")(it.server.url, **credentials(sample)) as client:
            check(method, sample, await awaited(getattr(getattr(client, method.tag), method.name)(*positional, **named)))
        assert len(it.server.journal.faults) == 2 * len(sample.response)
        it.server.journal.faults.clear()


def test_the_sdk_has_the_operations_of_the_contract() -> None:
    assert {getattr(SDK.operations, name).name for name in SDK.operations.__all__} == {each.id for each in CALLED}
