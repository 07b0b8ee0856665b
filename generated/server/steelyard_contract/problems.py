# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""An exception for each problem: `raise ItemNotFound()`."""

from collections.abc import Mapping
from typing import ClassVar

from steelyard_contract import models as m
from steelyard_contract.base import Problem as Problem


class EmailAlreadyRegistered(Problem):
    """E-mail already registered."""

    TYPE: ClassVar[str] = "/problems/email-already-registered"
    TITLE: ClassVar[str] = "E-mail already registered"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "Email already registered"

    def __init__(self) -> None:
        super().__init__()


class PasswordIncorrect(Problem):
    """Password incorrect."""

    TYPE: ClassVar[str] = "/problems/password-incorrect"
    TITLE: ClassVar[str] = "Password incorrect"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "The current password is wrong"

    def __init__(self) -> None:
        super().__init__()


class InvalidMailToken(Problem):
    """Invalid mail token."""

    TYPE: ClassVar[str] = "/problems/invalid-mail-token"
    TITLE: ClassVar[str] = "Invalid mail token"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "The token is not valid"

    def __init__(self) -> None:
        super().__init__()


class InvalidCursor(Problem):
    """Invalid cursor."""

    TYPE: ClassVar[str] = "/problems/invalid-cursor"
    TITLE: ClassVar[str] = "Invalid cursor"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "The cursor is damaged, belongs to another operation, filter or sort, or was sent together with skip"

    def __init__(self) -> None:
        super().__init__()


class InvalidClient(Problem):
    """Invalid client."""

    TYPE: ClassVar[str] = "/problems/invalid-client"
    TITLE: ClassVar[str] = "Invalid client"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "No client with this client_id is registered"

    def __init__(self) -> None:
        super().__init__()


class InvalidRedirectUri(Problem):
    """Invalid redirect URI."""

    TYPE: ClassVar[str] = "/problems/invalid-redirect-uri"
    TITLE: ClassVar[str] = "Invalid redirect URI"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "The client has not registered this redirect_uri"

    def __init__(self) -> None:
        super().__init__()


class LoginExpired(Problem):
    """Login expired."""

    TYPE: ClassVar[str] = "/problems/login-expired"
    TITLE: ClassVar[str] = "Login expired"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "The login is finished, has expired, or was begun in another browser; begin again"

    def __init__(self) -> None:
        super().__init__()


class InvalidGrant(Problem):
    """Invalid grant."""

    TYPE: ClassVar[str] = "/problems/invalid-grant"
    TITLE: ClassVar[str] = "Invalid grant"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "The code is unknown, used or expired, or belongs to another client, redirect URI or verifier"

    def __init__(self) -> None:
        super().__init__(
            members={
                "error": "invalid_grant",
                "error_description": "The code is unknown, used or expired, or belongs to another client, redirect URI or verifier",
            }
        )


class UnauthorizedClient(Problem):
    """Unauthorized client."""

    TYPE: ClassVar[str] = "/problems/unauthorized-client"
    TITLE: ClassVar[str] = "Unauthorized client"
    STATUS: ClassVar[int] = 400
    DETAIL: ClassVar[str] = "No client with this client_id is registered"

    def __init__(self) -> None:
        super().__init__(members={"error": "unauthorized_client", "error_description": "No client with this client_id is registered"})


class NotAuthenticated(Problem):
    """Not authenticated."""

    TYPE: ClassVar[str] = "/problems/not-authenticated"
    TITLE: ClassVar[str] = "Not authenticated"
    STATUS: ClassVar[int] = 401
    DETAIL: ClassVar[str] = "Not authenticated"
    HEADERS: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__()


class InvalidToken(Problem):
    """Invalid token."""

    TYPE: ClassVar[str] = "/problems/invalid-token"
    TITLE: ClassVar[str] = "Invalid token"
    STATUS: ClassVar[int] = 401
    DETAIL: ClassVar[str] = "Could not validate credentials"
    HEADERS: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__()


class InvalidCredentials(Problem):
    """Invalid credentials."""

    TYPE: ClassVar[str] = "/problems/invalid-credentials"
    TITLE: ClassVar[str] = "Invalid credentials"
    STATUS: ClassVar[int] = 401
    DETAIL: ClassVar[str] = "Incorrect username or password"
    HEADERS: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__(members={"error": "invalid_grant"})


