"""Litestar with its SQLAlchemy plugin (async ORM on asyncpg), Structs of msgspec and its JWT authentication."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from advanced_alchemy.extensions.litestar import AsyncSessionConfig, EngineConfig, SQLAlchemyAsyncConfig, SQLAlchemyPlugin
from litestar import Litestar, Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import Parameter
from litestar.security.jwt import JWTAuth, Token
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

import async_orm
import models
from rows import Rejected, complete
from shown import order_shown


class Money(msgspec.Struct):
    amount: int
    currency: str


class Item(msgspec.Struct):
    id: int
    owner_id: int
    sku: str | None
    title: str
    description: str
    category: str | None
    tags: list[str]
    image_urls: list[str]
    price: Money
    status: str
    available: int
    on_hand: int | None
    reserved: int | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, item: models.Item) -> "Item":
        return cls(
            id=item.id,
            owner_id=item.owner_id,
            sku=item.sku,
            title=item.title,
            description=item.description,
            category=item.category,
            tags=item.tags,
            image_urls=item.image_urls,
            price=Money(item.amount, "USD"),
            status=item.status,
            available=item.available,
            on_hand=None,
            reserved=None,
            created_at=item.created_at,
            updated_at=item.updated_at,
            version=item.version,
        )


class Page(msgspec.Struct):
    items: list[Item]
    skip: int | None
    limit: int
    total: int | None
    next_cursor: str | None
    search: str | None


class OrderCreate(msgspec.Struct, forbid_unknown_fields=True):
    product_id: Annotated[int, Meta(ge=1)]
    quantity: Annotated[int, Meta(ge=1, le=1000)]


@dataclass
class Buyer:
    id: int


async def retrieve_user(token: Token, connection: ASGIConnection) -> Buyer | None:
    return Buyer(int(token.sub)) if token.sub.isdecimal() else None


jwt_auth = JWTAuth[Buyer](
    retrieve_user_handler=retrieve_user,
    token_secret=os.environ["SECRET_KEY"],
    accepted_audiences=["steelyard"],
    accepted_issuers=["steelyard"],
    exclude=["/health", "/items", "/schema"],
)
database = SQLAlchemyAsyncConfig(
    connection_string=os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"),
    engine_config=EngineConfig(pool_size=int(os.environ["POOL"]), max_overflow=0),
    session_config=AsyncSessionConfig(expire_on_commit=False),
)


@get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@get("/items/{item_id:int}")
async def get_item(item_id: int, db_session: AsyncSession) -> Item:
    item = await async_orm.find_item(db_session, item_id)
    if item is None:
        raise NotFoundException("Item not found")
    return Item.of(item)


@get("/items")
async def list_items(
    db_session: AsyncSession,
    skip: Annotated[int, Parameter(ge=0, le=10_000)] = 0,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> Page:
    items, following, total = await async_orm.find_page(db_session, skip, limit, cursor)
    return Page([Item.of(item) for item in items], skip if cursor is None else None, limit, total, following, None)


@post("/orders")
async def create_order(
    data: OrderCreate,
    request: Request[Buyer, Token, Any],
    db_session: AsyncSession,
    idempotency_key: Annotated[str, Parameter(header="Idempotency-Key", min_length=1, max_length=255)],
) -> Response[bytes]:
    fingerprint = hashlib.sha256(msgspec.json.encode(data)).digest()
    try:
        claim, is_first = await async_orm.claim_key(db_session, request.user.id, idempotency_key, fingerprint)
        if not is_first:
            headers = {"Idempotency-Replayed": "true"}
            return Response(claim.body, status_code=claim.status, headers=headers, media_type="application/json")
        order, line = await async_orm.place(db_session, request.user.id, idempotency_key, data.product_id, data.quantity)
    except Rejected as error:
        raise HTTPException(error.detail, status_code=error.status) from error
    body = msgspec.json.encode(order_shown(order, line))
    complete(claim, order, body)
    await db_session.commit()
    return Response(body, status_code=201, media_type="application/json")


def invalid(request: Request, error: HTTPException) -> Response[dict[str, str]]:
    """Litestar's own status for an invalid request is 400."""
    return Response({"detail": error.detail}, status_code=422)


app = Litestar(
    [health, get_item, list_items, create_order],
    plugins=[SQLAlchemyPlugin(database)],
    on_app_init=[jwt_auth.on_app_init],
    exception_handlers={400: invalid},
    openapi_config=None,
)
