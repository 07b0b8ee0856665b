# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0): never edit.
"""The objects and enumerations of the contract; each module is imported when first used. `...Dict` is what may be given instead."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steelyard_runtime.model import Model as Model, Unknown as Unknown

    from .auth import GrantType as GrantType, Token as Token, TokenRequestDict as TokenRequestDict
    from .common import PaymentProvider as PaymentProvider, Price as Price, PriceDict as PriceDict
    from .items import (
        Item as Item,
        ItemCreateDict as ItemCreateDict,
        ItemPage as ItemPage,
        ItemPatchDict as ItemPatchDict,
        ItemSort as ItemSort,
        ItemStatus as ItemStatus,
        ItemStatusInput as ItemStatusInput,
        RecordableReason as RecordableReason,
        StockMovement as StockMovement,
        StockMovementCreateDict as StockMovementCreateDict,
        StockMovementPage as StockMovementPage,
        StockMovementReason as StockMovementReason,
    )
    from .orders import (
        BasketLine as BasketLine,
        BasketLineDict as BasketLineDict,
        BasketOrderDict as BasketOrderDict,
        CancelOrderDict as CancelOrderDict,
        DeclineReason as DeclineReason,
        Money as Money,
        MoneyDict as MoneyDict,
        Obstacle as Obstacle,
        ObstacleType as ObstacleType,
        Order as Order,
        OrderLine as OrderLine,
        OrderRole as OrderRole,
        OrderSort as OrderSort,
        OrderStatus as OrderStatus,
        OrderSummary as OrderSummary,
        OrderSummaryPage as OrderSummaryPage,
        OrderTransition as OrderTransition,
        Payment as Payment,
        PaymentAttemptStatus as PaymentAttemptStatus,
        PaymentStatus as PaymentStatus,
        Quote as Quote,
        QuoteLine as QuoteLine,
        Refund as Refund,
        RefundLine as RefundLine,
        RefundStatus as RefundStatus,
        Shipment as Shipment,
        ShippingAddress as ShippingAddress,
        ShippingAddressCreate as ShippingAddressCreate,
        ShippingAddressCreateDict as ShippingAddressCreateDict,
        SingleItemOrderDict as SingleItemOrderDict,
    )
    from .refusals import (
        HttpMethod as HttpMethod,
        PromotionRefusal as PromotionRefusal,
        Relation as Relation,
        Scope as Scope,
        Shortage as Shortage,
        Violation as Violation,
    )
    from .system import (
        CategoryCount as CategoryCount,
        ComponentHealth as ComponentHealth,
        ComponentStatus as ComponentStatus,
        Health as Health,
        HealthComponents as HealthComponents,
        HealthStatus as HealthStatus,
        OrderLimits as OrderLimits,
        PublicData as PublicData,
        Root as Root,
        RootLinks as RootLinks,
    )
    from .users import (
        Address as Address,
        AddressCreate as AddressCreate,
        AddressCreateDict as AddressCreateDict,
        ChangePasswordDict as ChangePasswordDict,
        Role as Role,
        User as User,
        UserAccessDict as UserAccessDict,
        UserCreateDict as UserCreateDict,
        UserPage as UserPage,
        UserPublic as UserPublic,
        UserSort as UserSort,
        UserUpdateDict as UserUpdateDict,
    )

_NAMES = {
    "steelyard_runtime.model": "Model Unknown",
    ".users": "AddressCreate User Role Address UserSort UserPage UserPublic UserCreateDict AddressCreateDict ChangePasswordDict UserUpdateDict UserAccessDict",
    ".auth": "GrantType Token TokenRequestDict",
    ".items": "ItemStatusInput Item ItemStatus ItemSort ItemPage RecordableReason StockMovement StockMovementReason StockMovementPage ItemCreateDict ItemPatchDict StockMovementCreateDict",
    ".common": "Price PaymentProvider PriceDict",
    ".orders": "ShippingAddressCreate Money BasketLine Quote QuoteLine Obstacle ObstacleType Order OrderStatus PaymentStatus OrderLine ShippingAddress Payment PaymentAttemptStatus DeclineReason Refund RefundStatus RefundLine Shipment OrderTransition OrderRole OrderSort OrderSummaryPage OrderSummary SingleItemOrderDict ShippingAddressCreateDict MoneyDict BasketOrderDict BasketLineDict CancelOrderDict",
    ".system": "Root RootLinks Health HealthStatus HealthComponents ComponentHealth ComponentStatus PublicData OrderLimits CategoryCount",
    ".refusals": "Scope Relation HttpMethod Shortage Violation PromotionRefusal",
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
