"""Every response of a deprecated operation announces its end and its replacement."""

from typing import Any, cast

import pytest
from starlette.types import Message, Receive, Scope, Send

from steelyard.contract.deprecation import announce_deprecation, successor_link
from steelyard.contract.observer import RequestObserver
from steelyard_contract.operations import Deprecation


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/parts", b"</parts>"),
        ("/parts/{part_id}", b"</parts/a%2Fb>"),
        ("/boxes/{box_id}/parts", b"</openapi.json#/paths/~1boxes~1%7Bbox_id%7D~1parts>"),
    ],
    ids=["a list", "the same resource", "another resource"],
)
def test_the_link_leads_to_the_replacement_or_its_description(path: str, link: bytes) -> None:
    assert successor_link(path, {"part_id": "a/b"}) == link + b'; rel="successor-version"'


async def test_a_response_keeps_its_headers_and_its_links() -> None:
    counted, messages = list[object](), list[Message]()

    class Observer:
        def deprecated_call(self, record: object) -> None:
            counted.append(record)

    async def operation(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"link", b'</next>; rel="next"'), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    async def send(message: Message) -> None:
        messages.append(message)

    deprecation = Deprecation((("Deprecation", "@1799539200"),), "listParts", "/parts")
    announced = announce_deprecation(operation, deprecation, cast("RequestObserver", Observer()))
    await announced({"path_params": {}, "record": "the record"}, cast("Any", None), send)

    assert messages[0]["headers"] == [
        (b"etag", b'"1"'),
        (b"link", b'</next>; rel="next", </parts>; rel="successor-version"'),
        (b"deprecation", b"@1799539200"),
    ]
    assert (messages[1]["body"], counted) == (b"{}", ["the record"])
