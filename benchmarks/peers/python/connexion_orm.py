"""Connexion's AsyncApp: requests are validated by connexion.yaml; SQLAlchemy's async ORM on asyncpg, dicts as responses, PyJWT."""

import hashlib
import json
import os

import jwt
from connexion import AsyncApp, request
from connexion.exceptions import BadRequestProblem, OAuthProblem
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

import async_orm
from rows import Rejected, complete
from shown import item_shown, order_shown

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"), pool_size=int(os.environ["POOL"]), max_overflow=0
)
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


def decode_token(token: str) -> dict:
    try:
        return jwt.decode(token, os.environ["SECRET_KEY"], algorithms=["HS256"], audience="steelyard", issuer="steelyard")
    except jwt.PyJWTError as error:
        raise OAuthProblem("Could not validate credentials") from error


async def health():
    return {"status": "ok"}


async def get_item(item_id: int):
    async with SessionLocal() as db:
        item = await async_orm.find_item(db, item_id)
    return ({"detail": "Item not found"}, 404) if item is None else item_shown(item)


async def list_items(skip: int = 0, limit: int = 20, cursor: str | None = None):
    async with SessionLocal() as db:
        items, following, total = await async_orm.find_page(db, skip, limit, cursor)
    return {
        "items": [item_shown(item) for item in items],
        "skip": skip if cursor is None else None,
        "limit": limit,
        "total": total,
        "next_cursor": following,
        "search": None,
    }


async def create_order(body: dict, user: str):
    buyer_id, key = int(user), request.headers["Idempotency-Key"]
    fingerprint = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
    async with SessionLocal() as db:
        try:
            claim, is_first = await async_orm.claim_key(db, buyer_id, key, fingerprint)
            if not is_first:
                return json.loads(claim.body), claim.status, {"Idempotency-Replayed": "true"}
            order, line = await async_orm.place(db, buyer_id, key, body["product_id"], body["quantity"])
        except Rejected as error:
            return {"detail": error.detail}, error.status
        response = order_shown(order, line)
        complete(claim, order, json.dumps(response).encode())
        await db.commit()
    return response, 201


def invalid(request: ConnexionRequest, error: BadRequestProblem) -> ConnexionResponse:
    """Connexion's own status for an invalid request is 400."""
    return ConnexionResponse(422, content_type="application/problem+json", body=json.dumps({"detail": error.detail}))


app = AsyncApp(__name__, specification_dir=".")
app.add_api("connexion.yaml")
app.add_error_handler(BadRequestProblem, invalid)
