"""Request bodies: read within the operation's limit, decoded exactly, and checked by the model and the document."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.types import Receive, Scope

from steelyard.contract.document import Document
from steelyard.contract.http import json_values, query_strings
from steelyard.contract.http.media_types import FORM, is_text
from steelyard.contract.http.responses import Header
from steelyard.contract.request.excerpts import Excerpt, Shape, shape_at
from steelyard.contract.request.heads import BodyHead, ClientDisconnected
from steelyard.contract.request.violations import document_violations, merge_violations, model_violations, violation
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.operations import Body
from steelyard_contract.problems import BodyTooLarge

_MAX_FIELDS = 1000
_BODY = ("body",)
# The characters before each JSON value but the first.
_BEFORE_VALUES = (b",", b"[", b"{")


class _Form:
    """One closed shape that a body may have."""

    def __init__(self, document: Document, pointer: str, model: Any, shape: Shape, by_document: bool) -> None:
        self.pointer = pointer
        # A list or a map has no class, only a name for its type.
        self.model: Any = model if isinstance(model, type) else _Named(model)
        self.shape = shape
        self.required = frozenset(document.get(pointer).get("required", ()))
        self.validator = document.validator(pointer)
        self.by_document = by_document


class _Named:
    """The validator of a type that is no class, where a model has it."""

    def __init__(self, kind: Any) -> None:
        self.__pydantic_validator__ = TypeAdapter(kind).validator


class RequestBody(BodyHead):
    """The body of one operation: JSON, a form, or a text."""

    def __init__(self, bodies: tuple[Body, ...], document: Document) -> None:
        (body,) = bodies  # one media type per body is a rule of the contract (P12)
        super().__init__(body)
        self._document = document
        self._max_values = body.max_values
        schema = document.get(body.schema)
        self._forms = [
            _Form(document, pointer, getattr(m, model), shape_at(document, pointer), body.by_document)
            for pointer, model in body.branches or ((body.schema, body.model),)
        ]
        self._discriminator = schema.get("discriminator", {}).get("propertyName")
        self._by_kind = {
            document.get(form.pointer)["properties"][self._discriminator]["const"]: form for form in self._forms if self._discriminator
        }

    async def read(self, receive: Receive, _headers: Iterable[Header] = ()) -> bytes:
        """All bytes, counted while they arrive: a body without Content-Length is stopped at the limit as well."""
        # Not with the iterator of `arrival`, which would cost each request two calls more.
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnected
            part = message.get("body", b"")
            size += len(part)
            if size > self.limit:
                raise BodyTooLarge(limit=self.limit)
            parts.append(part)
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    def parse(self, raw: bytes, violations: list[m.Violation]) -> tuple[BaseModel | None, Any]:
        """The model for the handler and the plain value for comparisons; violations are added to `violations`."""
        if self.media == FORM:
            return self._parse_form(raw, violations)
        if not raw:
            violations.append(violation("missing", _BODY, "A body is required"))
            return None, None
        if is_text(self.media):
            return self._parse_text(raw, violations)
        if self._has_more_values(raw):
            violations.append(violation("too_many_values", _BODY, f"A body of this operation has at most {self._max_values} values"))
            return None, None
        try:
            value = json_values.decode_json(raw)
        except json_values.InvalidJson as error:
            violations.append(violation("json_invalid", _BODY, str(error)))
            return None, None
        return self.check(value, violations), value

    def check(self, value: Any, violations: list[m.Violation]) -> BaseModel | None:
        """The model of a plain value; violations are added to `violations`."""
        return self._check(self._form_of(value), value, violations)

    def _has_more_values(self, raw: bytes) -> bool:
        """Whether the body has so many values that it is certainly invalid: they are counted before any of them is built."""
        return self._max_values is not None and sum(map(raw.count, _BEFORE_VALUES)) > self._max_values

    def _parse_text(self, raw: bytes, violations: list[m.Violation]) -> tuple[Any, Any]:
        try:
            value = raw.decode()
        except UnicodeDecodeError:
            violations.append(violation("string_unicode", _BODY, "Input should be UTF-8"))
            return None, None
        return self._check(self._forms[0], value, violations), value

    def _parse_form(self, raw: bytes, violations: list[m.Violation]) -> tuple[BaseModel | None, Any]:
        """By the rules of OAuth 2 (RFC 6749, section 3.2): unknown parameters are ignored, those without a value count as left out."""
        if raw.count(b"&") >= _MAX_FIELDS:
            violations.append(violation("too_many_fields", _BODY, f"A form may have at most {_MAX_FIELDS} fields"))
            return None, None
        form = self._forms[0]
        value: dict[str, str] = {}
        seen = set()
        for name, text in query_strings.parse_pairs(raw):
            if name not in form.shape.members or len(violations) > MAX_VIOLATIONS:
                continue
            if text is None:
                violations.append(violation("string_unicode", ("body", name), "Input should be percent-encoded UTF-8"))
            elif name in seen:
                violations.append(violation("repeated", ("body", name), "This field may be sent only once"))
            elif text:
                value[name] = text
            seen.add(name)
        if violations:
            return None, value
        return self._check(form, value, violations), value

    def _check(self, form: _Form, value: Any, violations: list[m.Violation]) -> BaseModel | None:
        """Check by the model and by the document. After a failure the document is always used, because it has better messages."""
        by_model: list[m.Violation] = []
        validate = form.model.__pydantic_validator__.validate_python
        try:
            model: BaseModel = validate(value)
            if not form.by_document or form.validator.is_valid(value):
                return model
            excerpt = Excerpt(form.shape, value, MAX_VIOLATIONS + 1).value
        except ValidationError as error:
            excerpt = Excerpt(form.shape, value, MAX_VIOLATIONS + 1).value
            by_model = model_violations(error if error.error_count() <= MAX_VIOLATIONS else _shortened(error, validate, excerpt), _BODY)
        violations += merge_violations(by_model, document_violations(self._document, form.validator.iter_errors(excerpt), _BODY))
        return None

    def _form_of(self, value: Any) -> _Form:
        """The intended form of several: the one with this constant, or with a required member that the others lack."""
        if len(self._forms) == 1 or not isinstance(value, dict):
            return self._forms[0]
        if self._discriminator is not None:
            kind = value.get(self._discriminator)
            return self._by_kind.get(kind, self._forms[0]) if isinstance(kind, str) else self._forms[0]
        return max(self._forms, key=lambda form: len(form.required & value.keys()))


async def is_empty(scope: Scope, receive: Receive) -> bool:
    """Whether the body of a request has no bytes: a client that sends in chunks cannot state that in its head."""
    if not any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        return False
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        if message.get("body"):
            return False
        if not message.get("more_body", False):
            return True


def _shortened(error: ValidationError, validate: Callable[[Any], BaseModel], excerpt: Any) -> ValidationError:
    """The error of the excerpt instead of the whole value, because a message costs more than the check."""
    try:
        validate(excerpt)
    except ValidationError as shorter:
        return shorter
    return error
