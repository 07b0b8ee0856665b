"""The rules that front ends need, as every page of a front end reads them."""

from collections.abc import Callable
from functools import partial

from steelyard.contract.response.encoder import encode
from steelyard.db.single_flight import SingleFlight
from steelyard.db.transaction import ReadOnly
from steelyard.features.system import queries
from steelyard.settings import Settings
from steelyard_contract import bounds
from steelyard_contract import models as m
from steelyard_contract import responses as r

# With the five minutes that its `max-age` grants to caches, these are the six minutes of the contract.
_KEPT_S = 60


class PublicDataCache:
    """The public data of this process, read at most once a minute: counting the items of each category reads all of them."""

    def __init__(self, settings: Settings, stopwatch: Callable[[], float]) -> None:
        self._settings = settings
        self._stopwatch = stopwatch
        self._flights: SingleFlight[str, r.Encoded[m.PublicData]] = SingleFlight()
        self._kept: r.Encoded[m.PublicData] | None = None
        self._stale_at = 0.0

    async def get(self, db: ReadOnly) -> r.Encoded[m.PublicData]:
        """Return the JSON; callers that come while it is read share that read."""
        if self._kept is not None and self._stopwatch() < self._stale_at:
            return self._kept
        return await self._flights.join("public data", partial(self._read, db))

    async def _read(self, db: ReadOnly) -> r.Encoded[m.PublicData]:
        stale_at, counted = self._stopwatch() + _KEPT_S, await db.all(queries.list_categories)
        settings = self._settings
        self._kept = encode(
            m.PublicData.model_construct(
                currency=settings.currency,
                tax_rate_bps=settings.tax_rate_bps,
                order_limits=m.OrderLimits.model_construct(
                    lines=bounds.MAX_LINES, quantity=bounds.MAX_LINE_QUANTITY, bulk_threshold=bounds.BULK_THRESHOLD
                ),
                reservation_seconds=settings.reservation_seconds,
                payment_provider=m.PaymentProvider(settings.payments),
                categories=[m.CategoryCount.model_construct(slug=row.category, items=row.amount) for row in counted],
            )
        )
        self._stale_at = stale_at
        return self._kept
