# `nox -s generate`: never edit.
"""The tag `system`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

from collections.abc import Mapping

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import (
    Call,
    headers as _headers,
)
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
    """Get a greeting and links: GET /."""
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
    """Check the health of the server: GET /health."""
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
        headers=_headers(
            ("If-None-Match", if_none_match),
        ),
    )


class System(Resource):
    """`client.system`."""

    def get_root(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Root:
        """Get a greeting and links

        Uses no database, so it shows that the address is right, not that the server is healthy.

        Raises:
            errors.NotAcceptable
        """
        return self._client.call(get_root(), timeout=timeout, headers=headers)

    def get_health(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Health:
        """Check the health of the server

        For load balancers and probes: 200 means that the server takes requests; 503 `not-ready` means that it does not,
        for example because it is stopping. It has no rate limit and ignores any query, such as `?probe=1`.

        Raises:
            errors.NotAcceptable, errors.NotReady
        """
        return self._client.call(get_health(), timeout=timeout, headers=headers)

    def get_public_data(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> PublicData:
        """Read the rules of the marketplace

        Currency, tax, order limits and categories, public and the same for every caller. The server keeps the response
        for a minute, and shared caches may for five more, so a count can be six minutes old.

        Raises:
            errors.NotAcceptable
        """
        return self._client.call(get_public_data(), timeout=timeout, headers=headers)


class AsyncSystem(AsyncResource):
    """`client.system`."""

    async def get_root(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Root:
        """Get a greeting and links

        Uses no database, so it shows that the address is right, not that the server is healthy.

        Raises:
            errors.NotAcceptable
        """
        return await self._client.call(get_root(), timeout=timeout, headers=headers)

    async def get_health(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Health:
        """Check the health of the server

        For load balancers and probes: 200 means that the server takes requests; 503 `not-ready` means that it does not,
        for example because it is stopping. It has no rate limit and ignores any query, such as `?probe=1`.

        Raises:
            errors.NotAcceptable, errors.NotReady
        """
        return await self._client.call(get_health(), timeout=timeout, headers=headers)

    async def get_public_data(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> PublicData:
        """Read the rules of the marketplace

        Currency, tax, order limits and categories, public and the same for every caller. The server keeps the response
        for a minute, and shared caches may for five more, so a count can be six minutes old.

        Raises:
            errors.NotAcceptable
        """
        return await self._client.call(get_public_data(), timeout=timeout, headers=headers)
