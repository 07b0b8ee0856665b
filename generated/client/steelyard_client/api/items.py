# Written by `python -m codegen generate` from openapi/ 1.1.0: never edit.
"""The tag `items`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import Call, headers, if_match_value, json_body, query, segment
from steelyard_runtime.client import Resource
from steelyard_runtime.model import UNSET, Unset, Versioned
from steelyard_runtime.operation import Link, Operation
from steelyard_runtime.pages import AsyncPages, Pages

from ..models.items import Item, ItemPage, StockMovement, StockMovementPage

if TYPE_CHECKING:
    from ..models.common import Price
    from ..models.inputs import ItemSort, ItemStatusInput, PriceDict, RecordableReason
    from ..models.items import ItemStatus

LIST_ITEMS: Operation[ItemPage] = Operation(
    package="steelyard_client",
    key="list_items",
    name="listItems",
    method="GET",
    path="/items",
    parse=ItemPage.from_dict,
    returns=(ItemPage,),
    secured=True,
    optional=True,
    link=Link("cursor", "next_cursor", (("skip", "0"),)),
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


def list_items(
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
        LIST_ITEMS,
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


CREATE_ITEM: Operation[Item] = Operation(
    package="steelyard_client",
    key="create_item",
    name="createItem",
    method="POST",
    path="/items",
    parse=Item.from_dict,
    returns=(Item,),
    status=201,
    secured=True,
    scopes=("items:write",),
    keyed=True,
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


def create_item(
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
        CREATE_ITEM,
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


GET_ITEM: Operation[Item] = Operation(
    package="steelyard_client",
    key="get_item",
    name="getItem",
    method="GET",
    path="/items/{item_id}",
    parse=Item.from_dict,
    returns=(Item,),
    secured=True,
    optional=True,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "ItemNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def get_item(item_id: int, *, if_none_match: str | None = None) -> Call[Item]:
    """Get an item: GET /items/{item_id}."""
    return Call(
        GET_ITEM,
        f"/items/{segment(item_id)}",
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )


DELETE_ITEM: Operation[None] = Operation(
    package="steelyard_client",
    key="delete_item",
    name="deleteItem",
    method="DELETE",
    path="/items/{item_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    scopes=("items:write",),
    guarded=True,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "ItemNotFound",
        "PreconditionFailed",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def delete_item(item_id: int, *, if_match: str | Versioned | None = None) -> Call[None]:
    """Remove an item from sale: DELETE /items/{item_id}."""
    return Call(
        DELETE_ITEM,
        f"/items/{segment(item_id)}",
        headers=headers(
            ("If-Match", if_match_value(if_match)),
        ),
    )


UPDATE_ITEM: Operation[Item] = Operation(
    package="steelyard_client",
    key="update_item",
    name="updateItem",
    method="PATCH",
    path="/items/{item_id}",
    parse=Item.from_dict,
    returns=(Item,),
    secured=True,
    scopes=("items:write",),
    guarded=True,
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


def update_item(
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
        UPDATE_ITEM,
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
            ("If-Match", if_match_value(if_match)),
        ),
    )


LIST_STOCK_MOVEMENTS: Operation[StockMovementPage] = Operation(
    package="steelyard_client",
    key="list_stock_movements",
    name="listStockMovements",
    method="GET",
    path="/items/{item_id}/stock-movements",
    parse=StockMovementPage.from_dict,
    returns=(StockMovementPage,),
    secured=True,
    scopes=("items:write",),
    link=Link("cursor", "next_cursor", (("skip", "0"),)),
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "ItemNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def list_stock_movements(
    item_id: int, *, skip: int | Unset = UNSET, limit: int | Unset = UNSET, cursor: str | Unset = UNSET
) -> Call[StockMovementPage]:
    """List the stock movements of an item: GET /items/{item_id}/stock-movements."""
    return Call(
        LIST_STOCK_MOVEMENTS,
        f"/items/{segment(item_id)}/stock-movements",
        query=query(
            skip=skip,
            limit=limit,
            cursor=cursor,
        ),
    )


RECORD_STOCK_MOVEMENT: Operation[StockMovement] = Operation(
    package="steelyard_client",
    key="record_stock_movement",
    name="recordStockMovement",
    method="POST",
    path="/items/{item_id}/stock-movements",
    parse=StockMovement.from_dict,
    returns=(StockMovement,),
    status=201,
    secured=True,
    scopes=("items:write",),
    keyed=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "ItemNotFound",
        "NotAcceptable",
        "InsufficientStock",
        "StockChanged",
        "LimitReached",
        "IdempotencyInProgress",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "IdempotencyKeyReused",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def record_stock_movement(
    item_id: int,
    *,
    delta: int,
    reason: RecordableReason | Literal["received", "correction", "damage", "customer_return"],
    note: str | Unset = UNSET,
    expected_on_hand: int | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[StockMovement]:
    """Record a stock movement: POST /items/{item_id}/stock-movements."""
    return Call(
        RECORD_STOCK_MOVEMENT,
        f"/items/{segment(item_id)}/stock-movements",
        content=json_body({"delta": delta, "reason": reason, "note": note, "expected_on_hand": expected_on_hand}),
        idempotency_key=idempotency_key,
    )


class Items(Resource):
    """`client.items`: The catalogue: browse it, sell in it, keep stock."""

    def list(
        self,
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
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Pages[Item]:
        """List and search items

        The catalogue, for everybody. Filters are intersections: an item has to pass all that are sent.

        Without `status` only active items are listed. Drafts and archived items are shown to their owner (`owner_id` is
        your own id) and to staff; anybody else who asks for them gets `not-permitted`.

        Walk long lists by `cursor`: send the `next_cursor` of each page until it is `null`, with the same filters and
        the same `sort`. `skip` is for numbered pages and ends at 10000.

        `total` is counted up to 10001, which means 'more than 10000'. Changes by others may show in it up to 5 seconds
        late; the items of the page are always current.

        Args:
            skip: Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a
                whole list follow `cursor`. (0 to 10 000; 0 if left out)
            limit: Max items of one page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its
                filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry
                once, even while others are being added. (1 to 2 048 characters)
            search: Words that all occur in title, description or tags. Case does not matter; there are no wildcards. (1
                to 100 characters)
            category: Only items of this category. (1 to 60 characters)
            owner_id: Only what this user sells. (1 or more)
            min_price: Only items that cost at least this, in minor units (cents). (0 to 1 000 000 000)
            max_price: Only items that cost at most this, in minor units (cents). (0 to 1 000 000 000)
            in_stock: `true`: only what can be ordered now. `false`: only what is sold out.
            status: Only items in this state. (one of draft, active, archived; 'active' if left out)
            sort: What comes first. (one of -created_at, created_at, price, -price, title, -title; '-created_at' if left
                out)

        Raises:
            errors.InvalidCursor, errors.NotPermitted
        """
        return Pages(
            self._client,
            list_items(
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
            timeout=timeout,
            headers=headers,
        )

    def create(
        self,
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
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Item:
        """Offer an item

        Puts something on sale at once, or keeps it for later as a draft. Whoever creates an item owns it and sells it.

        All prices of a marketplace have one currency (`currency` of getPublicData).

        Args:
            title: One line, not blank. (1 to 200 characters)
            price: What one piece costs; Money within the bounds of a price.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines. (up to 10 000 characters)
            category: One shelf of the shop, of your choosing. Lower case words joined by hyphens. (1 to 60 characters)
            tags: Words to be found by, besides title and description. (up to 10 entries; no two the same)
            image_urls: Pictures, the best one first. (up to 10 entries)
            status: What an owner may set. An item is archived by deleting it. (one of draft, active; 'active' if left
                out)
            on_hand: Units in stock at the start. They become a stock movement with the reason `received`. (0 to 1 000
                000 000; 0 if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.SkuTaken, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.CurrencyMismatch, errors.IdempotencyKeyReused
        """
        return self._client.call(
            create_item(
                title=title,
                price=price,
                sku=sku,
                description=description,
                category=category,
                tags=tags,
                image_urls=image_urls,
                status=status,
                on_hand=on_hand,
                idempotency_key=idempotency_key,
            ),
            timeout=timeout,
            headers=headers,
        )

    def get(self, item_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Item:
        """Get an item

        Everybody sees active items. Drafts are there for their owner and for staff only; to anybody else they are
        `item-not-found`, exactly like an id that never was. So is an archived item, to everyone.

        A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` is not refused
        because somebody bought.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)

        Raises:
            errors.ItemNotFound
        """
        return self._client.call(get_item(item_id), timeout=timeout, headers=headers)

    def delete(
        self,
        item_id: int,
        *,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> None:
        """Remove an item from sale

        Archives the item for good: nobody can order or open it any more, its owner still lists it with
        `status=archived`, and its `sku` is free again. Orders that exist go on as they were. To hide an item for a
        while, set its status to `draft`.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.PreconditionFailed
        """
        return self._client.call(delete_item(item_id, if_match=if_match), timeout=timeout, headers=headers)

    def update(
        self,
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
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Item:
        """Change an item

        Changes what is sent and leaves the rest. Orders that exist keep the title and the price that they were placed
        with.

        Send the `version` that you read as `If-Match: '<version>'`, and somebody else's edit in between is answered
        with `precondition-failed` instead of being lost. Without the header the change goes through.

        Nothing of a locked account can be on sale, so an admin cannot make its items `active` either (`owner_locked`).

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            title: One line, not blank. (1 to 200 characters)
            price: The new price. Orders that exist keep the old one.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines; `''` clears it. (up to 10 000 characters)
            category: One shelf of the shop, of your choosing. Lower case words joined by hyphens. (1 to 60 characters)
            tags: Replaces all tags. (up to 10 entries; no two the same)
            image_urls: Replaces all pictures. (up to 10 entries)
            status: What an owner may set. An item is archived by deleting it. (one of draft, active)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.SkuTaken,
            errors.PreconditionFailed, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.CurrencyMismatch
        """
        return self._client.call(
            update_item(
                item_id,
                title=title,
                price=price,
                sku=sku,
                description=description,
                category=category,
                tags=tags,
                image_urls=image_urls,
                status=status,
                if_match=if_match,
            ),
            timeout=timeout,
            headers=headers,
        )

    def list_stock_movements(
        self,
        item_id: int,
        *,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Pages[StockMovement]:
        """List the stock movements of an item

        The ledger of an item, newest first: why its stock is what it is. Sales and cancellations stand there beside
        what was recorded by hand, each with its order.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            skip: Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a
                whole list follow `cursor`. (0 to 10 000; 0 if left out)
            limit: Max items of one page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its
                filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry
                once, even while others are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound
        """
        return Pages(self._client, list_stock_movements(item_id, skip=skip, limit=limit, cursor=cursor), timeout=timeout, headers=headers)

    def record_stock_movement(
        self,
        item_id: int,
        *,
        delta: int,
        reason: RecordableReason | Literal["received", "correction", "damage", "customer_return"],
        note: str | Unset = UNSET,
        expected_on_hand: int | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> StockMovement:
        """Record a stock movement

        The only way to change stock by hand: what came adds, what went subtracts. Stock cannot fall below what pending
        orders have reserved (`insufficient-stock`) nor rise above 1000000000 (`limit-reached`).

        When you enter a count, send the stock that you started from as `expected_on_hand`: if a sale came in between,
        you get `stock-changed` with the present number, and can count again.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            delta: Units that came (positive) or went (negative); not 0. (-1 000 000 to 1 000 000)
            reason: Why stock changed, as far as a person can say it. What orders do to stock records itself. (one of
                received, correction, damage, customer_return)
            note: Anything that you want to remember about it. (up to 500 characters)
            expected_on_hand: The stock that you believe to be there. If it is another, nothing happens (`stock-
                changed`). (0 to 1 000 000 000)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.InsufficientStock,
            errors.StockChanged, errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return self._client.call(
            record_stock_movement(
                item_id, delta=delta, reason=reason, note=note, expected_on_hand=expected_on_hand, idempotency_key=idempotency_key
            ),
            timeout=timeout,
            headers=headers,
        )


class AsyncItems(AsyncResource):
    """`client.items`: The catalogue: browse it, sell in it, keep stock."""

    def list(
        self,
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
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> AsyncPages[Item]:
        """List and search items

        The catalogue, for everybody. Filters are intersections: an item has to pass all that are sent.

        Without `status` only active items are listed. Drafts and archived items are shown to their owner (`owner_id` is
        your own id) and to staff; anybody else who asks for them gets `not-permitted`.

        Walk long lists by `cursor`: send the `next_cursor` of each page until it is `null`, with the same filters and
        the same `sort`. `skip` is for numbered pages and ends at 10000.

        `total` is counted up to 10001, which means 'more than 10000'. Changes by others may show in it up to 5 seconds
        late; the items of the page are always current.

        Args:
            skip: Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a
                whole list follow `cursor`. (0 to 10 000; 0 if left out)
            limit: Max items of one page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its
                filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry
                once, even while others are being added. (1 to 2 048 characters)
            search: Words that all occur in title, description or tags. Case does not matter; there are no wildcards. (1
                to 100 characters)
            category: Only items of this category. (1 to 60 characters)
            owner_id: Only what this user sells. (1 or more)
            min_price: Only items that cost at least this, in minor units (cents). (0 to 1 000 000 000)
            max_price: Only items that cost at most this, in minor units (cents). (0 to 1 000 000 000)
            in_stock: `true`: only what can be ordered now. `false`: only what is sold out.
            status: Only items in this state. (one of draft, active, archived; 'active' if left out)
            sort: What comes first. (one of -created_at, created_at, price, -price, title, -title; '-created_at' if left
                out)

        Raises:
            errors.InvalidCursor, errors.NotPermitted
        """
        return AsyncPages(
            self._client,
            list_items(
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
            timeout=timeout,
            headers=headers,
        )

    async def create(
        self,
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
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Item:
        """Offer an item

        Puts something on sale at once, or keeps it for later as a draft. Whoever creates an item owns it and sells it.

        All prices of a marketplace have one currency (`currency` of getPublicData).

        Args:
            title: One line, not blank. (1 to 200 characters)
            price: What one piece costs; Money within the bounds of a price.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines. (up to 10 000 characters)
            category: One shelf of the shop, of your choosing. Lower case words joined by hyphens. (1 to 60 characters)
            tags: Words to be found by, besides title and description. (up to 10 entries; no two the same)
            image_urls: Pictures, the best one first. (up to 10 entries)
            status: What an owner may set. An item is archived by deleting it. (one of draft, active; 'active' if left
                out)
            on_hand: Units in stock at the start. They become a stock movement with the reason `received`. (0 to 1 000
                000 000; 0 if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.SkuTaken, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.CurrencyMismatch, errors.IdempotencyKeyReused
        """
        return await self._client.call(
            create_item(
                title=title,
                price=price,
                sku=sku,
                description=description,
                category=category,
                tags=tags,
                image_urls=image_urls,
                status=status,
                on_hand=on_hand,
                idempotency_key=idempotency_key,
            ),
            timeout=timeout,
            headers=headers,
        )

    async def get(self, item_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Item:
        """Get an item

        Everybody sees active items. Drafts are there for their owner and for staff only; to anybody else they are
        `item-not-found`, exactly like an id that never was. So is an archived item, to everyone.

        A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` is not refused
        because somebody bought.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)

        Raises:
            errors.ItemNotFound
        """
        return await self._client.call(get_item(item_id), timeout=timeout, headers=headers)

    async def delete(
        self,
        item_id: int,
        *,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> None:
        """Remove an item from sale

        Archives the item for good: nobody can order or open it any more, its owner still lists it with
        `status=archived`, and its `sku` is free again. Orders that exist go on as they were. To hide an item for a
        while, set its status to `draft`.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.PreconditionFailed
        """
        return await self._client.call(delete_item(item_id, if_match=if_match), timeout=timeout, headers=headers)

    async def update(
        self,
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
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Item:
        """Change an item

        Changes what is sent and leaves the rest. Orders that exist keep the title and the price that they were placed
        with.

        Send the `version` that you read as `If-Match: '<version>'`, and somebody else's edit in between is answered
        with `precondition-failed` instead of being lost. Without the header the change goes through.

        Nothing of a locked account can be on sale, so an admin cannot make its items `active` either (`owner_locked`).

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            title: One line, not blank. (1 to 200 characters)
            price: The new price. Orders that exist keep the old one.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines; `''` clears it. (up to 10 000 characters)
            category: One shelf of the shop, of your choosing. Lower case words joined by hyphens. (1 to 60 characters)
            tags: Replaces all tags. (up to 10 entries; no two the same)
            image_urls: Replaces all pictures. (up to 10 entries)
            status: What an owner may set. An item is archived by deleting it. (one of draft, active)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.SkuTaken,
            errors.PreconditionFailed, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.CurrencyMismatch
        """
        return await self._client.call(
            update_item(
                item_id,
                title=title,
                price=price,
                sku=sku,
                description=description,
                category=category,
                tags=tags,
                image_urls=image_urls,
                status=status,
                if_match=if_match,
            ),
            timeout=timeout,
            headers=headers,
        )

    def list_stock_movements(
        self,
        item_id: int,
        *,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> AsyncPages[StockMovement]:
        """List the stock movements of an item

        The ledger of an item, newest first: why its stock is what it is. Sales and cancellations stand there beside
        what was recorded by hand, each with its order.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            skip: Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a
                whole list follow `cursor`. (0 to 10 000; 0 if left out)
            limit: Max items of one page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its
                filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry
                once, even while others are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound
        """
        return AsyncPages(
            self._client, list_stock_movements(item_id, skip=skip, limit=limit, cursor=cursor), timeout=timeout, headers=headers
        )

    async def record_stock_movement(
        self,
        item_id: int,
        *,
        delta: int,
        reason: RecordableReason | Literal["received", "correction", "damage", "customer_return"],
        note: str | Unset = UNSET,
        expected_on_hand: int | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> StockMovement:
        """Record a stock movement

        The only way to change stock by hand: what came adds, what went subtracts. Stock cannot fall below what pending
        orders have reserved (`insufficient-stock`) nor rise above 1000000000 (`limit-reached`).

        When you enter a count, send the stock that you started from as `expected_on_hand`: if a sale came in between,
        you get `stock-changed` with the present number, and can count again.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            delta: Units that came (positive) or went (negative); not 0. (-1 000 000 to 1 000 000)
            reason: Why stock changed, as far as a person can say it. What orders do to stock records itself. (one of
                received, correction, damage, customer_return)
            note: Anything that you want to remember about it. (up to 500 characters)
            expected_on_hand: The stock that you believe to be there. If it is another, nothing happens (`stock-
                changed`). (0 to 1 000 000 000)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.InsufficientStock,
            errors.StockChanged, errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return await self._client.call(
            record_stock_movement(
                item_id, delta=delta, reason=reason, note=note, expected_on_hand=expected_on_hand, idempotency_key=idempotency_key
            ),
            timeout=timeout,
            headers=headers,
        )
