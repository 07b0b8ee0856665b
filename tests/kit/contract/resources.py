"""Resources by their x-read: reads one again after a response has shown it."""

from typing import Any

import httpx

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.contract.laws import Part, at, parts


def resource(operation: Operation, response: httpx.Response) -> Part | None:
    """The resource that is the whole body of a success, if its schema has x-read."""
    node = CONTRACT.responses(operation)[response.status_code]
    content = node.get("content", {}).get("application/json")
    if content is None or not response.is_success:
        return None
    whole = next(parts(CONTRACT.resolve, content["schema"], response.json()), None)
    return whole if whole is not None and "x-read" in whole.schema else None


async def read_by(client: Api, law: Schema, value: dict[str, Any]) -> tuple[dict[str, Any] | None, httpx.Response]:
    """The resource as it is now, or None, with the response that shows it."""
    arguments = {name: at(value, path)[0] for name, path in law.get("parameters", {}).items()}
    response = await client.call(law["operationId"], **arguments)
    if not response.is_success:
        return None, response
    if "at" not in law:
        return response.json(), response
    (listed,) = at(response.json(), law["at"])
    return next((entry for entry in listed if entry["id"] == value["id"]), None), response
