"""Starlette, asyncpg's own pool and msgspec, by hand: what Python costs without a framework and without a contract."""

import base64
import hashlib
import os
import time
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import jwt
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEY = os.environ["SECRET_KEY"]
POOL = int(os.environ["POOL"])
MOST_PENDING = 20

ITEM_COLUMNS = """id, owner_id, sku, title, description, category, tags, image_urls, price, status, on_hand - reserved AS available,
    created_at, updated_at, version"""
ITEM = f"SELECT {ITEM_COLUMNS} FROM items WHERE id = $1 AND status = 'active'"
PAGE = f"SELECT {ITEM_COLUMNS} FROM items WHERE status = 'active' ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2"
PAGE_AFTER = f"""SELECT {ITEM_COLUMNS} FROM items WHERE status = 'active' AND (created_at, id) < ($2, $3)
    ORDER BY created_at DESC, id DESC LIMIT $1"""
TOTAL = "SELECT count(*) FROM (SELECT 1 FROM items WHERE status = 'active' LIMIT 10001) AS counted"

CLAIM = """INSERT INTO idempotency_keys (owner_id, operation_id, key, fingerprint, created_at)
    VALUES ($1, 'createOrder', $2, $3, $4) ON CONFLICT DO NOTHING RETURNING owner_id"""
CLAIMED = "SELECT fingerprint, status, body FROM idempotency_keys WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2"
FILL = """UPDATE idempotency_keys SET status = 201, headers = $3, body = $4, created_at = $5
    WHERE owner_id = $1 AND operation_id = 'createOrder' AND key = $2"""
BUYER = """SELECT u.name, a.street, a.city, a.country, a.zip_code FROM users u
    LEFT JOIN addresses a ON a.user_id = u.id AND a.is_default WHERE u.id = $1 AND u.is_active FOR NO KEY UPDATE OF u"""
TAKE_STOCK = """UPDATE items SET reserved = reserved + $2, stock_version = stock_version + 1
    WHERE id = $1 AND status = 'active' AND on_hand - reserved >= $2 RETURNING owner_id, sku, title, price"""
ORDER = """INSERT INTO orders (buyer_id, seller_id, status, payment_status, currency, units, subtotal, discount, tax, total, refunded,
        shipping_address, history, idempotency_key, expires_at, created_at, updated_at, version)
    SELECT $1, $2, 'pending', 'unpaid', 'USD', $3, $4::bigint, 0, 0, $4, 0, $5, $6, $7, $8, $9, $9, 1
    WHERE (SELECT count(*) FROM orders WHERE buyer_id = $1 AND status = 'pending') < $10 RETURNING id"""
LINE = """INSERT INTO order_lines (order_id, product_id, sku, title, unit_price, quantity, discount, tax, total, refunded_quantity, refunded)
    VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0) RETURNING id"""
EVENT = """INSERT INTO events (id, type, occurred_at, actor_kind, actor_id, subject_kind, subject_id, request_id, data, audience)
    VALUES ($1, 'order.created', $2, 'user', $3, 'order', $4, $5, $6, $7)"""


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
    tags: msgspec.Raw
    image_urls: msgspec.Raw
    price: Money
    status: str
    available: int
    on_hand: int | None
    reserved: int | None
    created_at: datetime
    updated_at: datetime
    version: int


class Page(msgspec.Struct):
    items: list[Item]
    skip: int | None
    limit: int
    total: int | None
    next_cursor: str | None
    search: str | None


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    product_id: int
    quantity: int


class Line(msgspec.Struct):
    id: int
    product_id: int
    sku: str | None
    title: str
    unit_price: Money
    quantity: int
    discount: Money
    tax: Money
    total: Money
    refunded_quantity: int
    refunded: Money


class Step(msgspec.Struct):
    status: str
    at: datetime
    actor_id: int | None


class Order(msgspec.Struct):
    id: int
    buyer_id: int
    seller_id: int
    status: str
    payment_status: str
    lines: list[Line]
    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    refunded: Money
    discount_code: str | None
    shipping_address: dict[str, str] | None
    payments: list[object]
    refunds: list[object]
    shipment: object | None
    history: list[Step]
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Draft).decode


@asynccontextmanager
async def lifespan(app: Starlette):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=POOL, max_size=POOL)
    app.state.counted = (float("-inf"), 0)
    yield
    await app.state.pool.close()


def respond(body: object, status: int = 200) -> Response:
    return Response(encode(body), status, media_type="application/json")


def problem(status: int, detail: str) -> Response:
    return respond({"detail": detail}, status)


def item_of(row: asyncpg.Record) -> Item:
    id_, owner, sku, title, description, category, tags, images, price, status, available, created, updated, version = row
    return Item(
        id_,
        owner,
        sku,
        title,
        description,
        category,
        msgspec.Raw(tags),
        msgspec.Raw(images),
        Money(price),
        status,
        available,
        None,
        None,
        created,
        updated,
        version,
    )


async def health(request: Request) -> Response:
    return respond({"status": "ok"})


async def get_item(request: Request) -> Response:
    try:
        item_id = int(request.path_params["item_id"])
    except ValueError:
        return problem(422, "bad id")
    row = await request.app.state.pool.fetchrow(ITEM, item_id)
    return problem(404, "Item not found") if row is None else respond(item_of(row))


