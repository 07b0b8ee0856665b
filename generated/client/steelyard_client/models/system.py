# Written by `python -m codegen generate` from openapi/ 1.1.0: never edit.
"""Objects and enumerations of the contract: what operations of the tag `system` answer with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members

from .common import PaymentProvider


class Root(Model):
    """A greeting, and where to go from here."""

    __slots__ = ("message", "version", "links")

    message: Literal["What is promised is what is delivered."]
    """What this project is about."""
    version: str
    """The version of the contract, `info.version` of this document."""
    links: RootLinks
    """Addresses on this server."""

    def __init__(
        self,
        *,
        message: Literal["What is promised is what is delivered."] = "What is promised is what is delivered.",
        version: str,
        links: RootLinks,
    ) -> None:
        self.message = message
        self.version = version
        self.links = links
        self.extra: dict[str, Any] = {}

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

    __slots__ = ("docs", "redoc", "openapi", "health", "items", "token")

    docs: str | None
    """The contract to try out (Swagger UI); null where the pages are switched off."""
    redoc: str | None
    """The contract to read; null where the pages are switched off."""
    openapi: str
    """The contract for machines."""
    health: str
    """How the server is doing."""
    items: str
    """The catalogue."""
    token: str
    """Where to log in."""

    def __init__(
        self,
        *,
        docs: str | None,
        redoc: str | None,
        openapi: str,
        health: str,
        items: str,
        token: str,
    ) -> None:
        self.docs = docs
        self.redoc = redoc
        self.openapi = openapi
        self.health = health
        self.items = items
        self.token = token
        self.extra: dict[str, Any] = {}

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
    """The state of a server that serves. One that does not is a 503 `not-ready`."""

    __slots__ = ("status", "version", "components")

    status: HealthStatus
    """`degraded`: it serves, but something needs looking at."""
    version: str
    """The version of the contract, `info.version` of this document."""
    components: HealthComponents
    """What the server needs, part by part."""

    def __init__(
        self,
        *,
        status: HealthStatus,
        version: str,
        components: HealthComponents,
    ) -> None:
        self.status = status
        self.version = version
        self.components = components
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = HealthStatus.of(data["status"])
        self.version = data["version"]
        self.components = HealthComponents.from_dict(data["components"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class HealthStatus(OpenEnum):
    """`degraded`: it serves, but something needs looking at.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    OK = "ok"
    DEGRADED = "degraded"


class HealthComponents(Model):
    """What the server needs, part by part."""

    __slots__ = ("database", "jobs", "cache")

    database: ComponentHealth
    """Where everything is stored."""
    jobs: ComponentHealth
    """The work that is done after an answer, such as mails; degraded when it lags behind or some of it was given up."""
    cache: ComponentHealth | None
    """The store of rate limits that several servers share; null where there is none."""

    def __init__(
        self,
        *,
        database: ComponentHealth,
        jobs: ComponentHealth,
        cache: ComponentHealth | None,
    ) -> None:
        self.database = database
        self.jobs = jobs
        self.cache = cache
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.database = ComponentHealth.from_dict(data["database"])
        self.jobs = ComponentHealth.from_dict(data["jobs"])
        self.cache = None if data["cache"] is None else ComponentHealth.from_dict(data["cache"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class ComponentHealth(Model):
    """One part and its state."""

    __slots__ = ("status", "latency_ms")

    status: ComponentStatus
    """The state of one part."""
    latency_ms: int | None
    """How long it took to answer, in milliseconds; null when it did not, or was not asked."""

    def __init__(
        self,
        *,
        status: ComponentStatus,
        latency_ms: int | None,
    ) -> None:
        self.status = status
        self.latency_ms = latency_ms
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = ComponentStatus.of(data["status"])
        self.latency_ms = data["latency_ms"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class ComponentStatus(OpenEnum):
    """The state of one part.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class PublicData(Model):
    """The rules of this marketplace, so that no front end has to hard-code them."""

    __slots__ = ("currency", "tax_rate_bps", "order_limits", "reservation_seconds", "payment_provider", "categories")

    currency: str
    """The one currency of every price and order."""
    tax_rate_bps: int
    """Tax on top of prices, in hundredths of a percent; 1900 are 19 %."""
    order_limits: OrderLimits
    """How much one order may hold."""
    reservation_seconds: int
    """How long an order that is not paid keeps its stock."""
    payment_provider: PaymentProvider
    """`manual`: paid outside of Steelyard, recorded by the seller. `sandbox`: pretended, for trying things out."""
    categories: list[CategoryCount]
    """Categories that have items on sale, the fullest first; at most a hundred."""

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
        self.currency = currency
        self.tax_rate_bps = tax_rate_bps
        self.order_limits = order_limits
        self.reservation_seconds = reservation_seconds
        self.payment_provider = payment_provider
        self.categories = categories
        self.extra: dict[str, Any] = {}

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
    """How much one order may hold."""

    __slots__ = ("lines", "quantity", "bulk_threshold")

    lines: int
    """The most lines of an order."""
    quantity: int
    """The most units of a line."""
    bulk_threshold: int
    """Orders of more units than this need a discount code."""

    def __init__(
        self,
        *,
        lines: int,
        quantity: int,
        bulk_threshold: int,
    ) -> None:
        self.lines = lines
        self.quantity = quantity
        self.bulk_threshold = bulk_threshold
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.lines = data["lines"]
        self.quantity = data["quantity"]
        self.bulk_threshold = data["bulk_threshold"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class CategoryCount(Model):
    """A category and what is in it."""

    __slots__ = ("slug", "items")

    slug: str
    """The category, as `category` of listItems takes it."""
    items: int
    """How many items are on sale in it."""

    def __init__(
        self,
        *,
        slug: str,
        items: int,
    ) -> None:
        self.slug = slug
        self.items = items
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.slug = data["slug"]
        self.items = data["items"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
