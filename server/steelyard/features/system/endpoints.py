"""The server about itself, over HTTP: one coroutine per operationId."""

from typing import Annotated

from fastapi import Depends

from steelyard.contract.dependencies import ReadOnly, resource
from steelyard.contract.document import Document
from steelyard.features.system import health, queries
from steelyard.settings import Settings
from steelyard_contract import models as m
from steelyard_contract import replies as r

Configured = Annotated[Settings, Depends(resource(Settings))]
Contract = Annotated[Document, Depends(resource(Document))]


async def get_root(settings: Configured, contract: Contract) -> m.Root:
    """Where everything else is."""
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


async def get_health(db: ReadOnly, checkup: health.Health) -> m.Health:
    """200 means: send requests."""
    return await checkup.run(db)


async def get_public_data(db: ReadOnly, settings: Configured, contract: Contract) -> r.GetPublicData200:
    """The rules that front ends need."""
    counted = await db.all(queries.list_categories)
    return r.GetPublicData200(
        body=m.PublicData.model_construct(
            currency=settings.currency,
            tax_rate_bps=settings.tax_rate_bps,
            order_limits=m.OrderLimits.model_construct(
                # The contract is what refuses more, so it is what is told.
                lines=contract.get("/components/schemas/BasketOrder/properties/lines/maxItems"),
                quantity=contract.get("/components/schemas/SingleItemOrder/properties/quantity/maximum"),
                bulk_threshold=contract.get("/components/schemas/SingleItemOrder/if/properties/quantity/exclusiveMinimum"),
            ),
            reservation_seconds=settings.reservation_seconds,
            payment_provider=m.PaymentProvider(settings.payments),
            categories=[m.CategoryCount.model_construct(slug=row.category, items=row.amount) for row in counted],
        )
    )
