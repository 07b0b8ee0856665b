"""Records of requests, and the lines that the access log makes of them."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from steelyard.contract.observer import RequestRecord
from steelyard.telemetry import access_log

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def trace(status: int = 200, credential_id: int | None = None) -> RequestRecord:
    made = RequestRecord(str(UUID(int=1)), "192.0.2.1", NOON)
    made.operation_id, made.status, made.took_s = "getItem", status, 0.00123
    made.credential_id = credential_id
    return made


def log_into(chunks: list[bytes]) -> access_log.AccessLog:
    return access_log.AccessLog(lambda: NOON, chunks.append)


def parsed(chunks: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for chunk in chunks for line in chunk.splitlines()]
