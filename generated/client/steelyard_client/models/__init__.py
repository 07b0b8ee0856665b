# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""The objects and enumerations of the contract; each module is imported when first used. `...Dict` is what may be given instead."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard_runtime.model import Model as Model
    from steelyard_runtime.model import Unknown as Unknown

    from .account_disabled_problem import AccountDisabledProblem as AccountDisabledProblem
    from .address import Address as Address
    from .address_create import AddressCreate as AddressCreate
    from .address_create import AddressCreateDict as AddressCreateDict
    from .address_not_found_problem import AddressNotFoundProblem as AddressNotFoundProblem
    from .admin_required_problem import AdminRequiredProblem as AdminRequiredProblem
    from .basket_line import BasketLine as BasketLine
    from .basket_line import BasketLineDict as BasketLineDict
    from .basket_order import BasketOrder as BasketOrder
    from .basket_order import BasketOrderDict as BasketOrderDict
    from .body_too_large_problem import BodyTooLargeProblem as BodyTooLargeProblem
    from .cancel_order import CancelOrder as CancelOrder
    from .cancel_order import CancelOrderDict as CancelOrderDict
    from .category_count import CategoryCount as CategoryCount
    from .change_password import ChangePassword as ChangePassword
    from .change_password import ChangePasswordDict as ChangePasswordDict
    from .component_health import ComponentHealth as ComponentHealth
    from .component_status import ComponentStatus as ComponentStatus
    from .credential_not_found_problem import CredentialNotFoundProblem as CredentialNotFoundProblem
    from .currency_mismatch_problem import CurrencyMismatchProblem as CurrencyMismatchProblem
    from .decline_reason import DeclineReason as DeclineReason
    from .email_already_registered_problem import EmailAlreadyRegisteredProblem as EmailAlreadyRegisteredProblem
    from .fresh_login_required_problem import FreshLoginRequiredProblem as FreshLoginRequiredProblem
    from .grant_type import GrantType as GrantType
    from .health import Health as Health
    from .health_components import HealthComponents as HealthComponents
    from .health_status import HealthStatus as HealthStatus
    from .http_method import HttpMethod as HttpMethod
    from .idempotency_in_progress_problem import IdempotencyInProgressProblem as IdempotencyInProgressProblem
    from .idempotency_key_reused_problem import IdempotencyKeyReusedProblem as IdempotencyKeyReusedProblem
    from .insufficient_scope_problem import InsufficientScopeProblem as InsufficientScopeProblem
    from .insufficient_stock_problem import InsufficientStockProblem as InsufficientStockProblem
    from .internal_error_problem import InternalErrorProblem as InternalErrorProblem
    from .invalid_credentials_problem import InvalidCredentialsProblem as InvalidCredentialsProblem
    from .invalid_cursor_problem import InvalidCursorProblem as InvalidCursorProblem
    from .invalid_refresh_token_problem import InvalidRefreshTokenProblem as InvalidRefreshTokenProblem
    from .invalid_token_problem import InvalidTokenProblem as InvalidTokenProblem
    from .item import Item as Item
    from .item_create import ItemCreate as ItemCreate
    from .item_create import ItemCreateDict as ItemCreateDict
    from .item_not_found_problem import ItemNotFoundProblem as ItemNotFoundProblem
    from .item_page import ItemPage as ItemPage
    from .item_patch import ItemPatch as ItemPatch
    from .item_patch import ItemPatchDict as ItemPatchDict
    from .item_sort import ItemSort as ItemSort
    from .item_status import ItemStatus as ItemStatus
    from .item_status_input import ItemStatusInput as ItemStatusInput
    from .item_unavailable_problem import ItemUnavailableProblem as ItemUnavailableProblem
    from .last_admin_problem import LastAdminProblem as LastAdminProblem
    from .limit_reached_problem import LimitReachedProblem as LimitReachedProblem
    from .method_not_allowed_problem import MethodNotAllowedProblem as MethodNotAllowedProblem
    from .mixed_sellers_problem import MixedSellersProblem as MixedSellersProblem
    from .money import Money as Money
    from .money import MoneyDict as MoneyDict
    from .not_acceptable_problem import NotAcceptableProblem as NotAcceptableProblem
    from .not_authenticated_problem import NotAuthenticatedProblem as NotAuthenticatedProblem
    from .not_found_problem import NotFoundProblem as NotFoundProblem
    from .not_permitted_problem import NotPermittedProblem as NotPermittedProblem
    from .not_ready_problem import NotReadyProblem as NotReadyProblem
    from .obstacle import Obstacle as Obstacle
    from .obstacle_type import ObstacleType as ObstacleType
    from .open_orders_problem import OpenOrdersProblem as OpenOrdersProblem
    from .order import Order as Order
    from .order_limits import OrderLimits as OrderLimits
    from .order_line import OrderLine as OrderLine
    from .order_not_found_problem import OrderNotFoundProblem as OrderNotFoundProblem
    from .order_role import OrderRole as OrderRole
    from .order_sort import OrderSort as OrderSort
    from .order_state_conflict_problem import OrderStateConflictProblem as OrderStateConflictProblem
    from .order_status import OrderStatus as OrderStatus
    from .order_summary import OrderSummary as OrderSummary
    from .order_summary_page import OrderSummaryPage as OrderSummaryPage
    from .order_transition import OrderTransition as OrderTransition
    from .own_item_problem import OwnItemProblem as OwnItemProblem
    from .password_incorrect_problem import PasswordIncorrectProblem as PasswordIncorrectProblem
    from .payment import Payment as Payment
    from .payment_attempt_status import PaymentAttemptStatus as PaymentAttemptStatus
    from .payment_provider import PaymentProvider as PaymentProvider
    from .payment_status import PaymentStatus as PaymentStatus
    from .precondition_failed_problem import PreconditionFailedProblem as PreconditionFailedProblem
    from .price import Price as Price
    from .price import PriceDict as PriceDict
    from .price_changed_problem import PriceChangedProblem as PriceChangedProblem
    from .promotion_not_applicable_problem import PromotionNotApplicableProblem as PromotionNotApplicableProblem
    from .promotion_refusal import PromotionRefusal as PromotionRefusal
    from .public_data import PublicData as PublicData
    from .quote import Quote as Quote
    from .quote_line import QuoteLine as QuoteLine
    from .rate_limited_problem import RateLimitedProblem as RateLimitedProblem
    from .recordable_reason import RecordableReason as RecordableReason
    from .refresh_token_reused_problem import RefreshTokenReusedProblem as RefreshTokenReusedProblem
    from .refund import Refund as Refund
    from .refund_line import RefundLine as RefundLine
    from .refund_status import RefundStatus as RefundStatus
    from .relation import Relation as Relation
    from .role import Role as Role
    from .root import Root as Root
    from .root_links import RootLinks as RootLinks
    from .scope import Scope as Scope
    from .session_required_problem import SessionRequiredProblem as SessionRequiredProblem
    from .shipment import Shipment as Shipment
    from .shipping_address import ShippingAddress as ShippingAddress
    from .shipping_address_create import ShippingAddressCreate as ShippingAddressCreate
    from .shipping_address_create import ShippingAddressCreateDict as ShippingAddressCreateDict
    from .shortage import Shortage as Shortage
    from .single_item_order import SingleItemOrder as SingleItemOrder
    from .single_item_order import SingleItemOrderDict as SingleItemOrderDict
    from .sku_taken_problem import SkuTakenProblem as SkuTakenProblem
    from .staff_required_problem import StaffRequiredProblem as StaffRequiredProblem
    from .stock_changed_problem import StockChangedProblem as StockChangedProblem
    from .stock_movement import StockMovement as StockMovement
    from .stock_movement_create import StockMovementCreate as StockMovementCreate
    from .stock_movement_create import StockMovementCreateDict as StockMovementCreateDict
    from .stock_movement_page import StockMovementPage as StockMovementPage
    from .stock_movement_reason import StockMovementReason as StockMovementReason
    from .token import Token as Token
    from .token_request import TokenRequest as TokenRequest
    from .token_request import TokenRequestDict as TokenRequestDict
    from .unavailable_problem import UnavailableProblem as UnavailableProblem
    from .unsupported_media_type_problem import UnsupportedMediaTypeProblem as UnsupportedMediaTypeProblem
    from .user import User as User
    from .user_access import UserAccess as UserAccess
    from .user_access import UserAccessDict as UserAccessDict
    from .user_create import UserCreate as UserCreate
    from .user_create import UserCreateDict as UserCreateDict
    from .user_not_found_problem import UserNotFoundProblem as UserNotFoundProblem
    from .user_page import UserPage as UserPage
    from .user_public import UserPublic as UserPublic
    from .user_sort import UserSort as UserSort
    from .user_update import UserUpdate as UserUpdate
    from .user_update import UserUpdateDict as UserUpdateDict
    from .validation_failed_problem import ValidationFailedProblem as ValidationFailedProblem
    from .violation import Violation as Violation

