"""Starlette, asyncpg's pool and msgspec, by hand: what Python costs without a framework, with the same rows written."""

import hashlib
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import jwt
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

COLUMNS = "id, owner_id, sku, title, description, category, tags, image_urls, price, status, on_hand - reserved AS available, created_at, updated_at, version"
ITEM = f"SELECT {COLUMNS} FROM items WHERE id = $1 AND status = 'active'"
PAGE = f"SELECT {COLUMNS} FROM items WHERE status = 'active' ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2"
CLAIM = """
    INSERT INTO idempotency_keys (owner_id, operation_id, key, fingerprint, created_at)
    VALUES ($1, 'createOrder', $2, $3, $4) ON CONFLICT DO NOTHING RETURNING owner_id"""
STORED = "SELECT fingerprint, status, body FROM idempotency_keys WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2"
LOCK = "SELECT owner_id, sku, title, price, on_hand - reserved AS available FROM items WHERE id = $1 AND status = 'active' FOR UPDATE"
PENDING = "SELECT count(*) FROM orders WHERE buyer_id = $1 AND status = 'pending'"
TAKE = "UPDATE items SET reserved = reserved + $2, stock_version = stock_version + 1 WHERE id = $1"
ORDER = """
    INSERT INTO orders (buyer_id, seller_id, status, payment_status, currency, units, subtotal, discount, tax, total, refunded,
        discount_code, history, idempotency_key, expires_at, created_at, updated_at, version)
    VALUES ($1, $2, 'pending', 'unpaid', 'USD', $3, $4, 0, 0, $4, 0, $5, $6, $7, $8, $9, $9, 1) RETURNING id"""
LINE = """
    INSERT INTO order_lines (order_id, product_id, sku, title, unit_price, quantity, discount, tax, total, refunded_quantity, refunded)
    VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0) RETURNING id"""
EVENT = """
    INSERT INTO events (id, type, occurred_at, actor_kind, actor_id, subject_kind, subject_id, data, audience)
    VALUES ($1, 'order.created', $2, 'user', $3, 'order', $4, $5, $6)"""
STORE = "UPDATE idempotency_keys SET status = 201, headers = '[]', body = $3 WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2"


class Money(msgspec.Struct):
    amount: int
    currency: str = "USD"


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
    created_at: datetime
    updated_at: datetime
    version: int
    on_hand: None = None
    reserved: None = None


class Draft(msgspec.Struct):
    product_id: int
    quantity: int
    discount_code: str | None = None


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Draft).decode


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=16, max_size=16)
    yield
    await app.state.pool.close()


def answer(body: Any, status: int = 200) -> Response:
    return Response(encode(body), status, media_type="application/json")


def refusal(status: int, detail: str) -> Response:
    return answer({"detail": detail}, status)


def item_of(row: asyncpg.Record) -> Item:
    return Item(*row[:6], json.loads(row[6]), json.loads(row[7]), Money(row[8]), *row[9:])


async def health(request: Request) -> Response:
    return answer({"status": "ok"})


async def get_item(request: Request) -> Response:
    try:
        item_id = int(request.path_params["item_id"])
    except ValueError:
        return refusal(422, "bad id")
    row = await request.app.state.pool.fetchrow(ITEM, item_id)
    return refusal(404, "Item not found") if row is None else answer(item_of(row))


async def list_items(request: Request) -> Response:
    query = request.query_params
    skip, limit = int(query.get("skip", 0)), int(query.get("limit", 20))
    if skip < 0 or not 1 <= limit <= 100:
        return refusal(422, "bad page")
    rows = await request.app.state.pool.fetch(PAGE, limit, skip)
    return answer({"items": [item_of(row) for row in rows], "skip": skip, "limit": limit, "total": None, "next_cursor": None, "search": None})


