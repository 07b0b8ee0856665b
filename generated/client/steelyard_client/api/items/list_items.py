# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from typing import Literal

from steelyard_runtime.call import Call, Operation, headers, query
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.pages import Link

from ...models.item_page import ItemPage
from ...models.item_sort import ItemSort
from ...models.item_status import ItemStatus

OPERATION: Operation[ItemPage] = Operation(
    package="steelyard_client",
    key="list_items",
    name="listItems",
    method="GET",
    path="/items",
    parse=ItemPage.from_dict,
    returns=(ItemPage,),
    status=200,
    secured=True,
    optional=True,
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "NotPermitted",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)
NEXT = Link("cursor", "next_cursor", (("skip", "0"),))


def call(
    *,
    skip: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
    search: str | Unset = UNSET,
    category: str | Unset = UNSET,
    owner_id: int | Unset = UNSET,
    min_price: int | Unset = UNSET,
    max_price: int | Unset = UNSET,
    in_stock: bool | Unset = UNSET,
    status: ItemStatus | Literal["draft", "active", "archived"] | Unset = UNSET,
    sort: ItemSort | Literal["-created_at", "created_at", "price", "-price", "title", "-title"] | Unset = UNSET,
    if_none_match: str | None = None,
) -> Call[ItemPage]:
    """List and search items: GET /items."""
    return Call(
        OPERATION,
        "/items",
        query=query(
            skip=skip,
            limit=limit,
            cursor=cursor,
            search=search,
            category=category,
            owner_id=owner_id,
            min_price=min_price,
            max_price=max_price,
            in_stock=in_stock,
            status=status,
            sort=sort,
        ),
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )
