# `nox -s generate`: never edit.
"""All exceptions of the SDK; one per problem type of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from steelyard_runtime.errors import (
    ApiDeprecation,
    ApiError,
    ClientClosed,
    ConnectionFailed,
    ContractMismatch,
    CredentialsMissing,
    LoginFailed,
    ProblemError,
    SignedOut,
    SteelyardError,
    TimedOut,
    UnexpectedAnswer,
    WrongEventLoop,
)
from steelyard_runtime.webhooks import BadSignature

from .models.auth import Scope
from .models.orders import Money, OrderStatus
from .models.problems import HttpMethod, PromotionRefusal, Relation, Shortage, Violation
from .models.system import HealthComponents

__all__ = (
    "AccountDisabled",
    "AddressNotFound",
    "AdminRequired",
    "ApiDeprecation",
    "ApiError",
    "BadSignature",
    "BodyTooLarge",
    "ClientClosed",
    "ConnectionFailed",
    "ContractMismatch",
    "CredentialNotFound",
    "CredentialsMissing",
    "CurrencyMismatch",
    "EmailAlreadyRegistered",
    "EmailNotVerified",
    "FreshLoginRequired",
    "IdempotencyInProgress",
    "IdempotencyKeyReused",
    "IdentityNotFound",
    "IdentityTaken",
    "InsufficientScope",
    "InsufficientStock",
    "InternalError",
    "InvalidClient",
    "InvalidCredentials",
    "InvalidCursor",
    "InvalidGrant",
    "InvalidMailToken",
    "InvalidRedirectUri",
    "InvalidRefreshToken",
    "InvalidToken",
    "ItemNotFound",
    "ItemUnavailable",
    "LastAdmin",
    "LastLoginMethod",
    "LimitReached",
    "LoginExpired",
    "LoginFailed",
    "MethodNotAllowed",
    "MixedSellers",
    "NoAuthorizationServer",
    "NotAcceptable",
    "NotAuthenticated",
    "NotFound",
    "NotPermitted",
    "NotReady",
    "OpenOrders",
    "OrderNotFound",
    "OrderStateConflict",
    "OwnItem",
    "PasswordIncorrect",
    "PreconditionFailed",
    "PriceChanged",
    "ProblemError",
    "PromotionNotApplicable",
    "ProviderNotFound",
    "RateLimited",
    "RefreshTokenReused",
    "ScopeAmplification",
    "SessionRequired",
    "SignedOut",
    "SkuTaken",
    "StaffRequired",
    "SteelyardError",
    "StockChanged",
    "TimedOut",
    "UnauthorizedClient",
    "Unavailable",
    "UnexpectedAnswer",
    "UnsupportedMediaType",
    "UserNotFound",
    "ValidationFailed",
    "WrongEventLoop",
)


class EmailAlreadyRegistered(ProblemError, type="/problems/email-already-registered"):
    """E-mail already registered."""

    STATUS: ClassVar[int] = 400


class PasswordIncorrect(ProblemError, type="/problems/password-incorrect"):
    """Password incorrect."""

    STATUS: ClassVar[int] = 400


class InvalidMailToken(ProblemError, type="/problems/invalid-mail-token"):
    """Invalid mail token."""

    STATUS: ClassVar[int] = 400


class InvalidCursor(ProblemError, type="/problems/invalid-cursor"):
    """Invalid cursor."""

    STATUS: ClassVar[int] = 400


class InvalidClient(ProblemError, type="/problems/invalid-client"):
    """Invalid client."""

    STATUS: ClassVar[int] = 400


class InvalidRedirectUri(ProblemError, type="/problems/invalid-redirect-uri"):
    """Invalid redirect URI."""

    STATUS: ClassVar[int] = 400


class LoginExpired(ProblemError, type="/problems/login-expired"):
    """Login expired."""

    STATUS: ClassVar[int] = 400


class InvalidGrant(ProblemError, type="/problems/invalid-grant"):
    """Invalid grant."""

    STATUS: ClassVar[int] = 400
    error: Literal["invalid_grant"]
    """The error code of OAuth 2."""
    error_description: Literal["The code is unknown, used or expired, or belongs to another client, redirect URI or verifier"]
    """The same as `detail`, for clients of OAuth 2."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "error": data["error"],
            "error_description": data["error_description"],
        }


class UnauthorizedClient(ProblemError, type="/problems/unauthorized-client"):
    """Unauthorized client."""

    STATUS: ClassVar[int] = 400
    error: Literal["unauthorized_client"]
    """The error code of OAuth 2."""
    error_description: Literal["No client with this client_id is registered"]
    """The same as `detail`, for clients of OAuth 2."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "error": data["error"],
            "error_description": data["error_description"],
        }


class NotAuthenticated(ProblemError, type="/problems/not-authenticated"):
    """Not authenticated."""

    STATUS: ClassVar[int] = 401


class InvalidToken(ProblemError, type="/problems/invalid-token"):
    """Invalid token."""

    STATUS: ClassVar[int] = 401


class InvalidCredentials(ProblemError, type="/problems/invalid-credentials"):
    """Invalid credentials."""

    STATUS: ClassVar[int] = 401
    error: Literal["invalid_grant"]
    """The error code of OAuth 2."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "error": data["error"],
        }


