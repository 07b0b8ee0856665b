# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from steelyard_runtime.call import Call, Operation, json_body
from steelyard_runtime.model import UNSET, Unset

from ...models.item import Item
from ...models.item_status_input import ItemStatusInput
from ...models.price import Price, PriceDict

OPERATION: Operation[Item] = Operation(
    package="steelyard_client",
    key="create_item",
    name="createItem",
    method="POST",
    path="/items",
    parse=Item.from_dict,
    returns=(Item,),
    status=201,
    secured=True,
    optional=False,
    scopes=("items:write",),
    keyed=True,
    guarded=False,
    safe=False,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotAcceptable",
        "SkuTaken",
        "IdempotencyInProgress",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "CurrencyMismatch",
        "IdempotencyKeyReused",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(
    *,
    title: str,
    price: Price | PriceDict,
    sku: str | Unset = UNSET,
    description: str | Unset = UNSET,
    category: str | Unset = UNSET,
    tags: Sequence[str] | Unset = UNSET,
    image_urls: Sequence[str] | Unset = UNSET,
    status: ItemStatusInput | Literal["draft", "active"] | Unset = UNSET,
    on_hand: int | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[Item]:
    """Offer an item: POST /items."""
    return Call(
        OPERATION,
        "/items",
        content=json_body(
            {
                "title": title,
                "price": price,
                "sku": sku,
                "description": description,
                "category": category,
                "tags": tags,
                "image_urls": image_urls,
                "status": status,
                "on_hand": on_hand,
            }
        ),
        idempotency_key=idempotency_key,
    )
