# `nox -s generate`: never edit.
"""The tag `items`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import (
    Call,
    headers as _headers,
    if_match_value as _if_match_value,
    json_body as _json_body,
    query as _query,
    segment as _segment,
)
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
        query=_query(
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
        headers=_headers(
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
        "EmailNotVerified",
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
        content=_json_body(
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
        f"/items/{_segment(item_id)}",
        headers=_headers(
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
        f"/items/{_segment(item_id)}",
        headers=_headers(
            ("If-Match", _if_match_value(if_match)),
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
        f"/items/{_segment(item_id)}",
        content=_json_body(
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
        headers=_headers(
            ("If-Match", _if_match_value(if_match)),
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
        f"/items/{_segment(item_id)}/stock-movements",
        query=_query(skip=skip, limit=limit, cursor=cursor),
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
        f"/items/{_segment(item_id)}/stock-movements",
        content=_json_body({"delta": delta, "reason": reason, "note": note, "expected_on_hand": expected_on_hand}),
        idempotency_key=idempotency_key,
    )


class Items(Resource):
    """`client.items`."""

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

        The public catalogue. An item must match all filters.

        Without `status`, only active items are listed. Only their owner (`owner_id` is your own id) and staff may list
        drafts and archived items; other callers get `not-permitted`.

        Walk long lists by `cursor`: send the `next_cursor` of each page until it is `null`, with the same filters and
        the same `sort`. `skip` is for numbered pages and ends at 10000.

        `total` is counted up to 10001, which means 'more than 10000'. It may miss changes by others for up to 5
        seconds; the items on the page are always current.

        Args:
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)
            search: Words that must all occur in title, description or tags. Case does not matter; there are no
                wildcards. (1 to 100 characters)
            category: Only items in this category. (1 to 60 characters)
            owner_id: Only items of this seller. (1 or more)
            min_price: Only items that cost at least this, in minor units (cents). (0 to 1 000 000 000)
            max_price: Only items that cost at most this, in minor units (cents). (0 to 1 000 000 000)
            in_stock: `true`: only items that can be ordered now. `false`: only items that are sold out.
            status: Only items with this status. ('active' if left out)
            sort: The order of the list. ('-created_at' if left out)

        Raises:
            errors.InvalidCursor, errors.NotPermitted, errors.NotAcceptable
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

        Puts an item on sale at once, or stores it as a draft. The caller becomes its owner and seller.

        All prices of a marketplace have one currency (`currency` of getPublicData). A marketplace may require that your
        e-mail address is verified (`email-not-verified`).

        Args:
            title: One line, not blank. (1 to 200 characters)
            price: The price of one unit. Like Money, with a lower maximum.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines. (up to 10 000 characters)
            category: A category of your choice. Lower-case words joined by hyphens. (1 to 60 characters)
            tags: Additional words for the search. (up to 10 entries; unique)
            image_urls: Images, the main one first. (up to 10 entries)
            status: The statuses that an owner can set. To archive an item, delete it. ('active' if left out)
            on_hand: The initial stock. It is recorded as a stock movement with the reason `received`. (0 to 1 000 000
                000; 0 if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.EmailNotVerified, errors.NotAcceptable, errors.SkuTaken,
            errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.CurrencyMismatch,
            errors.IdempotencyKeyReused
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

        Active items are public. Only their owner and staff see drafts; other callers get `item-not-found`, exactly as
        for an id that does not exist. An archived item is `item-not-found` for every caller.

        A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` does not fail
        because of a sale.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)

        Raises:
            errors.ItemNotFound, errors.NotAcceptable
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

        Archives the item, which cannot be undone: it can no longer be ordered or read. Its owner can still list it with
        `status=archived`, and its `sku` becomes free. Existing orders are not affected. To hide an item for a while,
        set its status to `draft`.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

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

        Changes the members that are sent and keeps the others. Existing orders keep their title and price.

        Send the `version` that you read as `If-Match: '<version>'`: if the item was edited in the meantime, you get
        `precondition-failed` and overwrite nothing. Without the header, the last write wins.

        Items of a locked account cannot be on sale, so even an admin cannot make them `active` (`owner_locked`).

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            title: One line, not blank. (1 to 200 characters)
            price: The new price. Existing orders keep the old one.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines; `''` clears it. (up to 10 000 characters)
            category: A category of your choice. Lower-case words joined by hyphens. (1 to 60 characters)
            tags: Replaces all tags. (up to 10 entries; unique)
            image_urls: Replaces all images. (up to 10 entries)
            status: The statuses that an owner can set. To archive an item, delete it.
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.NotAcceptable, errors.SkuTaken,
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

        Every change of an item's stock on hand, newest first: sales and cancellations with their order, and movements
        that were recorded by hand.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound,
            errors.NotAcceptable
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

        The only way to change stock by hand: a positive `delta` adds units, a negative one removes them. Stock cannot
        fall below the units that pending orders have reserved (`insufficient-stock`) and cannot rise above 1000000000
        (`limit-reached`).

        After a stocktaking, send the stock before it as `expected_on_hand`: if a sale has changed it in the meantime,
        you get `stock-changed` with the current number, and can count again.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            delta: Units added (positive) or removed (negative); not 0. (-1 000 000 to 1 000 000)
            reason: The reasons that an owner can record. Steelyard records the changes that orders make.
            note: A note of your choice. (up to 500 characters)
            expected_on_hand: The stock on hand that you expect. If it differs, nothing is recorded (`stock-changed`).
                (0 to 1 000 000 000)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.NotAcceptable,
            errors.InsufficientStock, errors.StockChanged, errors.LimitReached, errors.IdempotencyInProgress,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return self._client.call(
            record_stock_movement(
                item_id, delta=delta, reason=reason, note=note, expected_on_hand=expected_on_hand, idempotency_key=idempotency_key
            ),
            timeout=timeout,
            headers=headers,
        )


class AsyncItems(AsyncResource):
    """`client.items`."""

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

        The public catalogue. An item must match all filters.

        Without `status`, only active items are listed. Only their owner (`owner_id` is your own id) and staff may list
        drafts and archived items; other callers get `not-permitted`.

        Walk long lists by `cursor`: send the `next_cursor` of each page until it is `null`, with the same filters and
        the same `sort`. `skip` is for numbered pages and ends at 10000.

        `total` is counted up to 10001, which means 'more than 10000'. It may miss changes by others for up to 5
        seconds; the items on the page are always current.

        Args:
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)
            search: Words that must all occur in title, description or tags. Case does not matter; there are no
                wildcards. (1 to 100 characters)
            category: Only items in this category. (1 to 60 characters)
            owner_id: Only items of this seller. (1 or more)
            min_price: Only items that cost at least this, in minor units (cents). (0 to 1 000 000 000)
            max_price: Only items that cost at most this, in minor units (cents). (0 to 1 000 000 000)
            in_stock: `true`: only items that can be ordered now. `false`: only items that are sold out.
            status: Only items with this status. ('active' if left out)
            sort: The order of the list. ('-created_at' if left out)

        Raises:
            errors.InvalidCursor, errors.NotPermitted, errors.NotAcceptable
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

        Puts an item on sale at once, or stores it as a draft. The caller becomes its owner and seller.

        All prices of a marketplace have one currency (`currency` of getPublicData). A marketplace may require that your
        e-mail address is verified (`email-not-verified`).

        Args:
            title: One line, not blank. (1 to 200 characters)
            price: The price of one unit. Like Money, with a lower maximum.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines. (up to 10 000 characters)
            category: A category of your choice. Lower-case words joined by hyphens. (1 to 60 characters)
            tags: Additional words for the search. (up to 10 entries; unique)
            image_urls: Images, the main one first. (up to 10 entries)
            status: The statuses that an owner can set. To archive an item, delete it. ('active' if left out)
            on_hand: The initial stock. It is recorded as a stock movement with the reason `received`. (0 to 1 000 000
                000; 0 if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.EmailNotVerified, errors.NotAcceptable, errors.SkuTaken,
            errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.CurrencyMismatch,
            errors.IdempotencyKeyReused
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

        Active items are public. Only their owner and staff see drafts; other callers get `item-not-found`, exactly as
        for an id that does not exist. An archived item is `item-not-found` for every caller.

        A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` does not fail
        because of a sale.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)

        Raises:
            errors.ItemNotFound, errors.NotAcceptable
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

        Archives the item, which cannot be undone: it can no longer be ordered or read. Its owner can still list it with
        `status=archived`, and its `sku` becomes free. Existing orders are not affected. To hide an item for a while,
        set its status to `draft`.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

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

        Changes the members that are sent and keeps the others. Existing orders keep their title and price.

        Send the `version` that you read as `If-Match: '<version>'`: if the item was edited in the meantime, you get
        `precondition-failed` and overwrite nothing. Without the header, the last write wins.

        Items of a locked account cannot be on sale, so even an admin cannot make them `active` (`owner_locked`).

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            title: One line, not blank. (1 to 200 characters)
            price: The new price. Existing orders keep the old one.
            sku: Your own article number, unique among your items that are not archived. (1 to 64 characters)
            description: Free text of several lines; `''` clears it. (up to 10 000 characters)
            category: A category of your choice. Lower-case words joined by hyphens. (1 to 60 characters)
            tags: Replaces all tags. (up to 10 entries; unique)
            image_urls: Replaces all images. (up to 10 entries)
            status: The statuses that an owner can set. To archive an item, delete it.
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.NotAcceptable, errors.SkuTaken,
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

        Every change of an item's stock on hand, newest first: sales and cancellations with their order, and movements
        that were recorded by hand.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound,
            errors.NotAcceptable
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

        The only way to change stock by hand: a positive `delta` adds units, a negative one removes them. Stock cannot
        fall below the units that pending orders have reserved (`insufficient-stock`) and cannot rise above 1000000000
        (`limit-reached`).

        After a stocktaking, send the stock before it as `expected_on_hand`: if a sale has changed it in the meantime,
        you get `stock-changed` with the current number, and can count again.

        Args:
            item_id: The id of the item. Orders call it `product_id`. (1 or more)
            delta: Units added (positive) or removed (negative); not 0. (-1 000 000 to 1 000 000)
            reason: The reasons that an owner can record. Steelyard records the changes that orders make.
            note: A note of your choice. (up to 500 characters)
            expected_on_hand: The stock on hand that you expect. If it differs, nothing is recorded (`stock-changed`).
                (0 to 1 000 000 000)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.ItemNotFound, errors.NotAcceptable,
            errors.InsufficientStock, errors.StockChanged, errors.LimitReached, errors.IdempotencyInProgress,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return await self._client.call(
            record_stock_movement(
                item_id, delta=delta, reason=reason, note=note, expected_on_hand=expected_on_hand, idempotency_key=idempotency_key
            ),
            timeout=timeout,
            headers=headers,
        )
