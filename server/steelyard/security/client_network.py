"""The client's network as handlers receive it."""

from typing import Annotated

from fastapi import Depends

from steelyard.contract.execution.context import Exchange
from steelyard.contract.http.forwarded import client_network


async def _network(exchange: Exchange) -> str:
    return client_network(exchange.address)


Network = Annotated[str, Depends(_network)]
