"""What a handler may ask for beside the contract's parameters and body."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends

from steelyard.contract.access.caller import Principal
from steelyard.contract.execution.context import Exchange
from steelyard.db import transaction as work

Kind = TypeVar("Kind")


def ready(get: Callable[[Exchange], Kind]) -> Callable[[Exchange], Awaitable[Kind]]:
    """A dependency whose value is there at once. The planner calls `get` itself and spares the request a coroutine."""

    async def provide(exchange: Exchange) -> Kind:
        return get(exchange)

    provide.at_once = get  # type: ignore[attr-defined]  # functions may carry what is known about them
    return provide


def resource(kind: type[Kind]) -> Callable[[Exchange], Awaitable[Kind]]:
    """A dependency on the application's only object of that type, as `create_app` made it."""

    def get(exchange: Exchange) -> Kind:
        found: Kind = exchange.resources[kind]
        return found

    provide = ready(get)
    provide.resource = kind  # type: ignore[attr-defined]  # the same for every request, so the planner takes it once
    return provide


def _caller(exchange: Exchange) -> Principal:
    if exchange.caller is None:
        raise RuntimeError(f"{exchange.operation_id} admits anonymous callers: its handler must take Anyone, not Caller")
    return exchange.caller


def _anyone(exchange: Exchange) -> Principal | None:
    return exchange.caller


transaction = ready(Exchange.begin)
read_only = ready(Exchange.read)
caller = ready(_caller)
anyone = ready(_anyone)

# Everything written in it is committed before a byte of the answer is sent, or not at all.
Transaction = Annotated[work.Transaction, Depends(transaction)]
# Single reads without a transaction.
ReadOnly = Annotated[work.ReadOnly, Depends(read_only)]
# Whose credential came with the request; only for operations that the contract secures.
Caller = Annotated[Principal, Depends(caller)]
# The caller, or nobody where the contract makes the credential optional.
Anyone = Annotated[Principal | None, Depends(anyone)]
