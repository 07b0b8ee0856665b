# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation

from ...models.root import Root

OPERATION: Operation[Root] = Operation(
    package="steelyard_client",
    key="get_root",
    name="getRoot",
    method="GET",
    path="/",
    parse=Root.from_dict,
    returns=(Root,),
    status=200,
    secured=False,
    optional=False,
    keyed=False,
    guarded=False,
    safe=False,
    problems=(
        "NotAcceptable",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def call() -> Call[Root]:
    """Say hello: GET /."""
    return Call(
        OPERATION,
        "/",
    )
