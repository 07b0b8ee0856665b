from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Depends
from starlette.requests import Request

from steelyard.contract.dependencies import OptionalCaller, Shared
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.execution.injection import InjectionError, build_plan

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}


async def _receive() -> Any: ...


SHARED: dict[type[Any], Any] = {date: date(2026, 1, 31)}


def _context() -> RequestContext:
    return RequestContext("getItem", SCOPE, _receive, SHARED, str(UUID(int=0)), "127.0.0.1")


async def _run(handler: Any, overrides: Any = None) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        return await build_plan(handler, overrides).run(_context(), stack, stack)


async def number() -> int:
    return 7


async def operation(context: RequestContext) -> str:
    return context.operation_id


async def method(request: Request) -> str:
    return request.method


async def doubled(value: Annotated[int, Depends(number)]) -> int:
    return 2 * value


async def test_dependencies_are_values_by_name() -> None:
    async def handler(
        item_id: int, a: Annotated[int, Depends(number)], b: Annotated[int, Depends(doubled)], c: Annotated[str, Depends(operation)]
    ) -> None: ...

    assert await _run(handler) == {"a": 7, "b": 14, "c": "getItem"}


async def test_a_dependency_may_take_the_request() -> None:
    async def handler(a: Annotated[str, Depends(method)]) -> None: ...

    assert await _run(handler) == {"a": "GET"}


async def test_a_dependency_runs_once_unless_its_cache_is_off() -> None:
    runs: list[int] = []

    async def counted() -> int:
        runs.append(1)
        return len(runs)

    async def via(value: Annotated[int, Depends(counted)]) -> int:
        return value

    async def handler(
        a: Annotated[int, Depends(counted)], b: Annotated[int, Depends(via)], c: Annotated[int, Depends(counted, use_cache=False)]
    ) -> None: ...

    assert await _run(handler) == {"a": 1, "b": 1, "c": 2}


async def test_generators_are_closed_at_the_end_of_their_scope() -> None:
    steps: list[str] = []

    async def during_the_handler() -> AsyncIterator[str]:
        yield "function"
        steps.append("function closed")

    async def during_the_request() -> AsyncIterator[str]:
        yield "request"
        steps.append("request closed")

    async def handler(
        a: Annotated[str, Depends(during_the_handler, scope="function")], b: Annotated[str, Depends(during_the_request)]
    ) -> None: ...

    made = build_plan(handler)
    async with AsyncExitStack() as outer:
        async with AsyncExitStack() as inner:
            assert await made.run(_context(), inner, outer) == {"a": "function", "b": "request"}
        steps.append("response sent")

    assert steps == ["function closed", "response sent", "request closed"]


async def test_a_plain_function_may_stand_in_as_an_override() -> None:
    async def handler(a: Annotated[int, Depends(number)]) -> None: ...

    assert await _run(handler, {number: lambda: 1}) == {"a": 1}


async def test_an_override_replaces_a_dependency_of_a_dependency() -> None:
    async def eight() -> int:
        return 8

    async def handler(b: Annotated[int, Depends(doubled)]) -> None: ...

    assert await _run(handler, {number: eight}) == {"b": 16}


def test_a_plain_function_is_rejected() -> None:
    def blocks() -> int:
        return 1

    async def handler(a: Annotated[int, Depends(blocks)]) -> None: ...

    with pytest.raises(InjectionError, match="blocks must be `async def`"):
        build_plan(handler)


def test_a_parameter_without_a_source_is_rejected() -> None:
    async def greedy(unknown: int) -> int:
        return unknown

    async def handler(a: Annotated[int, Depends(greedy)]) -> None: ...

    with pytest.raises(InjectionError, match="greedy takes 'unknown'"):
        build_plan(handler)


async def test_a_handler_gets_the_shared_object_of_a_type_without_a_step() -> None:
    async def handler(day: Shared[date]) -> None: ...

    made = build_plan(handler)

    assert (made.constants, made.steps) == ((("day", date),), ())
    assert await _run(handler) == {"day": date(2026, 1, 31)}


async def test_a_dependency_gets_the_shared_object_of_a_type() -> None:
    async def year(day: Shared[date]) -> int:
        return day.year

    async def handler(a: Annotated[int, Depends(year)]) -> None: ...

    assert await _run(handler) == {"a": 2026}


async def test_an_override_replaces_a_shared_object_by_its_type() -> None:
    async def handler(day: Shared[date]) -> None: ...

    assert await _run(handler, {date: lambda: date(1999, 12, 31)}) == {"day": date(1999, 12, 31)}


async def test_without_immediate_dependencies_each_is_awaited() -> None:
    async def handler(day: Shared[date], caller: OptionalCaller) -> None: ...

    quick, plain = build_plan(handler), build_plan(handler, immediate=False)

    assert (len(quick.steps), len(plain.steps)) == (0, 2)
    assert await plain.run(_context(), None, None) == {"day": date(2026, 1, 31), "caller": None}
