"""Flask with SQLAlchemy's sync ORM: a scoped session that ends with the request, dicts as responses, PyJWT; under gunicorn's threads."""

import hashlib
import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

import jwt
from flask import Flask, Response, abort, request
from sqlalchemy import create_engine, func, select, tuple_
from sqlalchemy.orm import scoped_session, sessionmaker
from werkzeug.exceptions import HTTPException

import rows
from models import IdempotencyKey, Item
from shown import item_shown, order_shown

engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"), pool_size=int(os.environ["POOL"]), max_overflow=0
)
db_session = scoped_session(sessionmaker(bind=engine, expire_on_commit=False))
app = Flask(__name__)
app.json.sort_keys = False


@app.teardown_appcontext
def shutdown_session(exception=None):
    db_session.remove()


@app.errorhandler(HTTPException)
def handle(error):
    return {"detail": error.description}, error.code


@app.errorhandler(rows.Rejected)
def reject(error):
    return {"detail": error.detail}, error.status


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/items/<int:item_id>")
def get_item(item_id):
    item = db_session.scalar(select(Item).where(Item.id == item_id, Item.status == "active"))
    if item is None:
        abort(404, "Item not found")
    return item_shown(item)


@app.get("/items")
def list_items():
    skip, limit = request.args.get("skip", 0, int), request.args.get("limit", 20, int)
    cursor = request.args.get("cursor")
    if not 0 <= skip <= 10_000 or not 1 <= limit <= 100:
        abort(422, "bad page")
    query = select(Item).where(Item.status == "active").order_by(Item.created_at.desc(), Item.id.desc()).limit(limit + 1)
    if cursor is None:
        query = query.offset(skip)
    else:
        at, last_id = json.loads(urlsafe_b64decode(cursor))
        query = query.where(tuple_(Item.created_at, Item.id) < (datetime.fromisoformat(at), last_id))
    items = db_session.scalars(query).all()
    following = None
    if len(items) > limit:
        last = items[limit - 1]
        following = urlsafe_b64encode(json.dumps([last.created_at.isoformat(), last.id]).encode()).decode()
    return {
        "items": [item_shown(item) for item in items[:limit]],
        "skip": skip if cursor is None else None,
        "limit": limit,
        "total": total() if cursor is None else None,
        "next_cursor": following,
        "search": None,
    }


counted = {"at": float("-inf"), "total": 0}


def total() -> int:
    """Counted once in five seconds and up to 10 001, as Steelyard does: counting each time would be all that is measured."""
    if time.monotonic() - counted["at"] > 5:
        some = select(Item.id).where(Item.status == "active").limit(10_001).subquery()
        counted["total"] = db_session.scalar(select(func.count()).select_from(some))
        counted["at"] = time.monotonic()
    return counted["total"]


def current_user_id() -> int:
    try:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        claims = jwt.decode(token, os.environ["SECRET_KEY"], algorithms=["HS256"], audience="steelyard", issuer="steelyard")
        return int(claims["sub"])
    except (jwt.PyJWTError, KeyError, ValueError):
        abort(401, "Could not validate credentials")


def draft() -> tuple[int, int]:
    """Item and quantity of the request's body."""
    body = request.get_json()
    if not isinstance(body, dict) or body.keys() != {"product_id", "quantity"}:
        abort(422, "bad order")
    item_id, quantity = body["product_id"], body["quantity"]
    if type(item_id) is not int or type(quantity) is not int or item_id < 1 or not 1 <= quantity <= 1000:
        abort(422, "bad order")
    return item_id, quantity


@app.post("/orders")
def create_order():
    buyer_id = current_user_id()
    key = request.headers.get("Idempotency-Key", "")
    item_id, quantity = draft()
    if not 1 <= len(key) <= 255:
        abort(422, "bad key")
    now = datetime.now(UTC)
    fingerprint = hashlib.sha256(b"%d,%d" % (item_id, quantity)).digest()
    claim = db_session.scalar(rows.claiming(buyer_id, key, fingerprint, now))
    if claim is None:
        claim = db_session.get(IdempotencyKey, (buyer_id, rows.OPERATION, key))
        if claim.fingerprint != fingerprint:
            raise rows.Rejected(422, "This key was used for another request")
        return Response(claim.body, claim.status, {"Idempotency-Replayed": "true"}, mimetype="application/json")
    buyer = db_session.execute(rows.locking_buyer(buyer_id)).first()
    if buyer is None:
        raise rows.Rejected(401, "Could not validate credentials")
    taken = db_session.execute(rows.taking_stock(item_id, quantity)).first()
    if taken is None:
        raise rows.Rejected(409, "Item unavailable or out of stock")
    if taken.owner_id == buyer_id:
        raise rows.Rejected(422, "One's own items cannot be ordered")
    if db_session.scalar(rows.counting_pending(buyer_id)) >= rows.MOST_PENDING:
        raise rows.Rejected(409, "Too many pending orders")
    if quantity > 100:
        raise rows.Rejected(422, "Bulk orders over 100 need a discount code")
    user, address = buyer
    order = rows.new_order(user, address, taken, quantity, key, now)
    db_session.add(order)
    db_session.flush()
    line = rows.new_line(order, item_id, taken)
    db_session.add_all([line, rows.new_event(order)])
    db_session.flush()
    response = app.json.response(order_shown(order, line))
    response.status_code = 201
    rows.complete(claim, order, response.get_data())
    db_session.commit()
    return response
