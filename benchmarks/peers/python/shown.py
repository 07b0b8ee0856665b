"""Responses as plain dicts, for peers whose documentation returns dicts."""

from datetime import datetime
from typing import Any

from models import Item, Order, OrderLine


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def item_shown(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "owner_id": item.owner_id,
        "sku": item.sku,
        "title": item.title,
        "description": item.description,
        "category": item.category,
        "tags": item.tags,
        "image_urls": item.image_urls,
        "price": item.price,
        "status": item.status,
        "available": item.available,
        "on_hand": None,
        "reserved": None,
        "created_at": moment(item.created_at),
        "updated_at": moment(item.updated_at),
        "version": item.version,
    }


def order_shown(order: Order, line: OrderLine) -> dict[str, Any]:
    return {
        "id": order.id,
        "buyer_id": order.buyer_id,
        "seller_id": order.seller_id,
        "status": order.status,
        "payment_status": order.payment_status,
        "lines": [
            {
                "id": line.id,
                "product_id": line.product_id,
                "sku": line.sku,
                "title": line.title,
                "unit_price": money(line.unit_price),
                "quantity": line.quantity,
                "discount": money(line.discount),
                "tax": money(line.tax),
                "total": money(line.total),
                "refunded_quantity": line.refunded_quantity,
                "refunded": money(line.refunded),
            }
        ],
        "subtotal": money(order.subtotal),
        "discount": money(order.discount),
        "tax": money(order.tax),
        "total": money(order.total),
        "refunded": money(order.refunded),
        "discount_code": order.discount_code,
        "shipping_address": order.shipping_address,
        "payments": [],
        "refunds": [],
        "shipment": None,
        "history": [{"status": status, "at": at.replace("+00:00", "Z"), "actor_id": actor_id} for status, at, actor_id in order.history],
        "expires_at": moment(order.expires_at),
        "created_at": moment(order.created_at),
        "updated_at": moment(order.updated_at),
        "version": order.version,
    }