class InvalidRefreshToken(Problem):
    """Invalid refresh token."""

    TYPE: ClassVar[str] = "/problems/invalid-refresh-token"
    TITLE: ClassVar[str] = "Invalid refresh token"
    STATUS: ClassVar[int] = 401
    DETAIL: ClassVar[str] = "The refresh token is unknown or has expired"
    HEADERS: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__(members={"error": "invalid_grant"})


class RefreshTokenReused(Problem):
    """Refresh token reused."""

    TYPE: ClassVar[str] = "/problems/refresh-token-reused"
    TITLE: ClassVar[str] = "Refresh token reused"
    STATUS: ClassVar[int] = 401
    DETAIL: ClassVar[str] = "The refresh token was used before, so its session has been revoked"
    HEADERS: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__(members={"error": "invalid_grant"})


class InsufficientScope(Problem):
    """Insufficient scope."""

    TYPE: ClassVar[str] = "/problems/insufficient-scope"
    TITLE: ClassVar[str] = "Insufficient scope"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "The credential lacks the required scope"
    HEADERS: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}

    def __init__(self, *, required_scope: list[m.Scope]) -> None:
        super().__init__(members={"required_scope": required_scope})


class AdminRequired(Problem):
    """Admin required."""

    TYPE: ClassVar[str] = "/problems/admin-required"
    TITLE: ClassVar[str] = "Admin required"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "Admin required"

    def __init__(self) -> None:
        super().__init__()


class StaffRequired(Problem):
    """Staff required."""

    TYPE: ClassVar[str] = "/problems/staff-required"
    TITLE: ClassVar[str] = "Staff required"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "Staff required"

    def __init__(self) -> None:
        super().__init__()


class NotPermitted(Problem):
    """Not permitted."""

    TYPE: ClassVar[str] = "/problems/not-permitted"
    TITLE: ClassVar[str] = "Not permitted"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "You do not have permission to do this"

    def __init__(self, *, allowed: list[m.Relation]) -> None:
        super().__init__(members={"allowed": allowed})


class SessionRequired(Problem):
    """Session required."""

    TYPE: ClassVar[str] = "/problems/session-required"
    TITLE: ClassVar[str] = "Session required"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "This requires a login; an API key is not enough"

    def __init__(self) -> None:
        super().__init__()


class FreshLoginRequired(Problem):
    """Fresh login required."""

    TYPE: ClassVar[str] = "/problems/fresh-login-required"
    TITLE: ClassVar[str] = "Fresh login required"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "The last login with a password is too long ago"

    def __init__(self, *, max_age: int) -> None:
        super().__init__(members={"max_age": max_age})


class ScopeAmplification(Problem):
    """Scope amplification."""

    TYPE: ClassVar[str] = "/problems/scope-amplification"
    TITLE: ClassVar[str] = "Scope amplification"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "An API key cannot have these scopes"

    def __init__(self, *, refused: list[m.Scope]) -> None:
        super().__init__(members={"refused": refused})


class EmailNotVerified(Problem):
    """E-mail not verified."""

    TYPE: ClassVar[str] = "/problems/email-not-verified"
    TITLE: ClassVar[str] = "E-mail not verified"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "Verify your e-mail address first"
    HEADERS: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}

    def __init__(self) -> None:
        super().__init__()


class AccountDisabled(Problem):
    """Account disabled."""

    TYPE: ClassVar[str] = "/problems/account-disabled"
    TITLE: ClassVar[str] = "Account disabled"
    STATUS: ClassVar[int] = 403
    DETAIL: ClassVar[str] = "This account has been deactivated"

    def __init__(self) -> None:
        super().__init__()


class NotFound(Problem):
    """Not found."""

    TYPE: ClassVar[str] = "/problems/not-found"
    TITLE: ClassVar[str] = "Not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "There is no resource at this address"

    def __init__(self) -> None:
        super().__init__()


