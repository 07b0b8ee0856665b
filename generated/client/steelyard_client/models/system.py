# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: responses of the tag `system`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members

from .common import PaymentProvider


class Root(Model):
    """A greeting with links."""

    message: Literal["What is promised is what is delivered."]
    """The greeting."""
    version: str
    """The version of the contract, `info.version` of this document."""
    links: RootLinks
    """Addresses on this server."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        message: Literal["What is promised is what is delivered."] = "What is promised is what is delivered.",
        version: str,
        links: RootLinks,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.message = data["message"]
        self.version = data["version"]
        self.links = RootLinks.from_dict(data["links"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class RootLinks(Model):
    """Addresses on this server."""

    docs: str | None
    """The contract in Swagger UI; null where the pages are switched off."""
    redoc: str | None
    """The contract in ReDoc; null where the pages are switched off."""
    openapi: str
    """The contract as JSON."""
    health: str
    """The health of the server."""
    items: str
    """The catalogue."""
    token: str
    """The address of issueToken."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, docs: str | None, redoc: str | None, openapi: str, health: str, items: str, token: str) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.docs = data["docs"]
        self.redoc = data["redoc"]
        self.openapi = data["openapi"]
        self.health = data["health"]
        self.items = data["items"]
        self.token = data["token"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self


class Health(Model):
    """The health of a server that takes requests. A server that does not returns a 503 `not-ready`."""

    status: HealthStatus
    """`ok`: everything works. `degraded`: the server takes requests, but an operator should look at it."""
    version: str
    """The version of the contract, `info.version` of this document."""
    components: HealthComponents
    """The components that the server needs."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, status: HealthStatus, version: str, components: HealthComponents) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = HealthStatus.of(data["status"])
        self.version = data["version"]
        self.components = HealthComponents.from_dict(data["components"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class HealthStatus(OpenEnum):
    """`ok`: everything works. `degraded`: the server takes requests, but an operator should look at it."""

    OK = "ok"
    DEGRADED = "degraded"


class HealthComponents(Model):
    """The components that the server needs."""

    database: ComponentHealth
    """The database."""
    jobs: ComponentHealth
    """Background jobs, such as mails; degraded when they are late or some have failed permanently."""
    cache: ComponentHealth | None
    """The store of rate limits that several servers share; null if there is none."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, database: ComponentHealth, jobs: ComponentHealth, cache: ComponentHealth | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.database = ComponentHealth.from_dict(data["database"])
        self.jobs = ComponentHealth.from_dict(data["jobs"])
        self.cache = None if data["cache"] is None else ComponentHealth.from_dict(data["cache"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class ComponentHealth(Model):
    """A component and its state."""

    status: ComponentStatus
    """The state of a component."""
    latency_ms: int | None
    """The response time of the component in milliseconds; null if it did not respond or was not checked."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, status: ComponentStatus, latency_ms: int | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = ComponentStatus.of(data["status"])
        self.latency_ms = data["latency_ms"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class ComponentStatus(OpenEnum):
    """The state of a component."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class PublicData(Model):
    """The rules of this marketplace, so that no front end has to hard-code them."""

    currency: str
    """The currency of all prices and orders."""
    tax_rate_bps: int
    """The tax rate, added to prices, in hundredths of a percent; 1900 is 19 %."""
    order_limits: OrderLimits
    """The limits of one order."""
    reservation_seconds: int
    """How long an unpaid order reserves its stock."""
    payment_provider: PaymentProvider
    """`manual`: paid outside of Steelyard and recorded by the seller. `sandbox`: simulated payments, for tests."""
    categories: list[CategoryCount]
    """Up to 100 categories that have items on sale, the largest first."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        currency: str,
        tax_rate_bps: int,
        order_limits: OrderLimits,
        reservation_seconds: int,
        payment_provider: PaymentProvider,
        categories: list[CategoryCount],
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.currency = data["currency"]
        self.tax_rate_bps = data["tax_rate_bps"]
        self.order_limits = OrderLimits.from_dict(data["order_limits"])
        self.reservation_seconds = data["reservation_seconds"]
        self.payment_provider = PaymentProvider.of(data["payment_provider"])
        self.categories = [CategoryCount.from_dict(value) for value in data["categories"]]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self


class OrderLimits(Model):
    """The limits of one order."""

    lines: int
    """The maximum number of lines."""
    quantity: int
    """The maximum number of units in a line."""
    bulk_threshold: int
    """Orders of more units than this need a discount code."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, lines: int, quantity: int, bulk_threshold: int) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.lines = data["lines"]
        self.quantity = data["quantity"]
        self.bulk_threshold = data["bulk_threshold"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class CategoryCount(Model):
    """A category and its number of items."""

    slug: str
    """The category, as in the parameter `category` of listItems."""
    items: int
    """The number of items on sale."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, slug: str, items: int) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.slug = data["slug"]
        self.items = data["items"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
