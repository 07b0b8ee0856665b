# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""Operations of the tag `system`, as methods."""

from __future__ import annotations

from steelyard_runtime.resource import AsyncResource, Resource

from ...models.health import Health
from ...models.public_data import PublicData
from ...models.root import Root
from . import get_health as _get_health
from . import get_public_data as _get_public_data
from . import get_root as _get_root


class System(Resource):
    """`client.system`: What this server is and how it is doing."""

    def get_root(self) -> Root:
        """Say hello

        Answers without a database, so it tells whether the address is right, not whether the server is well.

        Raises:
            errors.NotAcceptable, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(_get_root.call())

    def get_health(self) -> Health:
        """Ask how the server is doing

        For load balancers and probes: 200 means send requests, 503 `not-ready` means send them elsewhere, also while
        the server is about to stop. Never limited, and any query such as `?probe=1` is ignored.

        Raises:
            errors.NotAcceptable, errors.InternalError, errors.NotReady, errors.Unavailable
        """
        return self._client.call(_get_health.call())

    def get_public_data(self) -> PublicData:
        """Read the rules of the marketplace

        Currency, tax, order limits and categories, for everybody and the same for everybody. Shared caches may keep it
        for five minutes, so a count can be that old.

        Raises:
            errors.NotAcceptable, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(_get_public_data.call())


class AsyncSystem(AsyncResource):
    """`client.system`: What this server is and how it is doing."""

    async def get_root(self) -> Root:
        """Say hello

        Answers without a database, so it tells whether the address is right, not whether the server is well.

        Raises:
            errors.NotAcceptable, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_get_root.call())

    async def get_health(self) -> Health:
        """Ask how the server is doing

        For load balancers and probes: 200 means send requests, 503 `not-ready` means send them elsewhere, also while
        the server is about to stop. Never limited, and any query such as `?probe=1` is ignored.

        Raises:
            errors.NotAcceptable, errors.InternalError, errors.NotReady, errors.Unavailable
        """
        return await self._client.call(_get_health.call())

    async def get_public_data(self) -> PublicData:
        """Read the rules of the marketplace

        Currency, tax, order limits and categories, for everybody and the same for everybody. Shared caches may keep it
        for five minutes, so a count can be that old.

        Raises:
            errors.NotAcceptable, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_get_public_data.call())