class IdentityNotFound(Problem):
    """Identity not found."""

    TYPE: ClassVar[str] = "/problems/identity-not-found"
    TITLE: ClassVar[str] = "Identity not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "Identity not found"

    def __init__(self) -> None:
        super().__init__()


class ProviderNotFound(Problem):
    """Provider not found."""

    TYPE: ClassVar[str] = "/problems/provider-not-found"
    TITLE: ClassVar[str] = "Provider not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "There is no such identity provider"

    def __init__(self) -> None:
        super().__init__()


class NoAuthorizationServer(Problem):
    """No authorization server."""

    TYPE: ClassVar[str] = "/problems/no-authorization-server"
    TITLE: ClassVar[str] = "No authorization server"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "This server has no public address, so no user can log in with a third party"

    def __init__(self) -> None:
        super().__init__()


class UserNotFound(Problem):
    """User not found."""

    TYPE: ClassVar[str] = "/problems/user-not-found"
    TITLE: ClassVar[str] = "User not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "User not found"

    def __init__(self) -> None:
        super().__init__()


class AddressNotFound(Problem):
    """Address not found."""

    TYPE: ClassVar[str] = "/problems/address-not-found"
    TITLE: ClassVar[str] = "Address not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "Address not found"

    def __init__(self) -> None:
        super().__init__()


class CredentialNotFound(Problem):
    """Credential not found."""

    TYPE: ClassVar[str] = "/problems/credential-not-found"
    TITLE: ClassVar[str] = "Credential not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "Credential not found"

    def __init__(self) -> None:
        super().__init__()


class ItemNotFound(Problem):
    """Item not found."""

    TYPE: ClassVar[str] = "/problems/item-not-found"
    TITLE: ClassVar[str] = "Item not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "Item not found"

    def __init__(self) -> None:
        super().__init__()


class OrderNotFound(Problem):
    """Order not found."""

    TYPE: ClassVar[str] = "/problems/order-not-found"
    TITLE: ClassVar[str] = "Order not found"
    STATUS: ClassVar[int] = 404
    DETAIL: ClassVar[str] = "Order not found"

    def __init__(self) -> None:
        super().__init__()


class MethodNotAllowed(Problem):
    """Method not allowed."""

    TYPE: ClassVar[str] = "/problems/method-not-allowed"
    TITLE: ClassVar[str] = "Method not allowed"
    STATUS: ClassVar[int] = 405
    DETAIL: ClassVar[str] = "This address does not support the method"

    def __init__(self, *, allow: list[m.HttpMethod], allow_header: str) -> None:
        super().__init__(members={"allow": allow}, headers={"Allow": allow_header})


class NotAcceptable(Problem):
    """Not acceptable."""

    TYPE: ClassVar[str] = "/problems/not-acceptable"
    TITLE: ClassVar[str] = "Not acceptable"
    STATUS: ClassVar[int] = 406
    DETAIL: ClassVar[str] = "The Accept header excludes every available media type"

    def __init__(self, *, available: list[m.MediaType]) -> None:
        super().__init__(members={"available": available})


class BodyTooLarge(Problem):
    """Body too large."""

    TYPE: ClassVar[str] = "/problems/body-too-large"
    TITLE: ClassVar[str] = "Body too large"
    STATUS: ClassVar[int] = 413
    DETAIL: ClassVar[str] = "The body is larger than this operation accepts"

    def __init__(self, *, limit: int) -> None:
        super().__init__(members={"limit": limit})


class UnsupportedMediaType(Problem):
    """Unsupported media type."""

    TYPE: ClassVar[str] = "/problems/unsupported-media-type"
    TITLE: ClassVar[str] = "Unsupported media type"
    STATUS: ClassVar[int] = 415
    DETAIL: ClassVar[str] = "This operation does not accept the Content-Type of the body"

    def __init__(self, *, supported: list[m.MediaType]) -> None:
        super().__init__(members={"supported": supported})


class InsufficientStock(Problem):
    """Insufficient stock."""

    TYPE: ClassVar[str] = "/problems/insufficient-stock"
    TITLE: ClassVar[str] = "Insufficient stock"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "There is not enough in stock"

    def __init__(self, *, items: list[m.Shortage]) -> None:
        super().__init__(members={"items": items})


