"""A server of the contract whose handler of one operation has another producer of the items of its stream, and such producers."""

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from pydantic_core import to_json

from steelyard.contract.api import ContractAPI
from steelyard_contract.base import Encoded, StreamEvent
from steelyard_contract.operations import OPERATIONS
from tests.contracts import subject
from tests.contracts.exchanges import VALID, Sample
from tests.kit.contract.checker import Operation
from tests.kit.servers.configuration import Journal, settings_for
from tests.kit.servers.serving import LiveServer, serving
from tests.kit.world.clock import Clock

Produce = Callable[[AsyncIterator[Any]], AsyncIterator[Any]]


@dataclass
class Producing:
    """A server whose handler has another producer."""

    server: LiveServer
    operation: Operation
    apps: list[ContractAPI]

    @contextmanager
    def opened(self, method: str | None = None, sample: Sample | None = None) -> Iterator[httpx.Response]:
        """The response to an example of the operation, before its body."""
        sample = sample or VALID[self.operation.id]
        with (
            httpx.Client(base_url=self.server.url, timeout=20) as client,
            client.stream(
                method or self.operation.method, sample.target.decode(), headers=sample.fields, content=sample.content
            ) as response,
        ):
            yield response


@contextmanager
def producing(url: str, monkeypatch: pytest.MonkeyPatch, operation: Operation, produce: Produce, **changed: Any) -> Iterator[Producing]:
    """`produce` gets the items of the handler, and makes those that are sent. `changed` are settings."""
    compiled, clock = OPERATIONS[operation.id], Clock()
    module, journal, made = subject.endpoints(compiled.tag), Journal(clock), list[ContractAPI]()
    handler = getattr(module, compiled.handler)

    @functools.wraps(handler)
    async def replaced(**arguments: Any) -> Any:
        response = await handler(**arguments)
        response.body = produce(response.body)
        return response

    def create() -> ContractAPI:
        made.append(subject.create(url, journal, clock, **changed))
        return made[-1]

    monkeypatch.setattr(module, compiled.handler, replaced)
    with serving(create, settings_for(url, **changed), journal) as server:
        yield Producing(server, operation, made)


@dataclass
class Producer:
    """Repeats the first item of the handler, without end, each with much white space around it."""

    made: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    pause: float | None = 0
    """Seconds between two items; None: there is only one, and no end."""

    async def __call__(self, items: AsyncIterator[Any]) -> AsyncIterator[Any]:
        item = padded(await anext(items))
        try:
            while True:
                self.made += 1
                yield item
                if self.pause is None:
                    await asyncio.Event().wait()
        finally:
            self.ended.set()


def padded(item: Any) -> Any:
    """The same, encoded, so that few items fill the buffers between two programs."""
    if isinstance(item, StreamEvent):
        return replace(item, data=padded(item.data))
    return Encoded[Any](to_json(item) + b" " * 65_536)
