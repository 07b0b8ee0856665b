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
    """The first true value of the condition. Raises TimeoutError if there is none within the time."""
    async with asyncio.timeout(within_s):
        while True:
            value = condition()
            if value := (await value if isawaitable(value) else value):
                return value
            await asyncio.sleep(0.02)  # style: sleep, the interval of polling
