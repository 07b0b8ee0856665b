"""Successful responses: from the value that a handler returns to status, header fields and bytes."""

import dataclasses
import hashlib
import types
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter

from steelyard.contract.http.etags import revalidated
from steelyard.contract.http.media_types import content_type, is_file, is_stream, is_text
from steelyard.contract.http.responses import Header, RawResponse
from steelyard.contract.response.items import framed, written
from steelyard_contract import responses as r
from steelyard_contract.operations import Operation, ResponseSpec

M = TypeVar("M", bound=BaseModel)
# More than a contract has responses, though a process of tests has many applications and some contracts.
_MAX_RESPONSES = 1000


def encoders(operation: Operation) -> "dict[str | None, ResponseEncoder]":
    """An encoder for each media type of an operation, or the only one of an operation whose responses have no body."""
    specs = {kind: [spec for spec in operation.responses if spec.media in (kind, None)] for kind in operation.offers or (None,)}
    return {kind: ResponseEncoder(operation, some) for kind, some in specs.items()}


class TaggedBody(r.Encoded[M]):
    """JSON that is sent more than once, with its entity tag."""

    tag: bytes

    def __new__(cls, body: bytes) -> Self:
        self = super().__new__(cls, body)
        self.tag = _tag(body)
        return self


def _tag(body: bytes) -> bytes:
    """A page has no version, so its tag is made of its bytes."""
    return b'"%b"' % hashlib.sha256(body).hexdigest()[:16].encode()


class ResponseEncoder:
    """Encodes every value that the handler of one operation may return, where its bodies have one media type."""

    def __init__(self, operation: Operation, specs: Sequence[ResponseSpec]) -> None:
        self._operation_id = operation.id
        self._encoders: dict[type, Callable[[Any, str | None], RawResponse]] = {
            getattr(r, spec.class_name): _response_encoder(operation, getattr(r, spec.class_name), spec) for spec in specs
        }
        only = specs[0]
        if only.media is None:
            self._encoders[type(None)] = lambda _, __: RawResponse(only.status, [], b"")
        elif not is_stream(only.media):
            start, write = _start(only), _writer(getattr(r, only.class_name))
            self._encoders |= {
                kind: lambda body, _: RawResponse(only.status, start.copy(), write(body))
                for model in body_models(getattr(r, only.class_name))
                for kind in _classes(model)
            }
            self._encoders |= dict.fromkeys((r.Encoded, TaggedBody), lambda body, _: RawResponse(only.status, start.copy(), body))
        hints = _hints_of(getattr(r, only.class_name))
        self._tags_body = any(name == "ETag" for name, _ in only.headers) and "etag" not in hints

    def __call__(self, value: Any, known: str | None = None) -> RawResponse:
        """The encoded response; TypeError for a type that the binder has not accepted.

        If its tag is a version and among the `known` ones, as in If-None-Match, it is a 304 for which no body is encoded.
        """
        try:
            encoded = self._encoders[type(value)](value, known)
        except KeyError:
            raise TypeError(f"{self._operation_id} returned {type(value).__name__}, which is none of its responses") from None
        if self._tags_body:
            body = encoded.body
            encoded.headers.append((b"etag", body.tag if type(body) is TaggedBody else _tag(body)))
        return encoded


@lru_cache(maxsize=_MAX_RESPONSES)
def _hints_of(response: type[r.Response]) -> Mapping[str, Any]:
    """The annotations of a response, with what `Annotated` adds."""
    return get_type_hints(response, include_extras=True)


@lru_cache(maxsize=_MAX_RESPONSES)
def body_hint(response: type[r.Response]) -> Any:
    """The annotation of a response's body."""
    return get_type_hints(response)["body"]


@lru_cache(maxsize=_MAX_RESPONSES)
def body_models(response: type[r.Response]) -> frozenset[Any]:
    """The models of a response's body, or of its items; beside them, its annotation accepts `Encoded` of the same."""
    hint = body_hint(response)  # type: ignore[arg-type]  # mypy takes the class for its objects, which have no hash
    if is_stream(response.MEDIA):
        (hint,) = get_args(hint)
    if get_origin(hint) is r.StreamEvent:
        (hint,) = get_args(hint)
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return frozenset(kind for kind in kinds if get_origin(kind) is not r.Encoded)


def _classes(model: Any) -> tuple[type, ...]:
    """The classes of the values of a model, or of a type that is only a name, as for a list."""
    if isinstance(model, type):
        return (model,)
    kind = getattr(model, "__value__", model)
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if kind is Any:
        return (dict, list, str, int, float, bool, type(None))
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(each for part in get_args(kind) for each in _classes(part))
    return tuple(map(type, get_args(kind))) if get_origin(kind) is Literal else (get_origin(kind) or kind,)


def _writer(response: type[r.Response]) -> Callable[[Any], bytes]:
    """What turns a body, or an item of a stream, into bytes: for JSON the serializer of its model, or that of its type."""
    media = response.MEDIA or ""
    if is_text(media):
        return str.encode
    if is_file(media):
        return bytes
    models = body_models(response)  # type: ignore[arg-type]  # mypy takes the class for its objects, which have no hash
    if all(isinstance(model, type) and issubclass(model, BaseModel) for model in models):
        return to_json
    every: Any = Union[tuple(models)]  # noqa: UP007  # of types that are known at run time
    write: Callable[[Any], bytes] = TypeAdapter(every).dump_json
    return write


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
    return [(b"content-type", content_type(spec.media).encode())] if spec.media is not None else []


def _response_encoder(operation: Operation, response: type[r.Response], spec: ResponseSpec) -> Callable[[Any, str | None], RawResponse]:
    start, status = _start(spec), spec.status
    hints = _hints_of(response)  # type: ignore[arg-type]  # mypy takes the class for its objects, which have no hash
    own = [field.name for field in dataclasses.fields(response) if field.name != "body"]  # type: ignore[arg-type]  # every generated response is a dataclass
    headers = [(name, hints[name].__metadata__[0].lower().encode()) for name in own]
    has_body, is_streamed = spec.media is not None, is_stream(spec.media)
    write = _writer(response) if has_body else to_json
    frame = framed(operation, spec.media, write)

    def encode(value: Any, known: str | None) -> RawResponse:
        encoded = start.copy()
        for name, header in headers:
            text = getattr(value, name)
            if text is not None:
                encoded.append((header, str(text).encode("latin-1")))
        if not has_body:
            return RawResponse(status, encoded, b"")
        body = value.body
        if is_streamed:
            return RawResponse(status, encoded, b"", written(body, frame))
        if known is not None:
            response = revalidated(RawResponse(status, encoded, b""), known)
            if response.status != status:
                return response
        return RawResponse(status, encoded, body if isinstance(body, r.Encoded) else write(body))

    return encode
