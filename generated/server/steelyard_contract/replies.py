# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""A class for each success answer: `r.CreateOrder201(...)`."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from steelyard_contract import models as m
from steelyard_contract.base import Reply as Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsers200(Reply):
    """A page of accounts."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.UserPage
    link: Annotated[str | None, "Link"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUser201(Reply):
    """The new account."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User
    location: Annotated[str, "Location"]
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCurrentUser200(Reply):
    """You."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword204(Reply):
    """Changed."""

    STATUS: ClassVar[int] = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUser200(Reply):
    """The account, in full or public."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.UserView
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateUser200(Reply):
    """The account as it is now."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteUser204(Reply):
    """Deleted."""

    STATUS: ClassVar[int] = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUserAccess200(Reply):
    """The account as it is now."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAddress201(Reply):
    """The new address."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Address
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAddress200(Reply):
    """The address as it is now."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Address
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAddress204(Reply):
    """Removed."""

    STATUS: ClassVar[int] = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken200(Reply):
    """A token for 30 minutes."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Token
    cache_control: Annotated[Literal["no-store"], "Cache-Control"] = "no-store"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCurrentCredential204(Reply):
    """Logged out."""

    STATUS: ClassVar[int] = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCredential204(Reply):
    """Ended."""

    STATUS: ClassVar[int] = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItems200(Reply):
    """A page of items."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.ItemPage
    link: Annotated[str | None, "Link"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateItem201(Reply):
    """The new item."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Item
    location: Annotated[str, "Location"]
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetItem200(Reply):
    """The item."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Item
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteItem204(Reply):
    """It is archived."""

    STATUS: ClassVar[int] = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateItem200(Reply):
    """The changed item."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Item
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStockMovements200(Reply):
    """A page of stock movements."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.StockMovementPage
    link: Annotated[str | None, "Link"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStockMovement201(Reply):
    """The recorded movement."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.StockMovement


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteOrder200(Reply):
    """The priced order."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrders200(Reply):
    """A page of orders."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.OrderSummaryPage
    link: Annotated[str | None, "Link"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder201(Reply):
    """The new order."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Order
    location: Annotated[str, "Location"]
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetOrder200(Reply):
    """The order."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Order
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder200(Reply):
    """The cancelled order."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Order
    etag: Annotated[str, "ETag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRoot200(Reply):
    """Hello."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Root


@dataclass(frozen=True, slots=True, kw_only=True)
class GetHealth200(Reply):
    """Serving."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Health


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPublicData200(Reply):
    """The rules."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.PublicData
    cache_control: Annotated[Literal["public, max-age=300"], "Cache-Control"] = "public, max-age=300"
