"""What a handler may ask for beside the contract's parameters and body."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends

from steelyard.contract.exchange import Exchange
from steelyard.contract.principal import Principal
from steelyard.db import work

Kind = TypeVar("Kind")


async def transaction(exchange: Exchange) -> work.Transaction:
    """Everything written in it is committed before a byte of the answer is sent, or not at all."""
    return exchange.begin()


async def read_only(exchange: Exchange) -> work.ReadOnly:
    """Single reads without a transaction."""
    return exchange.read()


async def caller(exchange: Exchange) -> Principal:
    """Whose credential came with the request; only for operations that the contract secures."""
    if exchange.caller is None:
        raise RuntimeError(f"{exchange.operation_id} admits anonymous callers: its handler must take Anyone, not Caller")
    return exchange.caller


async def anyone(exchange: Exchange) -> Principal | None:
    """The caller, or nobody where the contract makes the credential optional."""
    return exchange.caller


def resource(kind: type[Kind]) -> Callable[[Exchange], Awaitable[Kind]]:
    """A dependency on the application's only object of that type, as `create_app` made it."""

    async def provide(exchange: Exchange) -> Kind:
        found: Kind = exchange.resources[kind]
        return found

    return provide


Transaction = Annotated[work.Transaction, Depends(transaction)]
ReadOnly = Annotated[work.ReadOnly, Depends(read_only)]
Caller = Annotated[Principal, Depends(caller)]
Anyone = Annotated[Principal | None, Depends(anyone)]
