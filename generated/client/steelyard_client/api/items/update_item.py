# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from steelyard_runtime.call import Call, Operation, headers, json_body, segment, tag_of
from steelyard_runtime.model import UNSET, Unset, Versioned

from ...models.item import Item
from ...models.item_status_input import ItemStatusInput
from ...models.price import Price, PriceDict

OPERATION: Operation[Item] = Operation(
    package="steelyard_client",
    key="update_item",
    name="updateItem",
    method="PATCH",
    path="/items/{item_id}",
    parse=Item.from_dict,
    returns=(Item,),
    status=200,
    secured=True,
    optional=False,
    scopes=("items:write",),
    keyed=False,
    guarded=True,
    safe=False,
    media="application/merge-patch+json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "ItemNotFound",
        "NotAcceptable",
        "SkuTaken",
        "PreconditionFailed",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "CurrencyMismatch",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call(
    item_id: int,
    *,
    title: str | Unset = UNSET,
    price: Price | PriceDict | Unset = UNSET,
    sku: str | None | Unset = UNSET,
    description: str | Unset = UNSET,
    category: str | None | Unset = UNSET,
    tags: Sequence[str] | Unset = UNSET,
    image_urls: Sequence[str] | Unset = UNSET,
    status: ItemStatusInput | Literal["draft", "active"] | Unset = UNSET,
    if_match: str | Versioned | None = None,
) -> Call[Item]:
    """Change an item: PATCH /items/{item_id}."""
    return Call(
        OPERATION,
        f"/items/{segment(item_id)}",
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
            }
        ),
        headers=headers(
            ("If-Match", tag_of(if_match)),
        ),
    )
