# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""Operations of the tag `items`, as methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from steelyard_runtime.model import UNSET, Unset, Versioned
from steelyard_runtime.pages import AsyncPages, Pages
from steelyard_runtime.resource import AsyncResource, Resource

from ...models.item import Item
from ...models.item_sort import ItemSort
from ...models.item_status import ItemStatus
from ...models.item_status_input import ItemStatusInput
from ...models.price import Price, PriceDict
from ...models.recordable_reason import RecordableReason
from ...models.stock_movement import StockMovement
from . import create_item as _create_item
from . import delete_item as _delete_item
from . import get_item as _get_item
from . import list_items as _list_items
from . import list_stock_movements as _list_stock_movements
from . import record_stock_movement as _record_stock_movement
from . import update_item as _update_item


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
            errors.InvalidCursor, errors.NotAuthenticated, errors.InvalidToken, errors.NotPermitted,
            errors.NotAcceptable, errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return Pages(
            self._client,
            _list_items.call(
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
            _list_items.NEXT,
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
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotAcceptable,
            errors.SkuTaken, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.CurrencyMismatch, errors.IdempotencyKeyReused, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return self._client.call(
            _create_item.call(
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
            )
        )

    def get(self, item_id: int) -> Item:
        """Get an item

        Everybody sees active items. Drafts are there for their owner and for staff only; to anybody else they are
        `item-not-found`, exactly like an id that never was. So is an archived item, to everyone.

        A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` is not refused
        because somebody bought.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.ItemNotFound, errors.NotAcceptable,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(_get_item.call(item_id))

    def delete(self, item_id: int, *, if_match: str | Versioned | None = None) -> None:
        """Remove an item from sale

        Archives the item for good: nobody can order or open it any more, its owner still lists it with
        `status=archived`, and its `sku` is free again. Orders that exist go on as they were. To hide an item for a
        while, set its status to `draft`.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotPermitted,
            errors.ItemNotFound, errors.PreconditionFailed, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return self._client.call(_delete_item.call(item_id, if_match=if_match))

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
    ) -> Item:
        """Change an item

        Changes what is sent and leaves the rest. Orders that exist keep the title and the price that they were placed
        with.

        Send the `version` that you read as `If-Match: '<version>'`, and somebody else's edit in between is answered
        with `precondition-failed` instead of being lost. Without the header the change goes through.

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
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotPermitted,
            errors.ItemNotFound, errors.NotAcceptable, errors.SkuTaken, errors.PreconditionFailed, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.ValidationFailed, errors.CurrencyMismatch, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return self._client.call(
            _update_item.call(
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
            )
        )

    def list_stock_movements(
        self, item_id: int, *, skip: int | Unset = UNSET, limit: int | Unset = UNSET, cursor: str | Unset = UNSET
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
            errors.InvalidCursor, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.NotPermitted, errors.ItemNotFound, errors.NotAcceptable, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return Pages(self._client, _list_stock_movements.call(item_id, skip=skip, limit=limit, cursor=cursor), _list_stock_movements.NEXT)

    def record_stock_movement(
        self,
        item_id: int,
        *,
        delta: int,
        reason: RecordableReason | Literal["received", "correction", "damage", "customer_return"],
        note: str | Unset = UNSET,
        expected_on_hand: int | Unset = UNSET,
        idempotency_key: str | None = None,
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
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotPermitted,
            errors.ItemNotFound, errors.NotAcceptable, errors.InsufficientStock, errors.StockChanged,
            errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.IdempotencyKeyReused, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return self._client.call(
            _record_stock_movement.call(
                item_id, delta=delta, reason=reason, note=note, expected_on_hand=expected_on_hand, idempotency_key=idempotency_key
            )
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
            errors.InvalidCursor, errors.NotAuthenticated, errors.InvalidToken, errors.NotPermitted,
            errors.NotAcceptable, errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return AsyncPages(
            self._client,
            _list_items.call(
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
            _list_items.NEXT,
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
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotAcceptable,
            errors.SkuTaken, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.CurrencyMismatch, errors.IdempotencyKeyReused, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return await self._client.call(
            _create_item.call(
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
            )
        )

    async def get(self, item_id: int) -> Item:
        """Get an item

        Everybody sees active items. Drafts are there for their owner and for staff only; to anybody else they are
        `item-not-found`, exactly like an id that never was. So is an archived item, to everyone.

        A sale changes `available` and therefore the ETag, but not `version`: an edit with `If-Match` is not refused
        because somebody bought.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.ItemNotFound, errors.NotAcceptable,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_get_item.call(item_id))

    async def delete(self, item_id: int, *, if_match: str | Versioned | None = None) -> None:
        """Remove an item from sale

        Archives the item for good: nobody can order or open it any more, its owner still lists it with
        `status=archived`, and its `sku` is free again. Orders that exist go on as they were. To hide an item for a
        while, set its status to `draft`.

        Args:
            item_id: The item that this is about. Orders call the same number `product_id`. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotPermitted,
            errors.ItemNotFound, errors.PreconditionFailed, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_delete_item.call(item_id, if_match=if_match))

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
    ) -> Item:
        """Change an item

        Changes what is sent and leaves the rest. Orders that exist keep the title and the price that they were placed
        with.

        Send the `version` that you read as `If-Match: '<version>'`, and somebody else's edit in between is answered
        with `precondition-failed` instead of being lost. Without the header the change goes through.

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
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotPermitted,
            errors.ItemNotFound, errors.NotAcceptable, errors.SkuTaken, errors.PreconditionFailed, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.ValidationFailed, errors.CurrencyMismatch, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return await self._client.call(
            _update_item.call(
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
            )
        )

    def list_stock_movements(
        self, item_id: int, *, skip: int | Unset = UNSET, limit: int | Unset = UNSET, cursor: str | Unset = UNSET
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
            errors.InvalidCursor, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.NotPermitted, errors.ItemNotFound, errors.NotAcceptable, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return AsyncPages(
            self._client, _list_stock_movements.call(item_id, skip=skip, limit=limit, cursor=cursor), _list_stock_movements.NEXT
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
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotPermitted,
            errors.ItemNotFound, errors.NotAcceptable, errors.InsufficientStock, errors.StockChanged,
            errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.IdempotencyKeyReused, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return await self._client.call(
            _record_stock_movement.call(
                item_id, delta=delta, reason=reason, note=note, expected_on_hand=expected_on_hand, idempotency_key=idempotency_key
            )
        )
