"""The client's network as handlers get it."""

from typing import Annotated

from fastapi import Depends

from steelyard.contract.dependencies import immediate
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.http.forwarded import client_network


def _network(context: RequestContext) -> str:
    return client_network(context.address)


ClientNetwork = Annotated[str, Depends(immediate(_network))]
