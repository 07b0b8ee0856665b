import hashlib
import json
import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

import jwt
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.utils import timezone
from rest_framework import exceptions, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import api_view
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from shop.models import Address, Event, IdempotencyKey, Item, Order, OrderLine, User
from shop.serializers import DraftSerializer, ItemSerializer, OrderSerializer

MOST_PENDING = 20


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class Unprocessable(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


def handle(error, context):
    """The framework's own status for an invalid request is 400."""
    response = exception_handler(error, context)
    if response is not None and response.status_code == status.HTTP_400_BAD_REQUEST:
        response.status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    return response


class JWTAuthentication(BaseAuthentication):
    def authenticate(self, request):
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, os.environ["SECRET_KEY"], algorithms=["HS256"], audience="steelyard", issuer="steelyard")
            return User(id=int(claims["sub"])), token
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise exceptions.AuthenticationFailed("Could not validate credentials") from error

    def authenticate_header(self, request):
        return "Bearer"


@api_view(["GET"])
def health(request):
    return Response({"status": "ok"})


class ItemDetail(RetrieveAPIView):
    queryset = Item.objects.filter(status="active")
    serializer_class = ItemSerializer


class ItemList(APIView):
    def get(self, request):
        cursor = request.query_params.get("cursor")
        try:
            skip, limit = int(request.query_params.get("skip", 0)), int(request.query_params.get("limit", 20))
        except ValueError as error:
            raise Unprocessable("bad page") from error
        if not 0 <= skip <= 10_000 or not 1 <= limit <= 100:
            raise Unprocessable("bad page")
        items = Item.objects.filter(status="active").order_by("-created_at", "-id")
        if cursor is None:
            items = items[skip : skip + limit + 1]
        else:
            at, last_id = json.loads(urlsafe_b64decode(cursor))
            items = items.filter(TupleLessThan(Tuple("created_at", "id"), (datetime.fromisoformat(at), last_id)))[: limit + 1]
        items = list(items)
        following = None
        if len(items) > limit:
            last = items[limit - 1]
            following = urlsafe_b64encode(json.dumps([last.created_at.isoformat(), last.id]).encode()).decode()
        return Response(
            {
                "items": ItemSerializer(items[:limit], many=True).data,
                "skip": skip if cursor is None else None,
                "limit": limit,
                "total": total() if cursor is None else None,
                "next_cursor": following,
                "search": None,
            }
        )


counted = {"at": float("-inf"), "total": 0}


def total() -> int:
    """Counted once in five seconds and up to 10 001, as Steelyard does: counting each time would be all that is measured."""
    if time.monotonic() - counted["at"] > 5:
        counted["total"] = Item.objects.filter(status="active")[:10_001].count()
        counted["at"] = time.monotonic()
    return counted["total"]


class OrderList(APIView):
    authentication_classes = [JWTAuthentication]
    permission_classes = [IsAuthenticated]

    @transaction.atomic
    def post(self, request):
        draft = DraftSerializer(data=request.data)
        draft.is_valid(raise_exception=True)
        item_id, quantity = draft.validated_data["product_id"], draft.validated_data["quantity"]
        key, buyer_id, now = request.headers.get("Idempotency-Key", ""), request.user.id, timezone.now()
        if not 1 <= len(key) <= 255:
            raise Unprocessable("bad key")
        fingerprint = hashlib.sha256(b"%d,%d" % (item_id, quantity)).digest()
        claim, is_first = IdempotencyKey.objects.get_or_create(
            owner_id=buyer_id, operation_id="createOrder", key=key, defaults={"fingerprint": fingerprint, "created_at": now}
        )
        if not is_first:
            if bytes(claim.fingerprint) != fingerprint:
                raise Unprocessable("This key was used for another request")
            headers = {"Idempotency-Replayed": "true"}
            return HttpResponse(bytes(claim.body), status=claim.status, content_type="application/json", headers=headers)

        user = User.objects.select_for_update(no_key=True).filter(id=buyer_id, is_active=True).first()
        if user is None:
            raise exceptions.NotAuthenticated("Could not validate credentials")
        address = Address.objects.filter(user_id=buyer_id, is_default=True).first()
        taken = Item.objects.filter(id=item_id, status="active", on_hand__gte=F("reserved") + quantity).update(
            reserved=F("reserved") + quantity, stock_version=F("stock_version") + 1
        )
        if not taken:
            raise Conflict("Item unavailable or out of stock")
        item = Item.objects.get(id=item_id)
        if item.owner_id == buyer_id:
            raise Unprocessable("One's own items cannot be ordered")
        if Order.objects.filter(buyer_id=buyer_id, status="pending").count() >= MOST_PENDING:
            raise Conflict("Too many pending orders")
        if quantity > 100:
            raise Unprocessable("Bulk orders over 100 need a discount code")

        amount = item.price * quantity
        order = Order.objects.create(
            buyer_id=buyer_id,
            seller_id=item.owner_id,
            status="pending",
            payment_status="unpaid",
            currency="USD",
            units=quantity,
            subtotal=amount,
            total=amount,
            shipping_address=address and address.shown_for(user),
            history=[["pending", now.isoformat(), buyer_id]],
            idempotency_key=key,
            expires_at=now + timedelta(days=7),
            created_at=now,
            updated_at=now,
        )
        OrderLine.objects.create(
            order=order, product_id=item_id, sku=item.sku, title=item.title, unit_price=item.price, quantity=quantity, total=amount
        )
        Event.objects.create(
            id=uuid.uuid4(),
            type="order.created",
            occurred_at=now,
            actor_kind="user",
            actor_id=buyer_id,
            subject_kind="order",
            subject_id=order.id,
            request_id=uuid.uuid4(),
            data={
                "order_id": order.id,
                "buyer_id": buyer_id,
                "seller_id": item.owner_id,
                "status": "pending",
                "total": {"amount": amount, "currency": "USD"},
                "version": 1,
            },
            audience=sorted({buyer_id, item.owner_id}),
        )
        response = OrderSerializer(order).data
        claim.status = 201
        claim.headers = [["content-type", "application/json"], ["location", f"/orders/{order.id}"]]
        claim.body = JSONRenderer().render(response)
        claim.save(update_fields=["status", "headers", "body"])
        return Response(response, status=status.HTTP_201_CREATED)
