"""Resources: one coroutine per operationId."""

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, Shared, Transaction
from steelyard.contract.http.etags import etag
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r
from workshop.shelf import MADE_AT, Shelf

SEVENTH = 7


async def create_part(
    body: m.PartCreate,
    idempotency_key: p.IdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    caller: CurrentCaller,  # noqa: ARG001  # a caller is needed
    tx: Transaction,  # noqa: ARG001  # the key is stored in it
    shelf: Shared[Shelf],
) -> r.CreatePart201:
    part = m.Part(
        id=SEVENTH,
        name=body.name,
        kind=body.kind,
        price=body.price if isinstance(body.price, int) else None,
        tags=body.tags or [],
        owner="user",
        is_new=True,
        created_at=MADE_AT,
        version=shelf.next_version(SEVENTH),
    )
    shelf.put(part)
    return r.CreatePart201(body=part, location=f"/parts/{part.id}", etag=etag(part.version))


async def list_parts(
    kind: p.Kind,
    limit: p.Limit,
    is_new: p.IsNew,
    caller: OptionalCaller,  # noqa: ARG001  # a caller may be known
    shelf: Shared[Shelf],
) -> m.PartList:
    parts = [shelf.get(part_id) for part_id in range(1, 101)]
    kept = [part for part in parts if kind in (None, part.kind) and is_new in (None, part.is_new)]
    return m.PartList(items=kept[:limit])


async def get_part(part_id: p.PartId, shelf: Shared[Shelf]) -> r.GetPart200:
    part = shelf.get(part_id)
    return r.GetPart200(body=part, etag=etag(part.version))


async def update_part(part_id: p.PartId, if_match: p.IfMatch, body: m.PartPatch, shelf: Shared[Shelf]) -> r.UpdatePart200:
    part = shelf.change(part_id, if_match).model_copy(update=body.model_dump())
    shelf.put(part)
    return r.UpdatePart200(body=part, etag=etag(part.version))


async def delete_part(part_id: p.PartId, if_match: p.IfMatch, shelf: Shared[Shelf]) -> None:
    shelf.reset(part_id, if_match)
