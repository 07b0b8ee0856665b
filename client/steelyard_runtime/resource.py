"""What the generated resources stand on: `client.orders` holds its client and nothing else."""

from __future__ import annotations

from .client import AsyncBaseClient, BaseClient


class Resource:
    __slots__ = ("_client",)

    def __init__(self, client: BaseClient) -> None:
        self._client = client


class AsyncResource:
    __slots__ = ("_client",)

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client