class InvalidRefreshToken(ProblemError, type="/problems/invalid-refresh-token"):
    """Invalid refresh token."""

    STATUS: ClassVar[int] = 401
    error: Literal["invalid_grant"]
    """The error code of OAuth 2."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "error": data["error"],
        }


class RefreshTokenReused(ProblemError, type="/problems/refresh-token-reused"):
    """Refresh token reused."""

    STATUS: ClassVar[int] = 401
    error: Literal["invalid_grant"]
    """The error code of OAuth 2."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "error": data["error"],
        }


class InsufficientScope(ProblemError, type="/problems/insufficient-scope"):
    """Insufficient scope."""

    STATUS: ClassVar[int] = 403
    required_scope: list[Scope]
    """The scopes that allow the operation; one of them is enough."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "required_scope": [Scope.of(value) for value in data["required_scope"]],
        }


class AdminRequired(ProblemError, type="/problems/admin-required"):
    """Admin required."""

    STATUS: ClassVar[int] = 403


class StaffRequired(ProblemError, type="/problems/staff-required"):
    """Staff required."""

    STATUS: ClassVar[int] = 403


class NotPermitted(ProblemError, type="/problems/not-permitted"):
    """Not permitted."""

    STATUS: ClassVar[int] = 403
    allowed: list[Relation]
    """Who may do this."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "allowed": [Relation.of(value) for value in data["allowed"]],
        }


class SessionRequired(ProblemError, type="/problems/session-required"):
    """Session required."""

    STATUS: ClassVar[int] = 403


class FreshLoginRequired(ProblemError, type="/problems/fresh-login-required"):
    """Fresh login required."""

    STATUS: ClassVar[int] = 403
    max_age: int
    """The maximum age of the login, in seconds."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "max_age": data["max_age"],
        }


class ScopeAmplification(ProblemError, type="/problems/scope-amplification"):
    """Scope amplification."""

    STATUS: ClassVar[int] = 403
    refused: list[Scope]
    """The scopes that you lack yourself, or that no API key can have."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "refused": [Scope.of(value) for value in data["refused"]],
        }


class EmailNotVerified(ProblemError, type="/problems/email-not-verified"):
    """E-mail not verified."""

    STATUS: ClassVar[int] = 403


class AccountDisabled(ProblemError, type="/problems/account-disabled"):
    """Account disabled."""

    STATUS: ClassVar[int] = 403


class NotFound(ProblemError, type="/problems/not-found"):
    """Not found."""

    STATUS: ClassVar[int] = 404


class IdentityNotFound(ProblemError, type="/problems/identity-not-found"):
    """Identity not found."""

    STATUS: ClassVar[int] = 404


class ProviderNotFound(ProblemError, type="/problems/provider-not-found"):
    """Provider not found."""

    STATUS: ClassVar[int] = 404


class NoAuthorizationServer(ProblemError, type="/problems/no-authorization-server"):
    """No authorization server."""

    STATUS: ClassVar[int] = 404


class UserNotFound(ProblemError, type="/problems/user-not-found"):
    """User not found."""

    STATUS: ClassVar[int] = 404


class AddressNotFound(ProblemError, type="/problems/address-not-found"):
    """Address not found."""

    STATUS: ClassVar[int] = 404


class CredentialNotFound(ProblemError, type="/problems/credential-not-found"):
    """Credential not found."""

    STATUS: ClassVar[int] = 404


class ItemNotFound(ProblemError, type="/problems/item-not-found"):
    """Item not found."""

    STATUS: ClassVar[int] = 404


class OrderNotFound(ProblemError, type="/problems/order-not-found"):
    """Order not found."""

    STATUS: ClassVar[int] = 404


class MethodNotAllowed(ProblemError, type="/problems/method-not-allowed"):
    """Method not allowed."""

    STATUS: ClassVar[int] = 405
    allow: list[HttpMethod]
    """The supported methods, as in the header `Allow`."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "allow": [HttpMethod.of(value) for value in data["allow"]],
        }


class NotAcceptable(ProblemError, type="/problems/not-acceptable"):
    """Not acceptable."""

    STATUS: ClassVar[int] = 406
    available: list[str]
    """The available media types."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "available": data["available"],
        }


class BodyTooLarge(ProblemError, type="/problems/body-too-large"):
    """Body too large."""

    STATUS: ClassVar[int] = 413
    limit: int
    """The maximum size in bytes."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "limit": data["limit"],
        }


class UnsupportedMediaType(ProblemError, type="/problems/unsupported-media-type"):
    """Unsupported media type."""

    STATUS: ClassVar[int] = 415
    supported: list[str]
    """The media types that this operation accepts."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "supported": data["supported"],
        }


