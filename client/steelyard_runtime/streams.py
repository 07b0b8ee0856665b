"""Bodies: read whole, within deadline and size, or streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final, TypeVar

from .errors import ConnectionFailed, SteelyardError, TimedOut, UnexpectedAnswer, may_quote, shown_text
from .http import httpx
from .response import Answer
from .steps import Send

T = TypeVar("T")
# Errors that only the opening of a connection raises as they are.
OPENING: Final[tuple[type[Exception], ...]] = (OSError, ValueError, ImportError, ArithmeticError, ExceptionGroup)
BAD_ENCODING: Final = "the response is not encoded as its Content-Encoding states"


def as_transport_error(error: BaseException, step: Any) -> BaseException:
    """The error of a step for the exchange, which expects those of httpx: a transport raises many others."""
    if not isinstance(step, Send) or not isinstance(error, Exception) or isinstance(error, httpx.TransportError | SteelyardError):
        return error
    if isinstance(error, httpx.DecodingError):
        return UnexpectedAnswer(BAD_ENCODING)
    if isinstance(error, AssertionError) or (step.foreign and not isinstance(error, httpx.RequestError | OSError)):
        # A test failed, or the code of the user.
        return error
    kind = httpx.ConnectError if issubclass(type(error), OPENING) else httpx.ReadError
    made = kind(f"{type(error).__name__}: {shown_text(error)}")
    made.__cause__ = None if may_quote(error) else error
    return made


def read_body(response: httpx.Response, step: Send, clock: Callable[[], float]) -> httpx.Response:
    """The response with its body, before the deadline, however slowly it arrives."""
    guard = BodyGuard(response, step, clock)
    try:
        if "content-encoding" in response.headers:
            # A small body may decompress to a huge one: the limit is for the latter.
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
    """Checks each chunk of a body against deadline and size."""

    __slots__ = ("_clock", "_response", "_size", "_step")

    def __init__(self, response: httpx.Response, step: Send, clock: Callable[[], float]) -> None:
        self._response, self._step, self._clock = response, step, clock
        self._size = 0

    def check_chunk(self, chunk: bytes) -> bytes:
        self._size += len(chunk)
        self.check_size(self._size)
        if self._clock() > self._step.until:
            raise httpx.ReadTimeout("the deadline passed while the response arrived", request=self._step.request)
        return chunk

    def check_size(self, size: int) -> None:
        limit = self._step.limit
        if size > limit > 0:
            raise UnexpectedAnswer(f"the response is larger than {limit} bytes; use client.stream(call), or raise max_answer")

    def decompressed(self, body: bytes) -> httpx.Response:
        """The same response, decompressed."""
        made = self._response
        fields = [(name, value) for name, value in made.headers.raw if name.lower() not in {b"content-encoding", b"content-length"}]
        return httpx.Response(made.status_code, headers=fields, content=body, request=made.request, extensions=made.extensions)


class GuardedBytes(httpx.SyncByteStream):
    """A body whose chunks are checked."""

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
    """A response before its body is read."""

    def __init__(self, exchange: Answer[object]) -> None:
        self._exchange = exchange
        self._response = exchange.response

    @property
    def status(self) -> int:
        return self._exchange.status

    @property
    def headers(self) -> httpx.Headers:
        return self._exchange.headers

    @property
    def request_id(self) -> str | None:
        return self._exchange.request_id

    @property
    def attempts(self) -> int:
        return self._exchange.attempts

    def _broken(self, error: Exception) -> SteelyardError:
        if isinstance(error, httpx.DecodingError):
            return UnexpectedAnswer(BAD_ENCODING)
        kind = TimedOut if isinstance(error, httpx.TimeoutException) else ConnectionFailed
        return kind(f"the response broke off: {type(error).__name__}: {shown_text(error)}", attempts=self.attempts)


class Stream(_Head):
    """A response that arrives."""

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self._whole(self._response.iter_bytes(chunk_size))

    def iter_lines(self) -> Iterator[str]:
        return self._whole(self._response.iter_lines())

    def _whole(self, parts: Iterator[T]) -> Iterator[T]:
        failure = None
        try:
            yield from parts
        except httpx.RequestError as error:
            failure = self._broken(error)
        if failure is not None:
            raise failure

    def close(self) -> None:
        self._response.close()


class AsyncStream(_Head):
    """A response that arrives."""

    def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        return self._whole(self._response.aiter_bytes(chunk_size))

    def iter_lines(self) -> AsyncIterator[str]:
        return self._whole(self._response.aiter_lines())

    async def _whole(self, parts: AsyncIterator[T]) -> AsyncIterator[T]:
        failure = None
        try:
            async for part in parts:
                yield part
        except httpx.RequestError as error:
            failure = self._broken(error)
        if failure is not None:
            raise failure

    async def aclose(self) -> None:
        await self._response.aclose()
