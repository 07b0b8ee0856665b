"""The client's network as handlers receive it."""

from typing import Annotated

from fastapi import Depends

from steelyard.contract.execution.context import RequestContext
from steelyard.contract.http.forwarded import client_network


async def _network(exchange: RequestContext) -> str:
    return client_network(exchange.address)


ClientNetwork = Annotated[str, Depends(_network)]
