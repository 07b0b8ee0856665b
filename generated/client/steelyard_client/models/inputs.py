# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: request bodies. Loaded at the first use, because no response needs it.

`...Dict` is an object as a dictionary. A whole body is passed with `**`: `client.items.create(**draft)`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, OpenEnum, Unset, unknown_members

from .auth import GrantType, Scope
from .common import Price
from .orders import Money
from .users import Role


class UserCreateDict(TypedDict):
    name: str
    email: str
    password: str
    age: NotRequired[int | None]
    bio: NotRequired[str | None]
    addresses: NotRequired[Sequence[AddressCreate | AddressCreateDict]]


class AddressCreateDict(TypedDict):
    street: str
    city: str
    zip_code: str
    label: NotRequired[str | None]
    country: NotRequired[str]
    is_default: NotRequired[bool]


class ChangePasswordDict(TypedDict):
    current_password: str
    new_password: str


class UserUpdateDict(TypedDict):
    name: str
    email: str
    age: NotRequired[int | None]
    bio: NotRequired[str | None]


class UserAccessDict(TypedDict):
    role: Role | Literal["user", "support", "admin"]
    is_active: bool


class IdentityLinkCodeDict(TypedDict):
    client_id: str
    code: str
    redirect_uri: str
    code_verifier: str


class IdentityLinkStartDict(TypedDict):
    provider: str
    client_id: str
    redirect_uri: str
    code_challenge: str
    state: NotRequired[str]


class TokenRequestDict(TypedDict):
    grant_type: NotRequired[GrantType | Literal["password", "refresh_token", "authorization_code"]]
    username: NotRequired[str]
    password: NotRequired[str]
    refresh_token: NotRequired[str]
    scope: NotRequired[str]
    client_id: NotRequired[str]
    code: NotRequired[str]
    redirect_uri: NotRequired[str]
    code_verifier: NotRequired[str]
    client_secret: NotRequired[str]


class ApiKeyCreateDict(TypedDict):
    name: str
    scopes: Sequence[
        Scope
        | Literal[
            "account:read",
            "account:write",
            "items:write",
            "orders:read",
            "orders:write",
            "sales:write",
            "events:read",
            "webhooks:manage",
            "users:read",
            "users:write",
            "promotions:manage",
        ]
    ]
    expires_at: NotRequired[datetime.datetime | None]


class EmailVerificationDict(TypedDict):
    token: str


class PasswordResetRequestDict(TypedDict):
    email: str


class PasswordResetDict(TypedDict):
    token: str
    new_password: str


class ItemCreateDict(TypedDict):
    title: str
    price: Price | PriceDict
    sku: NotRequired[str]
    description: NotRequired[str]
    category: NotRequired[str]
    tags: NotRequired[Sequence[str]]
    image_urls: NotRequired[Sequence[str]]
    status: NotRequired[ItemStatusInput | Literal["draft", "active"]]
    on_hand: NotRequired[int]


class PriceDict(TypedDict):
    amount: int
    currency: str


class ItemPatchDict(TypedDict):
    title: NotRequired[str]
    price: NotRequired[Price | PriceDict]
    sku: NotRequired[str | None]
    description: NotRequired[str]
    category: NotRequired[str | None]
    tags: NotRequired[Sequence[str]]
    image_urls: NotRequired[Sequence[str]]
    status: NotRequired[ItemStatusInput | Literal["draft", "active"]]


class StockMovementCreateDict(TypedDict):
    delta: int
    reason: RecordableReason | Literal["received", "correction", "damage", "customer_return"]
    note: NotRequired[str]
    expected_on_hand: NotRequired[int]


class SingleItemOrderDict(TypedDict):
    product_id: int
    quantity: int
    discount_code: NotRequired[str | None]
    shipping_address_id: NotRequired[int]
    shipping_address: NotRequired[ShippingAddressCreate | ShippingAddressCreateDict]
    expected_total: NotRequired[Money | MoneyDict]


class ShippingAddressCreateDict(TypedDict):
    name: str
    street: str
    city: str
    zip_code: str
    country: NotRequired[str]


class MoneyDict(TypedDict):
    amount: int
    currency: str


class BasketOrderDict(TypedDict):
    lines: Sequence[BasketLine | BasketLineDict]
    discount_code: NotRequired[str | None]
    shipping_address_id: NotRequired[int]
    shipping_address: NotRequired[ShippingAddressCreate | ShippingAddressCreateDict]
    expected_total: NotRequired[Money | MoneyDict]


class BasketLineDict(TypedDict):
    product_id: int
    quantity: int


class CancelOrderDict(TypedDict):
    reason: str
    reference: NotRequired[str]


class AddressCreate(Model):
    """A new or changed address."""

    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    zip_code: str
    """Postal code; five digits or ZIP+4 in the US."""
    label: str | None | Unset
    """Your name for the address."""
    country: str | Unset
    """ISO 3166-1 alpha-2 code."""
    is_default: bool | Unset
    """Whether orders without an address go here. An account has at most one default address: a new default replaces the old one, and of several in one request the last one wins."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        street: str,
        city: str,
        zip_code: str,
        label: str | None | Unset = UNSET,
        country: str | Unset = UNSET,
        is_default: bool | Unset = UNSET,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.street = data["street"]
        self.city = data["city"]
        self.zip_code = data["zip_code"]
        self.label = data.get("label", UNSET)
        self.country = data.get("country", UNSET)
        self.is_default = data.get("is_default", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self


class UserSort(OpenEnum):
    """`-` means descending; the id breaks ties."""

    ID = "id"
    CREATED_AT_DESCENDING = "-created_at"


class ItemStatusInput(OpenEnum):
    """The statuses that an owner can set. To archive an item, delete it."""

    DRAFT = "draft"
    ACTIVE = "active"


class ItemSort(OpenEnum):
    """`-` means descending; the id breaks ties."""

    CREATED_AT_DESCENDING = "-created_at"
    CREATED_AT = "created_at"
    PRICE = "price"
    PRICE_DESCENDING = "-price"
    TITLE = "title"
    TITLE_DESCENDING = "-title"


class RecordableReason(OpenEnum):
    """The reasons that an owner can record. Steelyard records the changes that orders make."""

    RECEIVED = "received"
    CORRECTION = "correction"
    DAMAGE = "damage"
    CUSTOMER_RETURN = "customer_return"


class ShippingAddressCreate(Model):
    """The shipping address of this order. It is not added to your stored addresses."""

    name: str
    """The name of the recipient."""
    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    zip_code: str
    """Postal code; five digits or ZIP+4 in the US."""
    country: str | Unset
    """ISO 3166-1 alpha-2 code."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, name: str, street: str, city: str, zip_code: str, country: str | Unset = UNSET) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.name = data["name"]
        self.street = data["street"]
        self.city = data["city"]
        self.zip_code = data["zip_code"]
        self.country = data.get("country", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self


class BasketLine(Model):
    """One item of a basket."""

    product_id: int
    """The `id` of the item."""
    quantity: int
    """The number of units."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, product_id: int, quantity: int) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.product_id = data["product_id"]
        self.quantity = data["quantity"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class OrderRole(OpenEnum):
    """`buyer`: orders that you placed. `seller`: orders that you received. `all`: every order of the marketplace, for staff."""

    BUYER = "buyer"
    SELLER = "seller"
    ALL = "all"


class OrderSort(OpenEnum):
    """`-` means descending; the id breaks ties."""

    CREATED_AT_DESCENDING = "-created_at"
    CREATED_AT = "created_at"
