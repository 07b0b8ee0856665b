"""Our tables as models of Django, which does not create them."""

import json

from django.db import models


class JsonText(models.TextField):
    """JSON in a text column."""

    def from_db_value(self, value, expression, connection):
        return None if value is None else json.loads(value)

    def get_prep_value(self, value):
        return None if value is None else json.dumps(value)


class User(models.Model):
    name = models.TextField()
    email = models.TextField()
    role = models.TextField()
    is_active = models.BooleanField()
    is_authenticated = True

    class Meta:
        managed = False
        db_table = "users"


class Address(models.Model):
    user = models.ForeignKey(User, models.CASCADE)
    street = models.TextField()
    city = models.TextField()
    country = models.TextField()
    zip_code = models.TextField()
    is_default = models.BooleanField()

    class Meta:
        managed = False
        db_table = "addresses"

    def shown_for(self, user):
        return {"name": user.name, "street": self.street, "city": self.city, "country": self.country, "zip_code": self.zip_code}


class Item(models.Model):
    owner_id = models.BigIntegerField()
    sku = models.TextField(null=True)
    title = models.TextField()
    description = models.TextField()
    category = models.TextField(null=True)
    tags = JsonText()
    image_urls = JsonText()
    price = models.BigIntegerField()
    status = models.TextField()
    on_hand = models.BigIntegerField()
    reserved = models.BigIntegerField()
    version = models.BigIntegerField()
    stock_version = models.BigIntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "items"

    @property
    def available(self):
        return self.on_hand - self.reserved


class Order(models.Model):
    buyer_id = models.BigIntegerField()
    seller_id = models.BigIntegerField()
    status = models.TextField()
    payment_status = models.TextField()
    currency = models.TextField()
    units = models.BigIntegerField()
    subtotal = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0)
    discount_code = models.TextField(null=True)
    shipping_address = JsonText(null=True)
    history = JsonText()
    idempotency_key = models.TextField()
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)

    class Meta:
        managed = False
        db_table = "orders"


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product_id = models.BigIntegerField()
    sku = models.TextField(null=True)
    title = models.TextField()
    unit_price = models.BigIntegerField()
    quantity = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    refunded_quantity = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "order_lines"


class IdempotencyKey(models.Model):
    pk = models.CompositePrimaryKey("owner_id", "operation_id", "key")
    owner_id = models.BigIntegerField()
    operation_id = models.TextField()
    key = models.TextField()
    fingerprint = models.BinaryField()
    status = models.IntegerField(null=True)
    headers = JsonText(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "idempotency_keys"


class Event(models.Model):
    sequence = models.BigAutoField(primary_key=True)
    id = models.UUIDField()
    type = models.TextField()
    occurred_at = models.DateTimeField()
    actor_kind = models.TextField()
    actor_id = models.BigIntegerField(null=True)
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField(null=True)
    request_id = models.UUIDField(null=True)
    data = JsonText()
    audience = JsonText()

    class Meta:
        managed = False
        db_table = "events"
