"""Links to the parts of the API, and the rules that front ends need."""

from steelyard.contract.document import Document
from steelyard.db.transaction import ReadOnly
from steelyard.features.system.health import HealthCheck
from steelyard.features.system.public_data import PublicDataCache
from steelyard.settings import Settings
from steelyard_contract import models as m
from steelyard_contract import responses as r


def get_root(settings: Settings, contract: Document) -> m.Root:
    """Return the links to the other parts."""
    return m.Root.model_construct(
        message="What is promised is what is delivered.",
        version=contract.version,
        links=m.RootLinks.model_construct(
            docs="/docs" if settings.docs else None,
            redoc="/redoc" if settings.docs else None,
            openapi="/openapi.json",
            health="/health",
            items="/items",
            token="/token",  # noqa: S106  # a path
        ),
    )


async def get_health(db: ReadOnly, check: HealthCheck) -> r.Encoded[m.Health]:
    """Return the state of each component; raise NotReady while the server should get no requests."""
    return await check.run(db)


async def get_public_data(db: ReadOnly, cache: PublicDataCache) -> r.Encoded[m.PublicData]:
    """Return the rules that front ends need."""
    return await cache.get(db)
