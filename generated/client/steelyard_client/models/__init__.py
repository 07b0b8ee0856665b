# `nox -s generate` from openapi/ 1.1.0: never edit.
"""The objects and enumerations of the contract; each module is imported at its first use. `...Dict` is accepted instead."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steelyard_runtime.model import Model as Model, Unknown as Unknown

    from .auth import *
    from .common import *
    from .inputs import *
    from .items import *
    from .orders import *
    from .problems import *
    from .system import *
    from .users import *

_NAMES = {
    "steelyard_runtime.model": "Model Unknown",
    ".inputs": "AddressCreate UserSort GrantType ItemStatusInput ItemSort RecordableReason ShippingAddressCreate BasketLine OrderRole OrderSort UserCreateDict AddressCreateDict ChangePasswordDict UserUpdateDict UserAccessDict TokenRequestDict ItemCreateDict PriceDict ItemPatchDict StockMovementCreateDict SingleItemOrderDict ShippingAddressCreateDict MoneyDict BasketOrderDict BasketLineDict CancelOrderDict",
    ".users": "User Role Address UserPage UserPublic",
    ".auth": "Token",
    ".common": "Price PaymentProvider",
    ".items": "Item ItemStatus ItemPage StockMovement StockMovementReason StockMovementPage",
    ".orders": "Money Quote QuoteLine Obstacle ObstacleType Order OrderStatus PaymentStatus OrderLine ShippingAddress Payment PaymentAttemptStatus DeclineReason Refund RefundStatus RefundLine Shipment OrderTransition OrderSummaryPage OrderSummary",
    ".system": "Root RootLinks Health HealthStatus HealthComponents ComponentHealth ComponentStatus PublicData OrderLimits CategoryCount",
    ".problems": "Scope Relation HttpMethod Shortage Violation PromotionRefusal",
}

if not TYPE_CHECKING:
    # Hidden from type checkers, which would take any name for one of this module's.
    _WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}
    __all__ = tuple(sorted(_WHERE))

    def __getattr__(name):
        module = _WHERE.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(module, __name__), name)
        return value

    def __dir__():
        return list(__all__)
