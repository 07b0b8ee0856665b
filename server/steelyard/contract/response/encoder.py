"""Successful responses: from what a handler returns to status, headers and bytes."""

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import BaseModel

from steelyard.contract.http.responses import Header, RawResponse
from steelyard_contract import responses as r
from steelyard_contract.operations import Operation, ResponseSpec

M = TypeVar("M", bound=BaseModel)


class ResponseEncoder:
    """Encodes whatever a handler of one operation may return."""

    def __init__(self, operation: Operation) -> None:
        self._operation_id = operation.id
        self._forms: dict[type, Callable[[Any], RawResponse]] = {
            getattr(r, spec.class_name): _response_encoder(getattr(r, spec.class_name), spec, _json_of_page if operation.pages else to_json)
            for spec in operation.responses
        }
        only = operation.responses[0]
        hints = get_type_hints(getattr(r, only.class_name))
        if only.media is None:
            self._forms[type(None)] = lambda _: RawResponse(only.status, [], b"")
        elif isinstance(hints["body"], type) and issubclass(hints["body"], BaseModel):
            start, serialize = _start(only), hints["body"].__pydantic_serializer__.to_json
            self._forms[hints["body"]] = lambda model: RawResponse(only.status, start.copy(), serialize(model))
            self._forms[_Json] = lambda json: RawResponse(only.status, start.copy(), json)
        self._tags_body = any(name == "ETag" for name, _ in only.headers) and "etag" not in hints

    def __call__(self, value: Any) -> RawResponse:
        """The encoded answer; a type that the binder did not see is a bug."""
        try:
            encoded = self._forms[type(value)](value)
        except KeyError:
            raise TypeError(f"{self._operation_id} returned {type(value).__name__}, which is none of its responses") from None
        if self._tags_body:
            # A page has no version of its own, so its tag is made of what it says.
            encoded.headers.append((b"etag", b'"%s"' % hashlib.sha256(encoded.body).hexdigest()[:16].encode()))
        return encoded


def to_json(model: BaseModel) -> bytes:
    """A model's JSON by its own serializer: typed values go straight to bytes."""
    return model.__pydantic_serializer__.to_json(model)


class _Json(bytes):
    """The JSON of a model, in its place."""

    __slots__ = ()


def encode(model: M) -> M:
    """The model encoded already, for whoever keeps what is asked for again and again: a whole body, or all items of a page."""
    return cast("M", _Json(to_json(model)))


def _json_of_page(page: Any) -> bytes:
    """A page around its items, the only list in it. Half of what a page costs is encoding them, unless that was done before."""
    items = page.items
    if not items or type(items[0]) is not _Json:
        return to_json(page)
    rest = page.__pydantic_serializer__.to_json(page, exclude={"items"})
    return b'{"items":[%b],%b' % (b",".join(items), rest[1:])


def _start(spec: ResponseSpec) -> list[Header]:
    return [(b"content-type", spec.media.encode())] if spec.media is not None else []


def _response_encoder(response: type[r.Response], spec: ResponseSpec, to_json: Callable[[Any], bytes]) -> Callable[[Any], RawResponse]:
    start, status = _start(spec), spec.status
    hints = get_type_hints(response, include_extras=True)
    own = [field.name for field in dataclasses.fields(response) if field.name != "body"]  # type: ignore[arg-type]  # every generated response is a dataclass
    headers = [(name, hints[name].__metadata__[0].lower().encode()) for name in own]
    has_body = spec.media is not None

    def encode(value: Any) -> RawResponse:
        encoded = start.copy()
        for name, header in headers:
            text = getattr(value, name)
            if text is not None:
                encoded.append((header, str(text).encode("latin-1")))
        return RawResponse(status, encoded, to_json(value.body) if has_body else b"")

    return encode
