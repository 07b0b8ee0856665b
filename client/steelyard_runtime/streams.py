"""Bodies: read whole, within deadline and size, or handed over while they arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

from .errors import UnexpectedAnswer
from .http import httpx
from .response import Answer
from .steps import Send


def read_body(response: httpx.Response, step: Send, clock: Callable[[], float]) -> httpx.Response:
    """The answer with its body. A server that sends a byte a second does not get past the deadline."""
    guard = BodyGuard(response, step, clock)
    try:
        if "content-encoding" in response.headers:
            # A small body may unpack to a huge one: what counts is what comes out.
            return guard.decompressed(b"".join([guard.check_chunk(chunk) for chunk in response.iter_bytes()]))
        if not response.is_closed:
            response.stream = GuardedBytes(response.stream, guard)
        guard.check_size(len(response.read()))
    except BaseException:
        response.close()
        raise
    return response


async def aread_body(response: httpx.Response, step: Send, clock: Callable[[], float]) -> httpx.Response:
    """The same, asynchronously."""
    guard = BodyGuard(response, step, clock)
    try:
        if "content-encoding" in response.headers:
            return guard.decompressed(b"".join([guard.check_chunk(chunk) async for chunk in response.aiter_bytes()]))
        if not response.is_closed:
            response.stream = AsyncGuardedBytes(response.stream, guard)
        guard.check_size(len(await response.aread()))
    except BaseException:
        await response.aclose()
        raise
    return response


class BodyGuard:
    """Looks at each chunk of a body: is there still time, is it still an answer and no flood."""

    __slots__ = ("_clock", "_response", "_size", "_step")

    def __init__(self, response: httpx.Response, step: Send, clock: Callable[[], float]) -> None:
        self._response, self._step, self._clock = response, step, clock
        self._size = 0

    def check_chunk(self, chunk: bytes) -> bytes:
        self._size += len(chunk)
        self.check_size(self._size)
        if self._clock() > self._step.until:
            raise httpx.ReadTimeout("the deadline passed while the answer arrived", request=self._step.request)
        return chunk

    def check_size(self, size: int) -> None:
        limit = self._step.limit
        if size > limit > 0:
            raise UnexpectedAnswer(f"the answer is larger than {limit} bytes; take it with client.stream(call), or raise max_answer")

    def decompressed(self, body: bytes) -> httpx.Response:
        """The same answer as if it had never been packed."""
        made = self._response
        fields = [(name, value) for name, value in made.headers.raw if name.lower() not in {b"content-encoding", b"content-length"}]
        return httpx.Response(made.status_code, headers=fields, content=body, request=made.request, extensions=made.extensions)


class GuardedBytes(httpx.SyncByteStream):
    """A body whose chunks are looked at."""

    def __init__(self, inner: object, guard: BodyGuard) -> None:
        assert isinstance(inner, httpx.SyncByteStream)
        self._inner, self._guard = inner, guard

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            yield self._guard.check_chunk(chunk)

    def close(self) -> None:
        self._inner.close()


class AsyncGuardedBytes(httpx.AsyncByteStream):
    """The same, asynchronously."""

    def __init__(self, inner: object, guard: BodyGuard) -> None:
        assert isinstance(inner, httpx.AsyncByteStream)
        self._inner, self._guard = inner, guard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            yield self._guard.check_chunk(chunk)

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Head:
    """What is known of an answer before its body is."""

    def __init__(self, answer: Answer[object]) -> None:
        self._answer = answer
        self._response = answer.response

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> httpx.Headers:
        return self._answer.headers

    @property
    def request_id(self) -> str | None:
        return self._answer.request_id

    @property
    def attempts(self) -> int:
        return self._answer.attempts


class Stream(_Head):
    """An answer that arrives."""

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self._response.iter_bytes(chunk_size)

    def iter_lines(self) -> Iterator[str]:
        return self._response.iter_lines()

    def close(self) -> None:
        self._response.close()


class AsyncStream(_Head):
    """An answer that arrives."""

    def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        return self._response.aiter_bytes(chunk_size)

    def iter_lines(self) -> AsyncIterator[str]:
        return self._response.aiter_lines()

    async def aclose(self) -> None:
        await self._response.aclose()