async def list_items(request: Request) -> Response:
    query = request.query_params
    try:
        skip, limit = int(query.get("skip", 0)), int(query.get("limit", 20))
        after = msgspec.json.decode(base64.urlsafe_b64decode(query["cursor"]), type=tuple[datetime, int]) if "cursor" in query else None
    except ValueError:
        return problem(422, "bad page")
    if not 0 <= skip <= 10_000 or not 1 <= limit <= 100:
        return problem(422, "bad page")
    if after is None:
        rows = await request.app.state.pool.fetch(PAGE, limit + 1, skip)
    else:
        rows = await request.app.state.pool.fetch(PAGE_AFTER, limit + 1, *after)
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = base64.urlsafe_b64encode(encode((last["created_at"], last["id"]))).decode()
    items = [item_of(row) for row in rows[:limit]]
    if after is None:
        return respond(Page(items, skip, limit, await total(request.app), next_cursor, None))
    return respond(Page(items, None, limit, None, next_cursor, None))


async def total(app: Starlette) -> int:
    """Counted once in five seconds and up to 10 001, as Steelyard does: counting each time would be all that is measured."""
    at, counted = app.state.counted
    if time.monotonic() - at > 5:
        counted = await app.state.pool.fetchval(TOTAL)
        app.state.counted = (time.monotonic(), counted)
    return counted


async def create_order(request: Request) -> Response:
    try:
        token = request.headers.get("authorization", "")[7:]
        buyer_id = int(jwt.decode(token, KEY, algorithms=["HS256"], audience="steelyard", issuer="steelyard")["sub"])
    except (jwt.PyJWTError, ValueError):
        return problem(401, "Could not validate credentials")
    key = request.headers.get("idempotency-key", "")
    raw = await request.body()
    try:
        draft = decode(raw)
    except msgspec.DecodeError:
        return problem(422, "bad order")
    if draft.product_id < 1 or not 1 <= draft.quantity <= 1000 or not 1 <= len(key) <= 255:
        return problem(422, "bad order")
    if draft.quantity > 100:
        return problem(422, "Bulk orders over 100 need a discount code")

    now, fingerprint = datetime.now(UTC), hashlib.sha256(encode(draft)).digest()
    async with request.app.state.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            refused, body = await place(connection, buyer_id, key, fingerprint, draft, now)
        except BaseException:
            await transaction.rollback()
            raise
        if refused is not None:
            await transaction.rollback()
            return refused
        await transaction.commit()
    return Response(body, 201, media_type="application/json")


async def place(connection, buyer_id: int, key: str, fingerprint: bytes, draft: Draft, now: datetime) -> tuple[Response | None, bytes]:
    if await connection.fetchval(CLAIM, buyer_id, key, fingerprint, now) is None:
        claimed = await connection.fetchrow(CLAIMED, buyer_id, key)
        if claimed["fingerprint"] != fingerprint:
            return problem(422, "This key was used for another request"), b""
        return Response(claimed["body"], claimed["status"], {"Idempotency-Replayed": "true"}, "application/json"), b""
    buyer = await connection.fetchrow(BUYER, buyer_id)
    if buyer is None:
        return problem(401, "Could not validate credentials"), b""
    taken = await connection.fetchrow(TAKE_STOCK, draft.product_id, draft.quantity)
    if taken is None:
        return problem(409, "Item unavailable or out of stock"), b""
    seller_id, sku, title, price = taken
    if seller_id == buyer_id:
        return problem(422, "One's own items cannot be ordered"), b""
    address = None if buyer["street"] is None else dict(buyer)
    amount, expires = price * draft.quantity, now + timedelta(days=7)
    order_id = await connection.fetchval(
        ORDER,
        buyer_id,
        seller_id,
        draft.quantity,
        amount,
        None if address is None else encode(address).decode(),
        encode([("pending", now, buyer_id)]).decode(),
        key,
        expires,
        now,
        MOST_PENDING,
    )
    if order_id is None:
        return problem(409, "Too many pending orders"), b""
    line_id = await connection.fetchval(LINE, order_id, draft.product_id, sku, title, price, draft.quantity, amount)
    data = {
        "order_id": order_id,
        "buyer_id": buyer_id,
        "seller_id": seller_id,
        "status": "pending",
        "total": Money(amount),
        "version": 1,
    }
    audience = encode(sorted({buyer_id, seller_id})).decode()
    await connection.execute(EVENT, uuid.uuid4(), now, buyer_id, order_id, uuid.uuid4(), encode(data).decode(), audience)
    nothing = Money(0)
    line = Line(
        line_id, draft.product_id, sku, title, Money(price), draft.quantity, nothing, nothing, Money(amount), 0, nothing
    )
    body = encode(
        Order(
            id=order_id,
            buyer_id=buyer_id,
            seller_id=seller_id,
            status="pending",
            payment_status="unpaid",
            lines=[line],
            subtotal=Money(amount),
            discount=nothing,
            tax=nothing,
            total=Money(amount),
            refunded=nothing,
            discount_code=None,
            shipping_address=address,
            payments=[],
            refunds=[],
            shipment=None,
            history=[Step("pending", now, buyer_id)],
            expires_at=expires,
            created_at=now,
            updated_at=now,
            version=1,
        )
    )
    headers = encode([("content-type", "application/json"), ("location", f"/orders/{order_id}")]).decode()
    await connection.execute(FILL, buyer_id, key, headers, body, now)
    return None, body


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/items", list_items),
        Route("/items/{item_id}", get_item),
        Route("/orders", create_order, methods=["POST"]),
    ],
    lifespan=lifespan,
)
