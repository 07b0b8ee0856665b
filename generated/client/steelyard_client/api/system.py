# Written by `python -m codegen generate` from openapi/ 1.1.0: never edit.
"""The tag `system`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

from collections.abc import Mapping

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import Call, headers
from steelyard_runtime.client import Resource
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.operation import Operation

from ..models.system import Health, PublicData, Root

GET_ROOT: Operation[Root] = Operation(
    package="steelyard_client",
    key="get_root",
    name="getRoot",
    method="GET",
    path="/",
    parse=Root.from_dict,
    returns=(Root,),
    problems=("NotAcceptable", "RateLimited", "InternalError", "Unavailable"),
)


def get_root() -> Call[Root]:
    """Say hello: GET /."""
    return Call(
        GET_ROOT,
        "/",
    )


GET_HEALTH: Operation[Health] = Operation(
    package="steelyard_client",
    key="get_health",
    name="getHealth",
    method="GET",
    path="/health",
    parse=Health.from_dict,
    returns=(Health,),
    problems=("NotAcceptable", "InternalError", "NotReady", "Unavailable"),
)


def get_health() -> Call[Health]:
    """Ask how the server is doing: GET /health."""
    return Call(
        GET_HEALTH,
        "/health",
    )


GET_PUBLIC_DATA: Operation[PublicData] = Operation(
    package="steelyard_client",
    key="get_public_data",
    name="getPublicData",
    method="GET",
    path="/public-data",
    parse=PublicData.from_dict,
    returns=(PublicData,),
    problems=("NotAcceptable", "RateLimited", "InternalError", "Unavailable"),
)


def get_public_data(*, if_none_match: str | None = None) -> Call[PublicData]:
    """Read the rules of the marketplace: GET /public-data."""
    return Call(
        GET_PUBLIC_DATA,
        "/public-data",
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )


class System(Resource):
    """`client.system`: What this server is and how it is doing."""

    def get_root(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Root:
        """Say hello

        Answers without a database, so it tells whether the address is right, not whether the server is well.
        """
        return self._client.call(get_root(), timeout=timeout, headers=headers)

    def get_health(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Health:
        """Ask how the server is doing

        For load balancers and probes: 200 means send requests, 503 `not-ready` means send them elsewhere, also while
        the server is about to stop. Never limited, and any query such as `?probe=1` is ignored.

        Raises:
            errors.NotReady
        """
        return self._client.call(get_health(), timeout=timeout, headers=headers)

    def get_public_data(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> PublicData:
        """Read the rules of the marketplace

        Currency, tax, order limits and categories, for everybody and the same for everybody. Shared caches may keep it
        for five minutes, so a count can be that old.
        """
        return self._client.call(get_public_data(), timeout=timeout, headers=headers)


class AsyncSystem(AsyncResource):
    """`client.system`: What this server is and how it is doing."""

    async def get_root(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Root:
        """Say hello

        Answers without a database, so it tells whether the address is right, not whether the server is well.
        """
        return await self._client.call(get_root(), timeout=timeout, headers=headers)

    async def get_health(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Health:
        """Ask how the server is doing

        For load balancers and probes: 200 means send requests, 503 `not-ready` means send them elsewhere, also while
        the server is about to stop. Never limited, and any query such as `?probe=1` is ignored.

        Raises:
            errors.NotReady
        """
        return await self._client.call(get_health(), timeout=timeout, headers=headers)

    async def get_public_data(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> PublicData:
        """Read the rules of the marketplace

        Currency, tax, order limits and categories, for everybody and the same for everybody. Shared caches may keep it
        for five minutes, so a count can be that old.
        """
        return await self._client.call(get_public_data(), timeout=timeout, headers=headers)
