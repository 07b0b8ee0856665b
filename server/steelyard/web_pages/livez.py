"""/livez: whether this process is alive. It reads no database, so an outage of the database restarts no process."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ALIVE = b'{"status":"ok"}'


def routes() -> list[Route]:
    """The route. That it is served at all shows that the event loop turns."""
    return [Route("/livez", _livez)]


async def _livez(_: Request) -> Response:
    return Response(_ALIVE, media_type="application/json", headers={"cache-control": "no-store"})