class ItemUnavailable(Problem):
    """Item unavailable."""

    TYPE: ClassVar[str] = "/problems/item-unavailable"
    TITLE: ClassVar[str] = "Item unavailable"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "An item is unknown, or is not on sale"

    def __init__(self, *, product_ids: list[m.Id]) -> None:
        super().__init__(members={"product_ids": product_ids})


class StockChanged(Problem):
    """Stock changed."""

    TYPE: ClassVar[str] = "/problems/stock-changed"
    TITLE: ClassVar[str] = "Stock changed"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "The stock differs from the one that the request expected"

    def __init__(self, *, on_hand: int) -> None:
        super().__init__(members={"on_hand": on_hand})


class PriceChanged(Problem):
    """Price changed."""

    TYPE: ClassVar[str] = "/problems/price-changed"
    TITLE: ClassVar[str] = "Price changed"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "The total differs from the one that the request expected"

    def __init__(self, *, total: m.Money) -> None:
        super().__init__(members={"total": total})


class OrderStateConflict(Problem):
    """Order state conflict."""

    TYPE: ClassVar[str] = "/problems/order-state-conflict"
    TITLE: ClassVar[str] = "Order state conflict"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "The status of the order does not allow this"

    def __init__(self, *, order_status: m.OrderStatus, allowed: list[m.OrderStatus]) -> None:
        super().__init__(members={"order_status": order_status, "allowed": allowed})


class SkuTaken(Problem):
    """SKU taken."""

    TYPE: ClassVar[str] = "/problems/sku-taken"
    TITLE: ClassVar[str] = "SKU taken"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "Another item of yours has this SKU"

    def __init__(self, *, item_id: m.Id) -> None:
        super().__init__(members={"item_id": item_id})


class OpenOrders(Problem):
    """Open orders."""

    TYPE: ClassVar[str] = "/problems/open-orders"
    TITLE: ClassVar[str] = "Open orders"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "The account has open orders, as a buyer or as a seller"

    def __init__(self, *, orders: int) -> None:
        super().__init__(members={"orders": orders})


class IdentityTaken(Problem):
    """Identity taken."""

    TYPE: ClassVar[str] = "/problems/identity-taken"
    TITLE: ClassVar[str] = "Identity taken"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "This identity belongs to an account already"

    def __init__(self) -> None:
        super().__init__()


class LastLoginMethod(Problem):
    """Last login method."""

    TYPE: ClassVar[str] = "/problems/last-login-method"
    TITLE: ClassVar[str] = "Last login method"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "The account has no password and no other identity; set a password first"

    def __init__(self) -> None:
        super().__init__()


class LastAdmin(Problem):
    """Last admin."""

    TYPE: ClassVar[str] = "/problems/last-admin"
    TITLE: ClassVar[str] = "Last admin"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "This is the last active admin"

    def __init__(self) -> None:
        super().__init__()


class LimitReached(Problem):
    """Limit reached."""

    TYPE: ClassVar[str] = "/problems/limit-reached"
    TITLE: ClassVar[str] = "Limit reached"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "The limit has been reached"

    def __init__(self, *, limit: int) -> None:
        super().__init__(members={"limit": limit})


class IdempotencyInProgress(Problem):
    """Idempotency in progress."""

    TYPE: ClassVar[str] = "/problems/idempotency-in-progress"
    TITLE: ClassVar[str] = "Idempotency in progress"
    STATUS: ClassVar[int] = 409
    DETAIL: ClassVar[str] = "The first request with this Idempotency-Key is still running"
    HEADERS: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}

    def __init__(self) -> None:
        super().__init__()


class PreconditionFailed(Problem):
    """Precondition failed."""

    TYPE: ClassVar[str] = "/problems/precondition-failed"
    TITLE: ClassVar[str] = "Precondition failed"
    STATUS: ClassVar[int] = 412
    DETAIL: ClassVar[str] = "The resource has changed since the version in If-Match"

    def __init__(self, *, current_version: m.Version) -> None:
        super().__init__(members={"current_version": current_version})


