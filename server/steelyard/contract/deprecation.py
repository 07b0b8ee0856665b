"""Deprecated operations: every answer says since when, until when and what comes instead; their callers are counted."""

import re
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from urllib.parse import quote

from starlette.types import Message, Send

from steelyard.contract.execution.context import RequestContext
from steelyard.contract.execution.injection import Call
from steelyard.contract.http.responses import Header
from steelyard.contract.observer import RequestRecord
from steelyard.contract.operation import CompiledOperation, Runtime
from steelyard_contract.operations import Deprecation, Operation

_VARIABLE = re.compile(r"{(.+?)}")


class DeprecatedOperation(CompiledOperation):
    """A compiled operation that tells its callers that it will go."""

    def __init__(self, operation: Operation, told: Deprecation, handler: Call, runtime: Runtime) -> None:
        super().__init__(operation, handler, runtime)
        self._told = told
        self._headers: list[Header] = [(name.lower().encode(), value.encode()) for name, value in told.headers]

    async def _exchange(self, context: RequestContext, record: RequestRecord, send: Send, outer: AsyncExitStack | None) -> None:
        link = successor_link(self._told.path, context.scope["path_params"])

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*_linked(message["headers"], link), *self._headers]
            await send(message)

        await super()._exchange(context, record, tell, outer)
        self._runtime.observer.deprecated_call(record, context.caller.credential_id if context.caller is not None else None)


def successor_link(path: str, variables: Mapping[str, str]) -> bytes:
    """The link to the operation that comes instead: the same resource, or its description where its path needs more than is known."""
    if all(name in variables for name in _VARIABLE.findall(path)):
        target = _VARIABLE.sub(lambda found: quote(variables[found[1]], safe=""), path)
    else:
        target = f"/openapi.json#/paths/{quote(path.replace('~', '~0').replace('/', '~1'), safe='~')}"
    return f'<{target}>; rel="successor-version"'.encode()


def _linked(headers: Iterable[Header], link: bytes) -> list[Header]:
    """One Link header, with the successor behind whatever else is linked."""
    others = [value for name, value in headers if name == b"link"]
    return [*(header for header in headers if header[0] != b"link"), (b"link", b", ".join((*others, link)))]