class InsufficientStock(ProblemError, type="/problems/insufficient-stock"):
    """Insufficient stock."""

    STATUS: ClassVar[int] = 409
    items: list[Shortage]
    """Every item with too little stock, not only the first."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "items": [Shortage.from_dict(value) for value in data["items"]],
        }


class ItemUnavailable(ProblemError, type="/problems/item-unavailable"):
    """Item unavailable."""

    STATUS: ClassVar[int] = 409
    product_ids: list[int]
    """Every such item."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "product_ids": data["product_ids"],
        }


class StockChanged(ProblemError, type="/problems/stock-changed"):
    """Stock changed."""

    STATUS: ClassVar[int] = 409
    on_hand: int
    """The current stock on hand."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "on_hand": data["on_hand"],
        }


class PriceChanged(ProblemError, type="/problems/price-changed"):
    """Price changed."""

    STATUS: ClassVar[int] = 409
    total: Money
    """The current total."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "total": Money.from_dict(data["total"]),
        }


class OrderStateConflict(ProblemError, type="/problems/order-state-conflict"):
    """Order state conflict."""

    STATUS: ClassVar[int] = 409
    order_status: OrderStatus
    """The current status."""
    allowed: list[OrderStatus]
    """The statuses that the order can change to; empty when its status is final."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "order_status": OrderStatus.of(data["order_status"]),
            "allowed": [OrderStatus.of(value) for value in data["allowed"]],
        }


class SkuTaken(ProblemError, type="/problems/sku-taken"):
    """SKU taken."""

    STATUS: ClassVar[int] = 409
    item_id: int
    """That item."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "item_id": data["item_id"],
        }


class OpenOrders(ProblemError, type="/problems/open-orders"):
    """Open orders."""

    STATUS: ClassVar[int] = 409
    orders: int
    """The number of open orders."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "orders": data["orders"],
        }


class IdentityTaken(ProblemError, type="/problems/identity-taken"):
    """Identity taken."""

    STATUS: ClassVar[int] = 409


class LastLoginMethod(ProblemError, type="/problems/last-login-method"):
    """Last login method."""

    STATUS: ClassVar[int] = 409


class LastAdmin(ProblemError, type="/problems/last-admin"):
    """Last admin."""

    STATUS: ClassVar[int] = 409


class LimitReached(ProblemError, type="/problems/limit-reached"):
    """Limit reached."""

    STATUS: ClassVar[int] = 409
    limit: int
    """The limit."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "limit": data["limit"],
        }


class IdempotencyInProgress(ProblemError, type="/problems/idempotency-in-progress"):
    """Idempotency in progress."""

    STATUS: ClassVar[int] = 409


class PreconditionFailed(ProblemError, type="/problems/precondition-failed"):
    """Precondition failed."""

    STATUS: ClassVar[int] = 412
    current_version: int
    """The current version."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "current_version": data["current_version"],
        }


class ValidationFailed(ProblemError, type="/problems/validation-failed"):
    """Validation failed."""

    STATUS: ClassVar[int] = 422
    errors: list[Violation]
    """Every violation in body and parameters, up to 100."""
    truncated: bool
    """Whether there were more than 100 violations."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "errors": [Violation.from_dict(value) for value in data["errors"]],
            "truncated": data["truncated"],
        }


class PromotionNotApplicable(ProblemError, type="/problems/promotion-not-applicable"):
    """Promotion not applicable."""

    STATUS: ClassVar[int] = 422
    code: str
    """The code, in upper case."""
    reason: PromotionRefusal
    """Why a discount code cannot be used."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "code": data["code"],
            "reason": PromotionRefusal.of(data["reason"]),
        }


class MixedSellers(ProblemError, type="/problems/mixed-sellers"):
    """Mixed sellers."""

    STATUS: ClassVar[int] = 422
    seller_ids: list[int]
    """The sellers of the items, in the order of the lines."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "seller_ids": data["seller_ids"],
        }


class OwnItem(ProblemError, type="/problems/own-item"):
    """Own item."""

    STATUS: ClassVar[int] = 422
    product_ids: list[int]
    """The items that are yours."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "product_ids": data["product_ids"],
        }


class CurrencyMismatch(ProblemError, type="/problems/currency-mismatch"):
    """Currency mismatch."""

    STATUS: ClassVar[int] = 422
    expected: str
    """The currency of the marketplace."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "expected": data["expected"],
        }


class IdempotencyKeyReused(ProblemError, type="/problems/idempotency-key-reused"):
    """Idempotency key reused."""

    STATUS: ClassVar[int] = 422


class RateLimited(ProblemError, type="/problems/rate-limited"):
    """Too many requests."""

    STATUS: ClassVar[int] = 429
    policy: str
    """The name of the limit, as in RateLimit-Policy."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "policy": data["policy"],
        }


class InternalError(ProblemError, type="/problems/internal-error"):
    """Internal error."""

    STATUS: ClassVar[int] = 500


class NotReady(ProblemError, type="/problems/not-ready"):
    """Not ready."""

    STATUS: ClassVar[int] = 503
    components: HealthComponents
    """The components that the server needs."""

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "components": HealthComponents.from_dict(data["components"]),
        }


class Unavailable(ProblemError, type="/problems/unavailable"):
    """Unavailable."""

    STATUS: ClassVar[int] = 503
