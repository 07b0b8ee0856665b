"""/livez: whether this process lives. It reads no database, so whatever restarts a process that fails it does so for no other reason."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ALIVE = b'{"status":"ok"}'


def routes() -> list[Route]:
    """The route. That it is served at all shows that the event loop turns."""
    return [Route("/livez", _livez)]


async def _livez(_: Request) -> Response:
    return Response(_ALIVE, media_type="application/json", headers={"cache-control": "no-store"})
