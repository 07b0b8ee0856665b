"""What a handler may ask for beside the contract's parameters and body."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends

from steelyard.contract.access.caller import Caller
from steelyard.contract.execution.context import RequestContext
from steelyard.db import transaction as work

Kind = TypeVar("Kind")


def immediate(get: Callable[[RequestContext], Kind]) -> Callable[[RequestContext], Awaitable[Kind]]:
    """A dependency whose value is there at once. The planner calls `get` itself and spares the request a coroutine."""

    async def provide(context: RequestContext) -> Kind:
        return get(context)

    provide.immediate = get  # type: ignore[attr-defined]  # functions may carry what is known about them
    return provide


def resource(kind: type[Kind]) -> Callable[[RequestContext], Awaitable[Kind]]:
    """A dependency on the application's only object of that type, as `create_app` made it."""

    def get(context: RequestContext) -> Kind:
        found: Kind = context.shared[kind]
        return found

    provide = immediate(get)
    provide.resource = kind  # type: ignore[attr-defined]  # the same for every request, so the planner takes it once
    return provide


def _caller(context: RequestContext) -> Caller:
    if context.caller is None:
        raise RuntimeError(f"{context.operation_id} admits anonymous callers: its handler must take Anyone, not Caller")
    return context.caller


def _anyone(context: RequestContext) -> Caller | None:
    return context.caller


transaction = immediate(RequestContext.transaction)
read_only = immediate(RequestContext.read)
current_caller = immediate(_caller)
optional_caller = immediate(_anyone)

# Everything written in it is committed before a byte of the answer is sent, or not at all.
Transaction = Annotated[work.Transaction, Depends(transaction)]
# Single reads without a transaction.
ReadOnly = Annotated[work.ReadOnly, Depends(read_only)]
# Whose credential came with the request; only for operations that the contract secures.
CurrentCaller = Annotated[Caller, Depends(current_caller)]
# The caller, or nobody where the contract makes the credential optional.
OptionalCaller = Annotated[Caller | None, Depends(optional_caller)]
