"""The reader of a body, by its media type."""

from steelyard.contract.document import Document
from steelyard.contract.http.media_types import MULTIPART, NDJSON, is_file
from steelyard.contract.request.body import RequestBody
from steelyard.contract.request.files import FileBody
from steelyard.contract.request.lines import LinesBody
from steelyard.contract.request.multipart import MultipartBody
from steelyard_contract.operations import Body


def body_of(bodies: tuple[Body, ...], document: Document) -> RequestBody | FileBody | LinesBody | MultipartBody | None:
    """The reader of an operation's body; None where it has none."""
    if not bodies:
        return None
    (body,) = bodies  # one media type per body is a rule of the contract (P12)
    if body.media == MULTIPART:
        return MultipartBody(bodies, document)
    if body.media == NDJSON:
        return LinesBody(bodies, document)
    return FileBody(body) if is_file(body.media) else RequestBody(bodies, document)