class ValidationFailed(Problem):
    """Validation failed."""

    TYPE: ClassVar[str] = "/problems/validation-failed"
    TITLE: ClassVar[str] = "Validation failed"
    STATUS: ClassVar[int] = 422
    DETAIL: ClassVar[str] = "The request breaks the contract; errors lists every violation"

    def __init__(self, *, errors: list[m.Violation], truncated: bool) -> None:
        super().__init__(members={"errors": errors, "truncated": truncated})


class PromotionNotApplicable(Problem):
    """Promotion not applicable."""

    TYPE: ClassVar[str] = "/problems/promotion-not-applicable"
    TITLE: ClassVar[str] = "Promotion not applicable"
    STATUS: ClassVar[int] = 422
    DETAIL: ClassVar[str] = "The discount code cannot be used for this order"

    def __init__(self, *, code: str, reason: m.PromotionRefusal) -> None:
        super().__init__(members={"code": code, "reason": reason})


class MixedSellers(Problem):
    """Mixed sellers."""

    TYPE: ClassVar[str] = "/problems/mixed-sellers"
    TITLE: ClassVar[str] = "Mixed sellers"
    STATUS: ClassVar[int] = 422
    DETAIL: ClassVar[str] = "All items of an order must have the same seller; place one order for each seller"

    def __init__(self, *, seller_ids: list[m.Id]) -> None:
        super().__init__(members={"seller_ids": seller_ids})


class OwnItem(Problem):
    """Own item."""

    TYPE: ClassVar[str] = "/problems/own-item"
    TITLE: ClassVar[str] = "Own item"
    STATUS: ClassVar[int] = 422
    DETAIL: ClassVar[str] = "You cannot buy your own item"

    def __init__(self, *, product_ids: list[m.Id]) -> None:
        super().__init__(members={"product_ids": product_ids})


class CurrencyMismatch(Problem):
    """Currency mismatch."""

    TYPE: ClassVar[str] = "/problems/currency-mismatch"
    TITLE: ClassVar[str] = "Currency mismatch"
    STATUS: ClassVar[int] = 422
    DETAIL: ClassVar[str] = "This marketplace uses another currency"

    def __init__(self, *, expected: m.Currency) -> None:
        super().__init__(members={"expected": expected})


class IdempotencyKeyReused(Problem):
    """Idempotency key reused."""

    TYPE: ClassVar[str] = "/problems/idempotency-key-reused"
    TITLE: ClassVar[str] = "Idempotency key reused"
    STATUS: ClassVar[int] = 422
    DETAIL: ClassVar[str] = "This Idempotency-Key was used with another request"

    def __init__(self) -> None:
        super().__init__()


class RateLimited(Problem):
    """Too many requests."""

    TYPE: ClassVar[str] = "/problems/rate-limited"
    TITLE: ClassVar[str] = "Too many requests"
    STATUS: ClassVar[int] = 429
    DETAIL: ClassVar[str] = "Too many requests; wait for the time in Retry-After"

    def __init__(self, *, policy: str, retry_after: int) -> None:
        super().__init__(members={"policy": policy}, headers={"Retry-After": str(retry_after)})


class InternalError(Problem):
    """Internal error."""

    TYPE: ClassVar[str] = "/problems/internal-error"
    TITLE: ClassVar[str] = "Internal error"
    STATUS: ClassVar[int] = 500
    DETAIL: ClassVar[str] = "The server failed; the error has been logged"

    def __init__(self) -> None:
        super().__init__()


class NotReady(Problem):
    """Not ready."""

    TYPE: ClassVar[str] = "/problems/not-ready"
    TITLE: ClassVar[str] = "Not ready"
    STATUS: ClassVar[int] = 503
    DETAIL: ClassVar[str] = "The server is not ready to serve requests"

    def __init__(self, *, components: m.HealthComponents, retry_after: int) -> None:
        super().__init__(members={"components": components}, headers={"Retry-After": str(retry_after)})


class Unavailable(Problem):
    """Unavailable."""

    TYPE: ClassVar[str] = "/problems/unavailable"
    TITLE: ClassVar[str] = "Unavailable"
    STATUS: ClassVar[int] = 503
    DETAIL: ClassVar[str] = "The server cannot do this at the moment"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})
