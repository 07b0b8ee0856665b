"""FastAPI with SQLAlchemy's async ORM on asyncpg: async endpoints, a session as a dependency, `response_model`, PyJWT."""

import hashlib
import os
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Response
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

import async_orm
from rows import Rejected, complete
from schemas import ItemOut, OrderCreate, OrderOut, PageOut, shown

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"), pool_size=int(os.environ["POOL"]), max_overflow=0
)
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
app = FastAPI()


async def get_db():
    async with SessionLocal() as db:
        yield db


async def get_current_user_id(token: Annotated[str, Depends(oauth2_scheme)]) -> int:
    try:
        claims = jwt.decode(token, os.environ["SECRET_KEY"], algorithms=["HS256"], audience="steelyard", issuer="steelyard")
        return int(claims["sub"])
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"}) from error


Db = Annotated[AsyncSession, Depends(get_db)]


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/items/{item_id}", response_model=ItemOut)
async def get_item(item_id: Annotated[int, Path(ge=1)], db: Db):
    item = await async_orm.find_item(db, item_id)
    if item is None:
        raise HTTPException(404, "Item not found")
    return item


@app.get("/items", response_model=PageOut)
async def list_items(
    db: Db,
    skip: Annotated[int, Query(ge=0, le=10_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
):
    items, following, total = await async_orm.find_page(db, skip, limit, cursor)
    return {
        "items": items,
        "skip": skip if cursor is None else None,
        "limit": limit,
        "total": total,
        "next_cursor": following,
        "search": None,
    }


@app.post("/orders", response_model=OrderOut, status_code=201)
async def create_order(
    draft: OrderCreate,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=255)],
    user_id: Annotated[int, Depends(get_current_user_id)],
    db: Db,
):
    fingerprint = hashlib.sha256(draft.model_dump_json().encode()).digest()
    try:
        claim, is_first = await async_orm.claim_key(db, user_id, idempotency_key, fingerprint)
        if not is_first:
            return Response(claim.body, claim.status, media_type="application/json", headers={"Idempotency-Replayed": "true"})
        order, line = await async_orm.place(db, user_id, idempotency_key, draft.product_id, draft.quantity)
    except Rejected as error:
        raise HTTPException(error.status, error.detail) from error
    response = shown(order, line)
    complete(claim, order, response.model_dump_json().encode())
    await db.commit()
    return response
