"""Waiting for a condition instead of for a time."""

import asyncio
from collections.abc import Callable, Coroutine
from inspect import isawaitable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def until(condition: Callable[[], Coroutine[Any, Any, T | None]], within_s: float = 10) -> T: ...
@overload
async def until(condition: Callable[[], T | None], within_s: float = 10) -> T: ...
async def until(condition: Callable[[], Any], within_s: float = 10) -> Any:
    """What the condition answers once that is true; a TimeoutError when it does not become so."""
    async with asyncio.timeout(within_s):
        while True:
            found = condition()
            if answer := (await found if isawaitable(found) else found):
                return answer
            await asyncio.sleep(0.02)  # style: sleep, between two looks
