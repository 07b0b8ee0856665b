"""The server about itself, over HTTP: one coroutine per operationId."""

from typing import Annotated

from fastapi import Depends

from steelyard.contract.dependencies import ReadOnly, resource
from steelyard.contract.document import Document
from steelyard.features.system import service
from steelyard.features.system.health import Health
from steelyard.settings import Settings
from steelyard_contract import models as m
from steelyard_contract import responses as r

Configured = Annotated[Settings, Depends(resource(Settings))]
Contract = Annotated[Document, Depends(resource(Document))]


async def get_root(settings: Configured, contract: Contract) -> m.Root:
    return service.get_root(settings, contract)


async def get_health(db: ReadOnly, check: Health) -> m.Health:
    return await service.get_health(db, check)


async def get_public_data(db: ReadOnly, settings: Configured) -> r.GetPublicData200:
    return r.GetPublicData200(body=await service.get_public_data(db, settings))
