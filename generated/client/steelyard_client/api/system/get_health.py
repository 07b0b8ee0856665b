# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation

from ...models.health import Health

OPERATION: Operation[Health] = Operation(
    package="steelyard_client",
    key="get_health",
    name="getHealth",
    method="GET",
    path="/health",
    parse=Health.from_dict,
    returns=(Health,),
    status=200,
    secured=False,
    optional=False,
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAcceptable",
        "InternalError",
        "NotReady",
        "Unavailable",
    ),
)


def call() -> Call[Health]:
    """Ask how the server is doing: GET /health."""
    return Call(
        OPERATION,
        "/health",
    )
