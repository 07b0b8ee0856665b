"""The client's network as handlers receive it."""

from typing import Annotated

from fastapi import Depends

from steelyard.contract.addresses import client_network
from steelyard.contract.exchange import Exchange


async def _network(exchange: Exchange) -> str:
    return client_network(exchange.address)


Network = Annotated[str, Depends(_network)]
