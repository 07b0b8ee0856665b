"""What Schemathesis reads of any contract, and what its report must show."""

import json
from collections.abc import Iterator
from typing import Any

from tests.kit.contract.bodies import EVENTS, NDJSON, decoded, is_stream
from tests.kit.contract.checker import BUNDLE

# The share of valid cases that must be accepted or meet a conflict (409), once there are enough cases to decide.
MIN_SHARE, ENOUGH = 0.3, 10


def bearer() -> dict[str, Any]:
    """The contract for Schemathesis: its check `ignored_auth` does nothing for `type: oauth2`, so the scheme becomes bearer."""
    document: dict[str, Any] = json.loads(BUNDLE.read_bytes())
    for scheme in document["components"]["securitySchemes"].values():
        if scheme["type"] == "oauth2":
            scheme.clear()
            scheme.update(type="http", scheme="bearer")
    for item in document["paths"].values():
        for method in [name for name, operation in item.items() if isinstance(operation, dict) and "x-navigation" in operation]:
            del item[method]  # only a browser can follow it
        for operation in item.values():
            for way in operation.get("security", []) if isinstance(operation, dict) else []:
                way.update({name: [] for name in way})
            parts = operation if isinstance(operation, dict) else {}
            _describe_streams(parts.get("requestBody", {}).get("content", {}), minItems=1)
            for response in parts.get("responses", {}).values():
                _describe_streams(response.get("content", {}))
    return document


def _describe_streams(contents: dict[str, Any], **bounds: int) -> None:
    """Streams as Schemathesis reads them: lines as a list, by our hook, and an event as an object with its data."""
    for media in filter(is_stream, contents):
        item = contents[media]["x-item-schema"]
        data = {"type": "string", "contentMediaType": "application/json", "contentSchema": item}
        event = {"type": "object", "required": ["data"], "properties": {"data": data}}
        contents[media]["schema"] = event if media == EVENTS else {"type": "array", "items": item, **bounds}
        for example in contents[media].get("examples", {}).values() if media == NDJSON else ():
            example["value"] = decoded(media, example["value"].encode())


def too_seldom(rates: dict[str, dict[str, dict[str, int]]]) -> Iterator[str]:
    """Operations whose valid cases are hardly ever accepted: nothing after their validation was tested."""
    for operation, phases in rates.items():
        landed = sum(phase["accepted"] + phase["conflicts"] for phase in phases.values())
        sent = sum(sum(phase.values()) for phase in phases.values())
        if sent >= ENOUGH and landed < MIN_SHARE * sent:
            yield f"{operation}: only {landed} of {sent} valid cases were accepted"
