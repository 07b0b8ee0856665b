"""The server itself over HTTP: one coroutine per operationId."""

from steelyard.contract.dependencies import ReadOnly, Shared
from steelyard.contract.document import Document
from steelyard.features.system import service
from steelyard.features.system.health import HealthCheck
from steelyard.features.system.public_data import PublicDataCache
from steelyard.settings import Settings
from steelyard_contract import models as m
from steelyard_contract import responses as r


async def get_root(settings: Shared[Settings], contract: Shared[Document]) -> m.Root:
    return service.get_root(settings, contract)


async def get_health(db: ReadOnly, check: Shared[HealthCheck]) -> r.Encoded[m.Health]:
    return await service.get_health(db, check)


async def get_public_data(db: ReadOnly, cache: Shared[PublicDataCache]) -> r.GetPublicData200:
    return r.GetPublicData200(body=await service.get_public_data(db, cache))
