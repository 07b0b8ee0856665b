# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from steelyard_runtime.call import Call, Operation, headers

from ...models.public_data import PublicData

OPERATION: Operation[PublicData] = Operation(
    package="steelyard_client",
    key="get_public_data",
    name="getPublicData",
    method="GET",
    path="/public-data",
    parse=PublicData.from_dict,
    returns=(PublicData,),
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


def call(*, if_none_match: str | None = None) -> Call[PublicData]:
    """Read the rules of the marketplace: GET /public-data."""
    return Call(
        OPERATION,
        "/public-data",
        headers=headers(
            ("If-None-Match", if_none_match),
        ),
    )
