"""Path, query and header parameters: from text to the values that a handler receives, by the grammar of the contract."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import isfinite
from typing import Any

from pydantic import TypeAdapter, ValidationError

from steelyard.contract.document import Document, Schema
from steelyard.contract.http import query_strings
from steelyard.contract.request.violations import document_violations, merge_violations, model_violations, violation
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.operations import Operation, Parameter

# JSON's own integers (RFC 8259, section 6) of at most 16 digits, which is what the contract's bounds can hold.
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
# How many queries are cached, and how long one may be: at most a quarter of a megabyte for an operation.
_MAX_CACHED, _MAX_CACHED_BYTES = 1000, 250

# JSON's numbers, of a length that no valid value needs.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")

_BOOLEANS = {"true": True, "false": False}


class InvalidLiteral(ValueError):
    """The text is no literal of the parameter's type."""

    def __init__(self, kind: str, msg: str) -> None:
        super().__init__(msg)
        self.kind = kind


def _integer(text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise InvalidLiteral("int_parsing", "Input should be a valid integer, written with digits only")
    return int(text)


def _number(text: str) -> float:
    if _NUMBER.fullmatch(text) is None or not isfinite(number := float(text)):
        raise InvalidLiteral("float_parsing", "Input should be a valid number, written as in JSON")
    return number


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise InvalidLiteral("bool_parsing", "Input should be true or false")
    return _BOOLEANS[text]


def _text(text: str) -> str:
    return text


_SPELLINGS: dict[str, Callable[[str], Any]] = {"integer": _integer, "number": _number, "boolean": _boolean}


@cache
def _validator_of(alias: str) -> Callable[[Any], Any]:
    """Many operations have the same parameters, and a process of tests has many applications."""
    validate: Callable[[Any], Any] = TypeAdapter(getattr(p, alias)).validator.validate_python
    return validate


def spelling(schema: Schema) -> Callable[[str], Any]:
    """What turns a text into the scalar of a schema; InvalidLiteral if it is none."""
    return _SPELLINGS.get(schema.get("type", ""), _text)


class ParameterDecoder:
    """Reads one parameter of one operation."""

    def __init__(self, parameter: Parameter, document: Document) -> None:
        schema = document.dereference(document.get(parameter.schema))
        single = document.dereference(schema["items"]) if parameter.many else schema
        self.name = parameter.name
        self.argument = parameter.argument
        self.loc = (parameter.where, parameter.name)
        self.required = parameter.required
        self.many = parameter.many
        self.separator = parameter.separator
        self._spelling = spelling(single)
        self._validate = _validator_of(parameter.alias)
        self.default = None if parameter.default is None else self._validate(parameter.default)
        # Rules that its type cannot say, such as a pattern on a date.
        self._validator = document.validator(parameter.schema) if parameter.by_document else None
        self._document = document

    def __call__(self, texts: list[str], violations: list[m.Violation]) -> Any:
        """The value, or None with a violation noted."""
        if len(texts) > 1 and (not self.many or self.separator is not None):
            violations.append(violation("repeated", self.loc, "This parameter may be sent only once"))
            return None
        if self.separator is not None:
            # Space around the elements of a header means nothing (RFC 9110, section 5.6.1).
            divided = texts[0].split(self.separator) if texts[0] else []
            texts = [text.strip(" \t") for text in divided] if self.loc[0] == "header" else divided
        try:
            spelt = [self._spelling(text) for text in texts] if self.many else self._spelling(texts[0])
            value = self._validate(spelt)
            if self._validator is None or self._validator.is_valid(spelt):
                return value
            violations += merge_violations([], document_violations(self._document, self._validator.iter_errors(spelt), self.loc))
        except InvalidLiteral as error:
            violations.append(violation(error.kind, self.loc, str(error)))
        except ValidationError as error:
            violations.extend(model_violations(error, self.loc))
        return None

    def absent(self, violations: list[m.Violation]) -> Any:
        """The handler's argument for a parameter that was not sent."""
        if self.required:
            violations.append(violation("missing", self.loc, "Field required"))
        return self.default


class ParameterReader:
    """All parameters of one operation."""

    def __init__(self, operation: Operation, document: Document, keys: frozenset[str] = frozenset()) -> None:
        decoders = [(each.where, ParameterDecoder(each, document)) for each in operation.parameters]
        self._path = [each for where, each in decoders if where == "path"]
        self._query = {each.name: each for where, each in decoders if where == "query"}
        self._headers = [(each.name.lower().encode(), each) for where, each in decoders if where == "header"]
        self._defaults = {each.argument: each.default for _, each in decoders if each not in self._path}
        self._needs_query = any(each.required for each in self._query.values())
        # Health probes and cache busters send `?x` to operations that take no input at all.
        self._ignores_query = not decoders and not operation.bodies
        self._empty = not decoders
        # API keys, which the authorizer reads.
        self._keys = keys
        # The values of valid queries, because the same ones come again and again. Not with lists, which a handler might change.
        # Nor those of browsers: each is for one login.
        is_cached = not operation.navigates and not any(each.many for _, each in decoders)
        self._known: dict[bytes, dict[str, Any]] | None = {} if is_cached else None
        # Identity providers and clients of OAuth 2 add further parameters (RFC 6749, section 3.1).
        self._ignores_unknown = operation.navigates

    def read(
        self,
        path: Mapping[str, str],
        query: bytes,
        headers: Mapping[bytes, bytes],
        repeated: Iterable[bytes],
        violations: list[m.Violation],
    ) -> dict[str, Any]:
        """Arguments by the handler's names; violations are added to `violations`."""
        if self._empty and (not query or self._ignores_query):
            return {}
        values = dict(self._defaults)
        for decoder in self._path:
            values[decoder.argument] = decoder([path[decoder.name]], violations)
        if query or self._needs_query:
            values |= self._query_values(query, violations)
        for name, decoder in self._headers:
            sent = headers.get(name)
            if sent is None:
                values[decoder.argument] = decoder.absent(violations)
            elif name in repeated and not decoder.many:
                violations.append(violation("repeated", decoder.loc, "This header may be sent only once"))
            else:
                values[decoder.argument] = decoder([sent.decode("latin-1").strip(" \t")], violations)
        return values

    def _query_values(self, query: bytes, violations: list[m.Violation]) -> dict[str, Any]:
        if self._known is not None and query in self._known:
            return self._known[query]
        values: dict[str, Any] = {}
        wrong = len(violations)
        self._read_query(query, values, violations)
        if self._known is not None and len(violations) == wrong and len(query) <= _MAX_CACHED_BYTES:
            if len(self._known) >= _MAX_CACHED:
                self._known.clear()
            self._known[query] = values
        return values

    def _read_query(self, query: bytes, values: dict[str, Any], violations: list[m.Violation]) -> None:
        texts: dict[str, list[str]] = {}
        broken = set()
        for name, text in query_strings.parse_pairs(query):
            if len(violations) > MAX_VIOLATIONS:
                return
            if name in self._keys:
                continue
            if name not in self._query:
                if self._ignores_unknown:
                    continue
                violations.append(violation("extra_forbidden", ("query", name), "This parameter is not in the contract"))
            elif text is None:
                broken.add(name)
                violations.append(violation("string_unicode", ("query", name), "Input should be percent-encoded UTF-8"))
            else:
                texts.setdefault(name, []).append(text)
        for name, decoder in self._query.items():
            if name in texts:
                values[decoder.argument] = decoder(texts[name], violations)
            elif name not in broken:
                values[decoder.argument] = decoder.absent(violations)