def draft_of(raw: bytes) -> Draft:
    draft = decode(raw)
    if draft.product_id < 1 or not 1 <= draft.quantity <= 1000:
        raise ValueError("out of range")
    if draft.discount_code and not draft.discount_code.startswith("PROMO-"):
        raise ValueError("not a promotion")
    if draft.quantity > 100 and not draft.discount_code:
        raise ValueError("bulk needs a code")
    return draft


async def create_order(request: Request) -> Response:
    try:
        token = request.headers.get("authorization", "")[7:]
        user_id = int(jwt.decode(token, os.environ["BENCH_SECRET"], algorithms=["HS256"], audience="steelyard")["sub"])
    except jwt.PyJWTError:
        return refusal(401, "Could not validate credentials")
    raw = await request.body()
    try:
        draft, key = draft_of(raw), request.headers["idempotency-key"]
    except (KeyError, ValueError, msgspec.DecodeError):
        return refusal(422, "bad order")
    now = datetime.now(UTC)
    fingerprint = hashlib.sha256(encode(draft)).digest()
    async with request.app.state.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        done = None
        try:
            done = await _place(connection, user_id, draft, key, fingerprint, now)
        finally:
            await (transaction.commit() if done is not None and done.status_code == 201 else transaction.rollback())
    return done


async def _place(connection: Any, user_id: int, draft: Draft, key: str, fingerprint: bytes, now: datetime) -> Response:
    if await connection.fetchval(CLAIM, user_id, key, fingerprint, now) is None:
        stored = await connection.fetchrow(STORED, user_id, key)
        if stored["fingerprint"] != fingerprint:
            return refusal(422, "Idempotency key reused")
        return Response(stored["body"], stored["status"], media_type="application/json")
    found = await connection.fetchrow(LOCK, draft.product_id)
    if found is None:
        return refusal(409, "Item unavailable")
    if found["available"] < draft.quantity:
        return refusal(409, "Insufficient stock")
    if await connection.fetchval(PENDING, user_id) >= 20:
        return refusal(409, "Limit reached")
    await connection.execute(TAKE, draft.product_id, draft.quantity)
    price, seller_id, code = found["price"], found["owner_id"], draft.discount_code
    total, expires_at = price * draft.quantity, now + timedelta(days=7)
    history = json.dumps([["pending", now.isoformat(), user_id]])
    order_id = await connection.fetchval(ORDER, user_id, seller_id, draft.quantity, total, code, history, key, expires_at, now)
    line_id = await connection.fetchval(LINE, order_id, draft.product_id, found["sku"], found["title"], price, draft.quantity, total)
    told = {"order_id": order_id, "buyer_id": user_id, "seller_id": seller_id, "status": "pending", "total": total, "version": 1}
    await connection.execute(EVENT, uuid.uuid4(), now, user_id, order_id, json.dumps(told), json.dumps([user_id, seller_id]))
    nothing = Money(0)
    line = {
        "id": line_id,
        "product_id": draft.product_id,
        "sku": found["sku"],
        "title": found["title"],
        "unit_price": Money(price),
        "quantity": draft.quantity,
        "discount": nothing,
        "tax": nothing,
        "total": Money(total),
        "refunded_quantity": 0,
        "refunded": nothing,
    }
    body = encode(
        {
            "id": order_id,
            "buyer_id": user_id,
            "seller_id": seller_id,
            "status": "pending",
            "payment_status": "unpaid",
            "lines": [line],
            "subtotal": Money(total),
            "discount": nothing,
            "tax": nothing,
            "total": Money(total),
            "refunded": nothing,
            "discount_code": code,
            "shipping_address": None,
            "payments": [],
            "refunds": [],
            "shipment": None,
            "history": [{"status": "pending", "at": now, "actor_id": user_id}],
            "expires_at": expires_at,
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
    )
    await connection.execute(STORE, user_id, key, body)
    return Response(body, 201, media_type="application/json")


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/items", list_items),
        Route("/items/{item_id}", get_item),
        Route("/orders", create_order, methods=["POST"]),
    ],
    lifespan=lifespan,
)
