# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: members of problems and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members


class Relation(OpenEnum):
    """The relation of a caller to a resource, or a role in the marketplace."""

    SELF = "self"
    OWNER = "owner"
    BUYER = "buyer"
    SELLER = "seller"
    SUPPORT = "support"
    ADMIN = "admin"


class HttpMethod(OpenEnum):
    """An HTTP method."""

    GET = "GET"
    HEAD = "HEAD"
    OPTIONS = "OPTIONS"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


class Shortage(Model):
    """An item with fewer available units than requested."""

    product_id: int
    """The `id` of the item."""
    requested: int
    """The number of requested units."""
    available: int
    """Units that were available at the time of the request."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, product_id: int, requested: int, available: int) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.product_id = data["product_id"]
        self.requested = data["requested"]
        self.available = data["available"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class Violation(Model):
    """A place where the request breaks the contract."""

    type: str
    """The kind of violation, for programs. Violations of a schema have Pydantic's names (`missing`, `extra_forbidden`, `string_too_long`, `greater_than_equal` ...). Other rules add `json_invalid`, `bulk_discount_required`, `duplicate_product`, `unknown_address`, `two_addresses`, `zero_delta`, `owner_locked`, `expires_in_the_past` and `password_too_common`."""
    loc: list[str | int]
    """The place: `body`, `path`, `query` or `header`, then names and indexes."""
    msg: str
    """The violation as a sentence. It never contains input."""
    pointer: str | None
    """JSON pointer into the body; null for a violation outside the body, or of the body as a whole."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, type: str, loc: list[str | int], msg: str, pointer: str | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.loc = data["loc"]
        self.msg = data["msg"]
        self.pointer = data["pointer"]
        self.extra = {} if len(data) == 4 else unknown_members(data, cls.NAMES)
        return self


class PromotionRefusal(OpenEnum):
    """Why a discount code cannot be used."""

    UNKNOWN = "unknown"
    INACTIVE = "inactive"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    EXHAUSTED = "exhausted"
    PER_USER_LIMIT = "per_user_limit"
    BELOW_MINIMUM = "below_minimum"
    NOT_FOR_THESE_ITEMS = "not_for_these_items"
