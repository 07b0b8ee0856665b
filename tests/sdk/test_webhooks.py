"""A delivery is accepted only unchanged, with a recent signature by a known secret."""

import base64
from typing import Any

import pytest

from steelyard_client import webhooks
from steelyard_client.models import Price, Unknown
from steelyard_runtime.webhooks import event_of, verify

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = b'{"type": "order.placed", "data": {"id": 7}}'
NOW = 1_800_000_000.0


def test_a_delivery_may_be_signed_with_any_current_secret() -> None:
    fields = webhooks.sign(BODY, OTHER, now=NOW)
    event = webhooks.read(BODY, {name.title(): value for name, value in fields.items()}, SECRET, OTHER, now=NOW + 299)

    assert isinstance(event, Unknown)
    assert event.extra["data"] == {"id": 7}


def test_one_valid_signature_of_several_is_enough() -> None:
    fields = webhooks.sign(BODY, SECRET, now=NOW)
    fields["webhook-signature"] = f"v1,AAAA v2,x {fields['webhook-signature']}"

    assert verify(BODY, fields, SECRET, now=NOW)["type"] == "order.placed"


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"now": NOW + 301},
        {"now": NOW - 301},
        {"now": float("nan")},
        {"secrets": (OTHER,)},
        {"headers": {"webhook-id": "other"}},
        {"headers": {"webhook-timestamp": "1799999999"}},
        {"headers": {"webhook-timestamp": "soon"}},
        {"headers": {"webhook-signature": ""}},
        {"headers": {"webhook-signature": "v1,"}},
    ],
)
def test_any_change_raises_an_error_without_the_expected_signature(change: dict[str, Any]) -> None:
    fields = webhooks.sign(BODY, SECRET, now=NOW)
    good = fields["webhook-signature"]

    with pytest.raises(webhooks.BadSignature) as raised:
        webhooks.read(
            change.get("body", BODY), {**fields, **change.get("headers", {})}, *change.get("secrets", (SECRET,)), now=change.get("now", NOW)
        )

    assert good.removeprefix("v1,") not in str(raised.value)


def test_a_delivery_without_headers_or_without_an_event_raises() -> None:
    with pytest.raises(webhooks.BadSignature, match="missing"):
        webhooks.read(BODY, {}, SECRET)
    for body in (b"[]", b"{"):
        with pytest.raises(webhooks.BadSignature):
            webhooks.read(body, webhooks.sign(body, SECRET, now=NOW), SECRET, now=NOW)


def test_an_invalid_secret_raises_an_error_without_the_secret() -> None:
    with pytest.raises(TypeError, match="needs a secret"):
        verify(BODY, {})
    with pytest.raises(ValueError, match="base64") as raised:
        webhooks.sign(BODY, "whsec_no!secret")
    assert "no!secret" not in str(raised.value)


def test_a_known_event_is_typed() -> None:
    event = event_of({"type": "price", "amount": 1, "currency": "USD"}, {"price": Price})

    assert isinstance(event, Price)
