"""Mutants of streams: of the items of a response, and of the lines of a request."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from steelyard.contract import streaming
from steelyard.contract.http.media_types import EVENTS, NDJSON, is_stream
from steelyard.contract.open_streams import OpenStreams
from steelyard.contract.request import lines
from steelyard.contract.response import encoder, items
from steelyard_contract.operations import Operation
from tests.contract.mutants.operators import mutant
from tests.contract.mutants.seams import on_app, on_compiled, swap


def streamed(operation: Operation) -> bool:
    return is_stream(operation.responses[0].media)


@mutant("problem", "an error ends a stream like its last item", streamed)
def short_stream(_: Operation) -> None:
    async def end(_scope: Any, send: Any) -> None:
        await send({"type": "http.response.body", "body": b""})

    swap(streaming, "cut_response", end)


@mutant("problem", "the head of a stream is sent before its first item", lambda operation: operation.responses[0].media == NDJSON)
def hasty_head(_: Operation) -> None:
    async def begin(_self: Any, response: Any, *_: Any) -> Any:
        return response

    swap(streaming.StreamSender, "begin", begin)


@mutant("member", "items of a stream leave unchecked", streamed)
def unchecked_items(_: Operation) -> None:
    swap(streaming.StreamSender, "_check", lambda *_: None)


@mutant("less", "the last item of a stream is lost", streamed)
def lost_item(_: Operation) -> None:
    plain = items.written

    async def written(made: Any, *rest: Any) -> AsyncIterator[bytes]:
        held = list[bytes]()
        async for item in plain(made, *rest):
            if held:
                yield held.pop()
            held.append(item)

    swap(encoder, "written", written)


@mutant("again", "a stream goes on when its client has left", streamed)
def endless_stream(_: Operation) -> None:
    async def wait(*_: Any) -> None:
        await asyncio.Event().wait()

    swap(streaming, "_expire_when_left", wait)


def admitted(operation: Operation) -> bool:
    return streamed(operation) and () not in operation.security and bool(operation.security)


def of_events(operation: Operation) -> bool:
    return operation.responses[0].media == EVENTS


def resumed(operation: Operation) -> bool:
    return any(parameter.name == "Last-Event-ID" for parameter in operation.parameters)


async def _wait(*_: Any) -> None:
    await asyncio.Event().wait()


@mutant("anonymous", "a stream goes on when its caller would no longer pass", admitted)
def lasting_rights(_: Operation) -> None:
    swap(streaming, "confirm_while_open", _wait)


@mutant("again", "a caller may have any number of streams open", streamed)
def unlimited_streams(_: Operation) -> None:
    on_app(lambda app: setattr(app._runtime.open_streams, "_max_per_caller", 1_000_000))


@mutant("again", "a stream that has ended is still counted", streamed)
def counted_for_ever(_: Operation) -> None:
    plain = OpenStreams.counted

    def counted(self: Any, *whose: Any) -> AbstractContextManager[None]:
        plain(self, *whose).__enter__()
        return nullcontext()

    swap(OpenStreams, "counted", counted)


@mutant("again", "nothing keeps a stream without events open", of_events)
def silent_stream(_: Operation) -> None:
    swap(streaming, "_ping", _wait)


@mutant("more", "the first item of a stream is sent twice", streamed)
def repeated_item(_: Operation) -> None:
    plain = items.written

    async def written(made: Any, *rest: Any) -> AsyncIterator[bytes]:
        is_first = True
        async for item in plain(made, *rest):
            if is_first:
                yield item
            is_first = False
            yield item

    swap(encoder, "written", written)


@mutant("again", "a stream that is continued begins anew", resumed)
def begun_anew(operation: Operation) -> None:
    def change(target: Any) -> None:
        plain = target._parameters.read

        def read(*sent: Any) -> dict[str, Any]:
            return {name: None if name == "last_event_id" else value for name, value in plain(*sent).items()}

        target._parameters.read = read

    on_compiled(operation, change)


def _framed(change: Callable[[bytes], bytes]) -> None:
    plain = items.framed

    def framed(*described: Any) -> Callable[[Any], bytes]:
        write = plain(*described)
        return lambda item: change(write(item))

    swap(encoder, "framed", framed)


@mutant("bytes", "an event has a name, for which no browser listens", of_events)
def named_event(_: Operation) -> None:
    _framed(lambda event: b"event: item\n" + event)


@mutant("less", "an event has no id, by which its client could continue", resumed)
def lost_event_id(_: Operation) -> None:
    _framed(lambda event: event[event.index(b"data: ") :])


def of_lines(operation: Operation) -> bool:
    return any(is_stream(body.media) for body in operation.bodies)


@mutant("loose", "the third line of a request is not checked", of_lines)
def unchecked_third_line(_: Operation) -> None:
    plain = lines.SentLines._check

    def check(self: Any, line: bytes) -> None:
        if self.count == 2:
            self.count += 1
        else:
            plain(self, line)

    swap(lines.SentLines, "_check", check)


@mutant("loose", "a last line without its end is neither checked nor counted", of_lines)
def unended_line(_: Operation) -> None:
    swap(lines.SentLines, "end", lambda _: None)


@mutant("loose", "empty lines of a request are passed over", of_lines)
def empty_lines(_: Operation) -> None:
    plain = lines.SentLines._check
    swap(lines.SentLines, "_check", lambda self, line: plain(self, line) if line else None)


@mutant("strict", "a line that arrives in several parts is several lines", of_lines)
def torn_line(_: Operation) -> None:
    plain = lines.SentLines.check

    def check(self: Any, part: bytes) -> None:
        plain(self, part)
        self.end()

    swap(lines.SentLines, "check", check)


@mutant("problem", "a violation in a line is reported at the line behind it", of_lines)
def misplaced_line(_: Operation) -> None:
    plain = lines._on_line
    swap(lines, "_on_line", lambda at, inside: plain(at + 1, inside))
