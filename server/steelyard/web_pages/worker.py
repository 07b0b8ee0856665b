"""The pages of a worker: `/livez` and `/metrics`."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from steelyard.jobs.observer import WorkerState

# Above the longest wait for a database that does not respond, so a restart helps.
STUCK_AFTER_S = 60


def pages(state: Callable[[], WorkerState], metrics_page: Sequence[Route]) -> Starlette:
    """The application: /livez, and the page of metrics, if there is one."""

    async def livez(_: Request) -> Response:
        """200 as long as the worker looks for jobs. It reads no database."""
        is_alive = state().last_turn_s < STUCK_AFTER_S
        body = b'{"status":"ok"}' if is_alive else b'{"status":"stuck"}'
        return Response(body, 200 if is_alive else 503, {"cache-control": "no-store"}, "application/json")

    return Starlette(routes=[Route("/livez", livez), *metrics_page])
