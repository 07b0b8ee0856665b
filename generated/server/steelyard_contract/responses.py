# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""A class for each successful response: `r.CreateOrder201(...)`."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from steelyard_contract import models as m
from steelyard_contract.base import Encoded as Encoded
from steelyard_contract.base import Response as Response
from steelyard_contract.base import StreamEvent as StreamEvent


@dataclass(slots=True, kw_only=True)
class ListUsers200(Response):
    """A page of accounts."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.UserPage | Encoded[m.UserPage]
    link: Annotated[str | None, "Link"] = None


@dataclass(slots=True, kw_only=True)
class CreateUser201(Response):
    """The new account."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User | Encoded[m.User]
    location: Annotated[str, "Location"]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class GetCurrentUser200(Response):
    """Your account."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User | Encoded[m.User]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class ChangePassword204(Response):
    """Changed."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class GetUser200(Response):
    """The account, full or public."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.UserView | Encoded[m.UserView]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class UpdateUser200(Response):
    """The changed account."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User | Encoded[m.User]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class DeleteUser204(Response):
    """Deleted."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class SetUserAccess200(Response):
    """The changed account."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.User | Encoded[m.User]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class ListIdentities200(Response):
    """All of them."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.IdentityList | Encoded[m.IdentityList]


@dataclass(slots=True, kw_only=True)
class FinishIdentityLink201(Response):
    """The linked identity."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Identity | Encoded[m.Identity]


@dataclass(slots=True, kw_only=True)
class DeleteIdentity204(Response):
    """Removed."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class StartIdentityLink200(Response):
    """Where the browser continues."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.IdentityLink | Encoded[m.IdentityLink]
    cache_control: Annotated[Literal["no-store"], "Cache-Control"] = "no-store"


@dataclass(slots=True, kw_only=True)
class CreateAddress201(Response):
    """The new address."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Address | Encoded[m.Address]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class UpdateAddress200(Response):
    """The changed address."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Address | Encoded[m.Address]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class DeleteAddress204(Response):
    """Removed."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class IssueToken200(Response):
    """A token that is valid for 30 minutes."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Token | Encoded[m.Token]
    cache_control: Annotated[Literal["no-store"], "Cache-Control"] = "no-store"


@dataclass(slots=True, kw_only=True)
class ListCredentials200(Response):
    """A page of credentials."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.CredentialPage | Encoded[m.CredentialPage]
    link: Annotated[str | None, "Link"] = None


@dataclass(slots=True, kw_only=True)
class CreateApiKey201(Response):
    """The new key, with its secret."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.ApiKeyCreated | Encoded[m.ApiKeyCreated]
    cache_control: Annotated[Literal["no-store"], "Cache-Control"] = "no-store"


@dataclass(slots=True, kw_only=True)
class GetAuthorizationServer200(Response):
    """The metadata."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.AuthorizationServer | Encoded[m.AuthorizationServer]
    cache_control: Annotated[Literal["public, max-age=300"], "Cache-Control"] = "public, max-age=300"


@dataclass(slots=True, kw_only=True)
class ListLoginProviders200(Response):
    """The providers; an empty list if there are none."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.LoginProviders | Encoded[m.LoginProviders]


@dataclass(slots=True, kw_only=True)
class Authorize303(Response):
    """To the provider, to the page where the user chooses one, or to the client with an error."""

    STATUS: ClassVar[int] = 303
    location: Annotated[str, "Location"]
    set_cookie: Annotated[str, "Set-Cookie"]


@dataclass(slots=True, kw_only=True)
class ReceiveLogin303(Response):
    """To the client, with a code or an error."""

    STATUS: ClassVar[int] = 303
    location: Annotated[str, "Location"]


@dataclass(slots=True, kw_only=True)
class RevokeCurrentCredential204(Response):
    """Logged out."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class RevokeCredential204(Response):
    """Revoked."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class RequestEmailVerification202(Response):
    """A mail will be sent."""

    STATUS: ClassVar[int] = 202


@dataclass(slots=True, kw_only=True)
class ConfirmEmailVerification204(Response):
    """The address is verified."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class RequestPasswordReset202(Response):
    """A mail will be sent, if there is such an account."""

    STATUS: ClassVar[int] = 202


@dataclass(slots=True, kw_only=True)
class ConfirmPasswordReset204(Response):
    """The new password is set."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class ListItems200(Response):
    """A page of items."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.ItemPage | Encoded[m.ItemPage]
    link: Annotated[str | None, "Link"] = None


@dataclass(slots=True, kw_only=True)
class CreateItem201(Response):
    """The new item."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Item | Encoded[m.Item]
    location: Annotated[str, "Location"]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class GetItem200(Response):
    """The item."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Item | Encoded[m.Item]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class DeleteItem204(Response):
    """Archived."""

    STATUS: ClassVar[int] = 204


@dataclass(slots=True, kw_only=True)
class UpdateItem200(Response):
    """The changed item."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Item | Encoded[m.Item]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class ListStockMovements200(Response):
    """A page of stock movements."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.StockMovementPage | Encoded[m.StockMovementPage]
    link: Annotated[str | None, "Link"] = None


@dataclass(slots=True, kw_only=True)
class RecordStockMovement201(Response):
    """The recorded movement."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.StockMovement | Encoded[m.StockMovement]


@dataclass(slots=True, kw_only=True)
class QuoteOrder200(Response):
    """The priced order."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Quote | Encoded[m.Quote]


@dataclass(slots=True, kw_only=True)
class ListOrders200(Response):
    """A page of orders."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.OrderSummaryPage | Encoded[m.OrderSummaryPage]
    link: Annotated[str | None, "Link"] = None


@dataclass(slots=True, kw_only=True)
class CreateOrder201(Response):
    """The new order."""

    STATUS: ClassVar[int] = 201
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Order | Encoded[m.Order]
    location: Annotated[str, "Location"]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class GetOrder200(Response):
    """The order."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Order | Encoded[m.Order]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class CancelOrder200(Response):
    """The cancelled order."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Order | Encoded[m.Order]
    etag: Annotated[str, "ETag"]


@dataclass(slots=True, kw_only=True)
class GetRoot200(Response):
    """A greeting with links."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Root | Encoded[m.Root]


@dataclass(slots=True, kw_only=True)
class GetHealth200(Response):
    """The server takes requests."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.Health | Encoded[m.Health]


@dataclass(slots=True, kw_only=True)
class GetPublicData200(Response):
    """The rules."""

    STATUS: ClassVar[int] = 200
    MEDIA: ClassVar[str | None] = "application/json"
    body: m.PublicData | Encoded[m.PublicData]
    cache_control: Annotated[Literal["public, max-age=300"], "Cache-Control"] = "public, max-age=300"
