# `nox -s generate`: never edit.
"""The objects and enumerations of the contract; each module is imported at its first use. `...Dict` is accepted instead."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steelyard_runtime.model import Model as Model, Unknown as Unknown

    from .auth import (
        ApiKeyCreated as ApiKeyCreated,
        AuthorizationServer as AuthorizationServer,
        Credential as Credential,
        CredentialKind as CredentialKind,
        CredentialPage as CredentialPage,
        GrantType as GrantType,
        LoginProvider as LoginProvider,
        LoginProviders as LoginProviders,
        Scope as Scope,
        Token as Token,
    )
    from .common import PaymentProvider as PaymentProvider, Price as Price
    from .inputs import (
        AddressCreate as AddressCreate,
        AddressCreateDict as AddressCreateDict,
        ApiKeyCreateDict as ApiKeyCreateDict,
        BasketLine as BasketLine,
        BasketLineDict as BasketLineDict,
        BasketOrderDict as BasketOrderDict,
        CancelOrderDict as CancelOrderDict,
        ChangePasswordDict as ChangePasswordDict,
        EmailVerificationDict as EmailVerificationDict,
        IdentityLinkCodeDict as IdentityLinkCodeDict,
        IdentityLinkStartDict as IdentityLinkStartDict,
        ItemCreateDict as ItemCreateDict,
        ItemPatchDict as ItemPatchDict,
        ItemSort as ItemSort,
        ItemStatusInput as ItemStatusInput,
        MoneyDict as MoneyDict,
        OrderRole as OrderRole,
        OrderSort as OrderSort,
        PasswordResetDict as PasswordResetDict,
        PasswordResetRequestDict as PasswordResetRequestDict,
        PriceDict as PriceDict,
        RecordableReason as RecordableReason,
        ShippingAddressCreate as ShippingAddressCreate,
        ShippingAddressCreateDict as ShippingAddressCreateDict,
        SingleItemOrderDict as SingleItemOrderDict,
        StockMovementCreateDict as StockMovementCreateDict,
        TokenRequestDict as TokenRequestDict,
        UserAccessDict as UserAccessDict,
        UserCreateDict as UserCreateDict,
        UserSort as UserSort,
        UserUpdateDict as UserUpdateDict,
    )
    from .items import (
        Item as Item,
        ItemPage as ItemPage,
        ItemStatus as ItemStatus,
        StockMovement as StockMovement,
        StockMovementPage as StockMovementPage,
        StockMovementReason as StockMovementReason,
    )
    from .orders import (
        DeclineReason as DeclineReason,
        Money as Money,
        Obstacle as Obstacle,
        ObstacleType as ObstacleType,
        Order as Order,
        OrderLine as OrderLine,
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
    )
    from .problems import (
        HttpMethod as HttpMethod,
        PromotionRefusal as PromotionRefusal,
        Relation as Relation,
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
        Identity as Identity,
        IdentityLink as IdentityLink,
        IdentityList as IdentityList,
        Role as Role,
        User as User,
        UserPage as UserPage,
        UserPublic as UserPublic,
    )

_NAMES = {
    "steelyard_runtime.model": "Model Unknown",
    ".inputs": "AddressCreate UserSort ItemStatusInput ItemSort RecordableReason ShippingAddressCreate BasketLine OrderRole OrderSort UserCreateDict AddressCreateDict ChangePasswordDict UserUpdateDict UserAccessDict IdentityLinkCodeDict IdentityLinkStartDict TokenRequestDict ApiKeyCreateDict EmailVerificationDict PasswordResetRequestDict PasswordResetDict ItemCreateDict PriceDict ItemPatchDict StockMovementCreateDict SingleItemOrderDict ShippingAddressCreateDict MoneyDict BasketOrderDict BasketLineDict CancelOrderDict",
    ".users": "User Role Address UserPage UserPublic IdentityList Identity IdentityLink",
    ".auth": "GrantType Token Scope ApiKeyCreated CredentialKind CredentialPage Credential AuthorizationServer LoginProviders LoginProvider",
    ".common": "Price PaymentProvider",
    ".items": "Item ItemStatus ItemPage StockMovement StockMovementReason StockMovementPage",
    ".orders": "Money Quote QuoteLine Obstacle ObstacleType Order OrderStatus PaymentStatus OrderLine ShippingAddress Payment PaymentAttemptStatus DeclineReason Refund RefundStatus RefundLine Shipment OrderTransition OrderSummaryPage OrderSummary",
    ".system": "Root RootLinks Health HealthStatus HealthComponents ComponentHealth ComponentStatus PublicData OrderLimits CategoryCount",
    ".problems": "Relation HttpMethod Shortage Violation PromotionRefusal",
}

if not TYPE_CHECKING:
    # Type checkers would take any name for one of these.
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
