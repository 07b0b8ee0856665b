"""Successful responses: from the value that a handler returns to status, header fields and bytes."""

import dataclasses
import hashlib
import types
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from steelyard.contract.http.responses import Header, RawResponse
from steelyard_contract import responses as r
from steelyard_contract.operations import Operation, ResponseSpec

M = TypeVar("M", bound=BaseModel)


class ResponseEncoder:
    """Encodes every value that the handler of one operation may return."""

    def __init__(self, operation: Operation) -> None:
        self._operation_id = operation.id
        self._encoders: dict[type, Callable[[Any], RawResponse]] = {
            getattr(r, spec.class_name): _response_encoder(getattr(r, spec.class_name), spec) for spec in operation.responses
        }
        only = operation.responses[0]
        if only.media is None:
            self._encoders[type(None)] = lambda _: RawResponse(only.status, [], b"")
        else:
            start = _start(only)
            self._encoders |= {
                model: lambda body: RawResponse(only.status, start.copy(), to_json(body))
                for model in body_models(getattr(r, only.class_name))
            }
            self._encoders[r.Encoded] = lambda body: RawResponse(only.status, start.copy(), body)
        hints = get_type_hints(getattr(r, only.class_name))
        self._tags_body = any(name == "ETag" for name, _ in only.headers) and "etag" not in hints

    def __call__(self, value: Any) -> RawResponse:
        """The encoded response; TypeError for a type that the binder has not accepted."""
        try:
            encoded = self._encoders[type(value)](value)
        except KeyError:
            raise TypeError(f"{self._operation_id} returned {type(value).__name__}, which is none of its responses") from None
        if self._tags_body:
            # A page has no version, so its tag is made of its bytes.
            encoded.headers.append((b"etag", b'"%s"' % hashlib.sha256(encoded.body).hexdigest()[:16].encode()))
        return encoded


def body_models(response: type[r.Response]) -> frozenset[Any]:
    """The models of a response's body; beside them, its annotation accepts `Encoded` of the same."""
    hint = get_type_hints(response)["body"]
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return frozenset(kind for kind in kinds if get_origin(kind) is not r.Encoded)


def to_json(model: BaseModel) -> bytes:
    """A model's JSON by its own serializer: typed values go straight to bytes."""
    return model.__pydantic_serializer__.to_json(model)


def encode(model: M) -> r.Encoded[M]:
    """The JSON of a model that is sent many times, as a body or as an item of a page."""
    return r.Encoded(to_json(model))


def encode_page(page: M, items: Sequence[r.Encoded[Any]]) -> r.Encoded[M]:
    """The JSON of a page with these items; its own list is ignored. Half of a page's cost is encoding its items."""
    rest = page.__pydantic_serializer__.to_json(page, exclude={"items"})
    return r.Encoded(b'{"items":[%b],%b' % (b",".join(items), rest[1:]))


def _start(spec: ResponseSpec) -> list[Header]:
    return [(b"content-type", spec.media.encode())] if spec.media is not None else []


def _response_encoder(response: type[r.Response], spec: ResponseSpec) -> Callable[[Any], RawResponse]:
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
        if not has_body:
            return RawResponse(status, encoded, b"")
        body = value.body
        return RawResponse(status, encoded, body if type(body) is r.Encoded else to_json(body))

    return encode
