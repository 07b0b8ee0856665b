"""What a handler may take beside the contract's parameters and body."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Annotated, TypeVar

from fastapi import Depends

from steelyard.contract.access.caller import Caller
from steelyard.contract.execution.context import RequestContext
from steelyard.db import transaction as work

T = TypeVar("T")


def immediate(get: Callable[[RequestContext], T]) -> Callable[[RequestContext], Awaitable[T]]:
    """A dependency that needs no waiting: the planner calls `get` directly, which saves a coroutine per request."""

    async def provide(context: RequestContext) -> T:
        return get(context)

    provide.immediate = get  # type: ignore[attr-defined]  # read by the planner
    return provide


def _caller(context: RequestContext) -> Caller:
    if context.caller is None:
        raise RuntimeError(f"{context.operation_id} admits anonymous callers: its handler must take OptionalCaller, not CurrentCaller")
    return context.caller


def _optional_caller(context: RequestContext) -> Caller | None:
    return context.caller


def _pause(context: RequestContext) -> Callable[[], AbstractContextManager[None]]:
    return context.deadline.paused


transaction = immediate(RequestContext.transaction)
read_only = immediate(RequestContext.read)
pause = immediate(_pause)
current_caller = immediate(_caller)
optional_caller = immediate(_optional_caller)

# The application's only object of that type, as `create_app` made it: `Shared[Settings]`.
Shared = Annotated[T, Depends()]
# Everything written in it is committed before the first byte of the response is sent, or not at all.
Transaction = Annotated[work.Transaction, Depends(transaction)]
# Single reads without a transaction.
ReadOnly = Annotated[work.ReadOnly, Depends(read_only)]
# `with pause():` around calls to other servers, which have another deadline: their time does not count for the request's.
Pause = Annotated[Callable[[], AbstractContextManager[None]], Depends(pause)]
# The owner of the credential; only for operations that the contract secures.
CurrentCaller = Annotated[Caller, Depends(current_caller)]
# The same, or None where the contract makes the credential optional.
OptionalCaller = Annotated[Caller | None, Depends(optional_caller)]