_WHERE = {
    "AccountDisabledProblem": ".account_disabled_problem",
    "Address": ".address",
    "AddressCreate": ".address_create",
    "AddressCreateDict": ".address_create",
    "AddressNotFoundProblem": ".address_not_found_problem",
    "AdminRequiredProblem": ".admin_required_problem",
    "BasketLine": ".basket_line",
    "BasketLineDict": ".basket_line",
    "BasketOrder": ".basket_order",
    "BasketOrderDict": ".basket_order",
    "BodyTooLargeProblem": ".body_too_large_problem",
    "CancelOrder": ".cancel_order",
    "CancelOrderDict": ".cancel_order",
    "CategoryCount": ".category_count",
    "ChangePassword": ".change_password",
    "ChangePasswordDict": ".change_password",
    "ComponentHealth": ".component_health",
    "ComponentStatus": ".component_status",
    "CredentialNotFoundProblem": ".credential_not_found_problem",
    "CurrencyMismatchProblem": ".currency_mismatch_problem",
    "DeclineReason": ".decline_reason",
    "EmailAlreadyRegisteredProblem": ".email_already_registered_problem",
    "FreshLoginRequiredProblem": ".fresh_login_required_problem",
    "GrantType": ".grant_type",
    "Health": ".health",
    "HealthComponents": ".health_components",
    "HealthStatus": ".health_status",
    "HttpMethod": ".http_method",
    "IdempotencyInProgressProblem": ".idempotency_in_progress_problem",
    "IdempotencyKeyReusedProblem": ".idempotency_key_reused_problem",
    "InsufficientScopeProblem": ".insufficient_scope_problem",
    "InsufficientStockProblem": ".insufficient_stock_problem",
    "InternalErrorProblem": ".internal_error_problem",
    "InvalidCredentialsProblem": ".invalid_credentials_problem",
    "InvalidCursorProblem": ".invalid_cursor_problem",
    "InvalidRefreshTokenProblem": ".invalid_refresh_token_problem",
    "InvalidTokenProblem": ".invalid_token_problem",
    "Item": ".item",
    "ItemCreate": ".item_create",
    "ItemCreateDict": ".item_create",
    "ItemNotFoundProblem": ".item_not_found_problem",
    "ItemPage": ".item_page",
    "ItemPatch": ".item_patch",
    "ItemPatchDict": ".item_patch",
    "ItemSort": ".item_sort",
    "ItemStatus": ".item_status",
    "ItemStatusInput": ".item_status_input",
    "ItemUnavailableProblem": ".item_unavailable_problem",
    "LastAdminProblem": ".last_admin_problem",
    "LimitReachedProblem": ".limit_reached_problem",
    "MethodNotAllowedProblem": ".method_not_allowed_problem",
    "MixedSellersProblem": ".mixed_sellers_problem",
    "Money": ".money",
    "MoneyDict": ".money",
    "NotAcceptableProblem": ".not_acceptable_problem",
    "NotAuthenticatedProblem": ".not_authenticated_problem",
    "NotFoundProblem": ".not_found_problem",
    "NotPermittedProblem": ".not_permitted_problem",
    "NotReadyProblem": ".not_ready_problem",
    "Obstacle": ".obstacle",
    "ObstacleType": ".obstacle_type",
    "OpenOrdersProblem": ".open_orders_problem",
    "Order": ".order",
    "OrderLimits": ".order_limits",
    "OrderLine": ".order_line",
    "OrderNotFoundProblem": ".order_not_found_problem",
    "OrderRole": ".order_role",
    "OrderSort": ".order_sort",
    "OrderStateConflictProblem": ".order_state_conflict_problem",
    "OrderStatus": ".order_status",
    "OrderSummary": ".order_summary",
    "OrderSummaryPage": ".order_summary_page",
    "OrderTransition": ".order_transition",
    "OwnItemProblem": ".own_item_problem",
    "PasswordIncorrectProblem": ".password_incorrect_problem",
    "Payment": ".payment",
    "PaymentAttemptStatus": ".payment_attempt_status",
    "PaymentProvider": ".payment_provider",
    "PaymentStatus": ".payment_status",
    "PreconditionFailedProblem": ".precondition_failed_problem",
    "Price": ".price",
    "PriceDict": ".price",
    "PriceChangedProblem": ".price_changed_problem",
    "PromotionNotApplicableProblem": ".promotion_not_applicable_problem",
    "PromotionRefusal": ".promotion_refusal",
    "PublicData": ".public_data",
    "Quote": ".quote",
    "QuoteLine": ".quote_line",
    "RateLimitedProblem": ".rate_limited_problem",
    "RecordableReason": ".recordable_reason",
    "RefreshTokenReusedProblem": ".refresh_token_reused_problem",
    "Refund": ".refund",
    "RefundLine": ".refund_line",
    "RefundStatus": ".refund_status",
    "Relation": ".relation",
    "Role": ".role",
    "Root": ".root",
    "RootLinks": ".root_links",
    "Scope": ".scope",
    "SessionRequiredProblem": ".session_required_problem",
    "Shipment": ".shipment",
    "ShippingAddress": ".shipping_address",
    "ShippingAddressCreate": ".shipping_address_create",
    "ShippingAddressCreateDict": ".shipping_address_create",
    "Shortage": ".shortage",
    "SingleItemOrder": ".single_item_order",
    "SingleItemOrderDict": ".single_item_order",
    "SkuTakenProblem": ".sku_taken_problem",
    "StaffRequiredProblem": ".staff_required_problem",
    "StockChangedProblem": ".stock_changed_problem",
    "StockMovement": ".stock_movement",
    "StockMovementCreate": ".stock_movement_create",
    "StockMovementCreateDict": ".stock_movement_create",
    "StockMovementPage": ".stock_movement_page",
    "StockMovementReason": ".stock_movement_reason",
    "Token": ".token",
    "TokenRequest": ".token_request",
    "TokenRequestDict": ".token_request",
    "UnavailableProblem": ".unavailable_problem",
    "UnsupportedMediaTypeProblem": ".unsupported_media_type_problem",
    "User": ".user",
    "UserAccess": ".user_access",
    "UserAccessDict": ".user_access",
    "UserCreate": ".user_create",
    "UserCreateDict": ".user_create",
    "UserNotFoundProblem": ".user_not_found_problem",
    "UserPage": ".user_page",
    "UserPublic": ".user_public",
    "UserSort": ".user_sort",
    "UserUpdate": ".user_update",
    "UserUpdateDict": ".user_update",
    "ValidationFailedProblem": ".validation_failed_problem",
    "Violation": ".violation",
    "Model": "steelyard_runtime.model",
    "Unknown": "steelyard_runtime.model",
}
__all__ = (
    "AccountDisabledProblem",
    "Address",
    "AddressCreate",
    "AddressCreateDict",
    "AddressNotFoundProblem",
    "AdminRequiredProblem",
    "BasketLine",
    "BasketLineDict",
    "BasketOrder",
    "BasketOrderDict",
    "BodyTooLargeProblem",
    "CancelOrder",
    "CancelOrderDict",
    "CategoryCount",
    "ChangePassword",
    "ChangePasswordDict",
    "ComponentHealth",
    "ComponentStatus",
    "CredentialNotFoundProblem",
    "CurrencyMismatchProblem",
    "DeclineReason",
    "EmailAlreadyRegisteredProblem",
    "FreshLoginRequiredProblem",
    "GrantType",
    "Health",
    "HealthComponents",
    "HealthStatus",
    "HttpMethod",
    "IdempotencyInProgressProblem",
    "IdempotencyKeyReusedProblem",
    "InsufficientScopeProblem",
    "InsufficientStockProblem",
    "InternalErrorProblem",
    "InvalidCredentialsProblem",
    "InvalidCursorProblem",
    "InvalidRefreshTokenProblem",
    "InvalidTokenProblem",
    "Item",
    "ItemCreate",
    "ItemCreateDict",
    "ItemNotFoundProblem",
    "ItemPage",
    "ItemPatch",
    "ItemPatchDict",
    "ItemSort",
    "ItemStatus",
    "ItemStatusInput",
    "ItemUnavailableProblem",
    "LastAdminProblem",
    "LimitReachedProblem",
    "MethodNotAllowedProblem",
    "MixedSellersProblem",
    "Model",
    "Money",
    "MoneyDict",
    "NotAcceptableProblem",
    "NotAuthenticatedProblem",
    "NotFoundProblem",
    "NotPermittedProblem",
    "NotReadyProblem",
    "Obstacle",
    "ObstacleType",
    "OpenOrdersProblem",
    "Order",
    "OrderLimits",
    "OrderLine",
    "OrderNotFoundProblem",
    "OrderRole",
    "OrderSort",
    "OrderStateConflictProblem",
    "OrderStatus",
    "OrderSummary",
    "OrderSummaryPage",
    "OrderTransition",
    "OwnItemProblem",
    "PasswordIncorrectProblem",
    "Payment",
    "PaymentAttemptStatus",
    "PaymentProvider",
    "PaymentStatus",
    "PreconditionFailedProblem",
    "Price",
    "PriceChangedProblem",
    "PriceDict",
    "PromotionNotApplicableProblem",
    "PromotionRefusal",
    "PublicData",
    "Quote",
    "QuoteLine",
    "RateLimitedProblem",
    "RecordableReason",
    "RefreshTokenReusedProblem",
    "Refund",
    "RefundLine",
    "RefundStatus",
    "Relation",
    "Role",
    "Root",
    "RootLinks",
    "Scope",
    "SessionRequiredProblem",
    "Shipment",
    "ShippingAddress",
    "ShippingAddressCreate",
    "ShippingAddressCreateDict",
    "Shortage",
    "SingleItemOrder",
    "SingleItemOrderDict",
    "SkuTakenProblem",
    "StaffRequiredProblem",
    "StockChangedProblem",
    "StockMovement",
    "StockMovementCreate",
    "StockMovementCreateDict",
    "StockMovementPage",
    "StockMovementReason",
    "Token",
    "TokenRequest",
    "TokenRequestDict",
    "UnavailableProblem",
    "Unknown",
    "UnsupportedMediaTypeProblem",
    "User",
    "UserAccess",
    "UserAccessDict",
    "UserCreate",
    "UserCreateDict",
    "UserNotFoundProblem",
    "UserPage",
    "UserPublic",
    "UserSort",
    "UserUpdate",
    "UserUpdateDict",
    "ValidationFailedProblem",
    "Violation",
)


def __getattr__(name: str) -> Any:
    module = _WHERE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(module, __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted(_WHERE)
