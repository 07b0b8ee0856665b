"""Bodies and responses that are texts or files."""

from typing import Any

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller, Shared, Transaction
from steelyard.contract.http.dispositions import attachment
from steelyard.contract.http.etags import etag
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r
from steelyard_contract.uploads import Upload
from workshop.drawer import Drawer
from workshop.shelf import Shelf

SEVENTH = 7
ROWS = {1: "Schraube", 2: "Größe M4"}


async def create_file(
    body: Upload,
    idempotency_key: p.IdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    caller: CurrentCaller,  # noqa: ARG001  # a caller is needed
    tx: Transaction,  # noqa: ARG001  # the key is stored in it
    drawer: Shared[Drawer],
) -> r.CreateFile201:
    drawer.put(SEVENTH, await body.read())
    return r.CreateFile201(body=m.StoredFile(id=SEVENTH, size=body.size, sha256=body.sha256), location=f"/files/{SEVENTH}")


async def get_file(file_id: p.FileId, drawer: Shared[Drawer]) -> r.GetFile200:
    content = drawer.get(file_id)
    return r.GetFile200(body=content, content_disposition=attachment(f"file-{file_id}.bin"), etag=etag(drawer.version(file_id)))


async def echo_note(body: m.Note) -> m.Note:
    return body


async def echo_scan(body: Upload | None) -> r.EchoScan200 | r.EchoScan204:
    return r.EchoScan204() if body is None else r.EchoScan200(body=await body.read())


async def export_table(media: r.ExportTableMedia) -> r.ExportTable200 | r.ExportTable200Json:
    if media == "application/json":
        rows = [m.Row(id=number, name=name) for number, name in ROWS.items()]
        return r.ExportTable200Json(body=m.Rows(rows=rows), content_disposition=attachment("größen.json"))
    lines = "".join(f"{number},{name}\r\n" for number, name in ROWS.items())
    return r.ExportTable200(body=f"id,name\r\n{lines}", content_disposition=attachment("größen.csv"))


async def get_part_label(
    part_id: p.PartId,
    media: r.GetPartLabelMedia,
    caller: OptionalCaller,  # noqa: ARG001  # a caller may be known
    shelf: Shared[Shelf],
) -> m.Label | m.Note | bytes:
    name = shelf.get(part_id).name
    if media == "application/json":
        return m.Label(id=part_id, text=name)
    return f"{part_id}\n{name}" if media == "text/plain" else f"%PDF-1.7 {name}".encode()


async def echo_form(body: m.PictureForm) -> m.Picture:
    sent = body.model_dump(exclude={"picture"})
    known: dict[str, Any] = {name: sent.get(name) for name in ("title", "width", "is_scan", "kind")}
    return m.Picture(name=body.picture.name or "", size=body.picture.size, **known)
