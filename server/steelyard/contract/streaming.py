"""Responses that are sent item by item.

The handler has returned, and its transaction is committed, before the first item is made. That item is made before the head is sent, so
that its problem is a response. A later error cuts the connection: to the client a stream without its end is broken, and never short. The
next item is made when the client has read enough of those before it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from starlette.types import Receive, Send

from steelyard.contract.access.authorization import Authorizer
from steelyard.contract.access.caller import CallerChanged
from steelyard.contract.confirmation import confirm_while_open
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.execution.deadlines import Deadline, Deadlines
from steelyard.contract.http.media_types import EVENTS
from steelyard.contract.http.responses import RawResponse
from steelyard.contract.http.sending import cut_response
from steelyard.contract.observer import ContractViolation, RequestObserver, RequestRecord
from steelyard.contract.response.items import PING, RETRY, close
from steelyard.contract.response.validator import ResponseValidator
from steelyard.db.errors import DatabaseUnavailable
from steelyard_contract.operations import Operation
from steelyard_contract.problems import InternalError, Problem, Unavailable

# Within which a stream has to end. Clients of events connect again.
STREAM_S = 600
# Shorter than what proxies and clients wait for.
PING_S = 15


class StreamSender:
    """Sends the streams of one operation."""

    def __init__(
        self,
        operation: Operation,
        authorizer: Authorizer[Any],
        validator: ResponseValidator,
        observer: RequestObserver,
        deadlines: Deadlines,
    ) -> None:
        self._operation = operation
        self._authorizer = authorizer
        self._validator = validator
        self._observer = observer
        self._deadlines = deadlines
        self.are_events = any(spec.media == EVENTS for spec in operation.responses)
        """Their next one may take as long as it likes: the head is sent at once."""

    async def begin(self, response: RawResponse, items: AsyncIterator[bytes], context: RequestContext) -> RawResponse:
        """The response with its first item; HEAD makes none."""
        if context.scope["method"] == "HEAD":
            return response
        return response._replace(body=RETRY if self.are_events else await anext(items, b""))

    async def send(self, response: RawResponse, context: RequestContext, record: RequestRecord, send: Send, *, is_checked: bool) -> None:
        """Send head and items, until the last one, an error, the deadline, until the client leaves or would no longer be let in."""
        status, headers, body, items = response
        assert items is not None
        deadline = self._deadlines.begin()
        watching = asyncio.create_task(_expire_when_left(context.receive, deadline))
        confirming = [asyncio.create_task(self._expire_when_rejected(context, deadline))] if context.caller is not None else []
        pinging = [asyncio.create_task(_ping(send))] if self.are_events else []
        try:
            await send({"type": "http.response.start", "status": status, "headers": headers})
            if context.scope["method"] != "HEAD":
                await send({"type": "http.response.body", "body": body, "more_body": True})
                async for item in items:
                    if is_checked:
                        self._check(response._replace(body=item), record)
                    await send({"type": "http.response.body", "body": item, "more_body": True})
                    # Neither a producer nor a socket has to wait; other requests get their turn all the same.
                    await asyncio.sleep(0)
            _cancel(pinging)
            await send({"type": "http.response.body", "body": b""})
        except asyncio.CancelledError:
            # By the deadline, by a client that has left, by a caller who is rejected, or by a server that stops.
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            if not watching.done():
                record.problem = None if self.are_events else Unavailable.TYPE
                for each in confirming:
                    if each.done():
                        record.problem = self._problem_of(each.result(), record)
                await cut_response(context.scope, send)
        except Exception as error:  # noqa: BLE001  # the head is sent: no other place can make a response of it
            self._observer.unhandled_error(error, record)
            record.problem = InternalError.TYPE
            await cut_response(context.scope, send)
        finally:
            self._deadlines.end(deadline)
            _cancel([watching, *confirming, *pinging])
            await close(items)

    async def _expire_when_rejected(self, context: RequestContext, deadline: Deadline) -> Exception:
        try:
            await confirm_while_open(context, self._authorizer)
        except Exception as error:  # noqa: BLE001  # a caller who cannot be confirmed gets no further item, whatever the reason
            deadline.expire()
            return error

    def _problem_of(self, error: Exception, record: RequestRecord) -> str:
        """The problem that a new request would have got: for the log, because the head is sent."""
        if isinstance(error, Problem):
            return error.TYPE
        if isinstance(error, DatabaseUnavailable | CallerChanged):
            return Unavailable.TYPE
        self._observer.unhandled_error(error, record)
        return InternalError.TYPE

    def _check(self, response: RawResponse, record: RequestRecord) -> None:
        """Compare an item with the contract, before it leaves."""
        mismatches = self._validator.check(self._operation, response)
        if mismatches and self._validator.mode == "enforce":
            raise ContractViolation("; ".join(map(str, mismatches)))
        if mismatches:
            self._observer.mismatches_found(mismatches, record)


async def _expire_when_left(receive: Receive, deadline: Deadline) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    deadline.expire()


async def _ping(send: Send) -> None:
    while True:
        await asyncio.sleep(PING_S)
        await send({"type": "http.response.body", "body": PING, "more_body": True})


def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
