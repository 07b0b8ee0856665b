"""Mutants of requests: too much accepted, too little accepted, values altered, other defaults, malformed bytes accepted."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import steelyard.contract.request.parameters
import steelyard.contract.response.negotiation
from codegen.compat.patterns import may_hold
from codegen.contract.document import Document as Written
from codegen.contract.enforcement import occurrences
from codegen.contract.schemas import Schema, reached
from steelyard.contract import dispatch
from steelyard.contract.document import Document
from steelyard.contract.http import json_values, query_strings
from steelyard.contract.request.body import RequestBody
from steelyard.contract.request.violations import violation
from steelyard_contract.operations import Operation
from tests.contract.mutants.edits import lengths
from tests.contract.mutants.operators import mutant
from tests.contract.mutants.seams import can_loosen, loosen, on_compiled, on_contract, on_handler, swap
from tests.kit.contract.bodies import is_json

Change = Callable[[dict[str, Any]], bool]


# -- rules of the models -----------------------------------------------------------------------------------------------
def without(key: str) -> Change:
    """Removes a constraint of texts or lists."""

    def change(node: dict[str, Any]) -> bool:
        if key == "min_length" and not re.search(node.get("pattern", ""), ""):
            return False  # its pattern rejects the empty text as well: nothing more would be accepted
        if key == "max_length" and lengths(node.get("pattern", ""))[1] <= node.get(key, 0):
            return False  # its pattern has the same bound
        return node["type"] in {"str", "list"} and node.pop(key, None) is not None

    return change


def without_bound(key: str) -> Change:
    """Removes a bound of numbers: models have them as functions around a strict integer."""

    def change(node: dict[str, Any]) -> bool:
        function = node.get("function")
        called = function.get("function") if isinstance(function, dict) else None
        if node["type"] != "function-after" or key not in getattr(called, "keywords", {}):
            return False
        node["function"] = {"type": "no-info", "function": lambda value: value}
        return True

    return change


def opened(node: dict[str, Any]) -> bool:
    if node.get("config", {}).get("extra_fields_behavior") != "forbid":
        return False
    node["config"] = {**node["config"], "extra_fields_behavior": "ignore"}
    return True


def optional(node: dict[str, Any]) -> bool:
    if node["type"] != "model-fields":
        return False
    for field in node["fields"].values():
        if field["schema"]["type"] not in {"default", "literal"}:
            field["schema"] = {"type": "default", "schema": field["schema"], "default": None}
            return True
    return False


def any_text(node: dict[str, Any]) -> bool:
    if node["type"] not in {"enum", "literal"}:
        return False
    node.clear()
    node.update(type="str")
    return True


def any_type(node: dict[str, Any]) -> bool:
    """Texts may be numbers, which are stored as texts."""
    if node["type"] != "model-fields":
        return False
    for field in node["fields"].values():
        # A pattern that no number matches rejects them still.
        if field["schema"]["type"] == "str" and any(may_hold(field["schema"].get("pattern", ""), digit) for digit in "0123456789"):
            field["schema"] = {**field["schema"], "coerce_numbers_to_str": True}
            return True
    return False


def nullable(node: dict[str, Any]) -> bool:
    if node["type"] != "model-fields":
        return False
    for field in node["fields"].values():
        if field["schema"]["type"] in {"str", "bool", "enum"}:
            field["schema"] = {"type": "nullable", "schema": field["schema"]}
            return True
    return False


def _weaker(name: str, text: str, change: Change, row: str = "loose") -> None:
    def plant(operation: Operation) -> None:
        loosen(operation, change)

    plant.__name__ = name
    mutant(row, text, can_loosen(change, alone=row != "strict"))(plant)


def register() -> None:
    """The mutants that are one change of a body's models."""
    _weaker("no_most_length", "texts may have any length", without("max_length"))
    _weaker("no_least_length", "texts may be empty", without("min_length"))
    _weaker("no_pattern", "a pattern is not checked", without("pattern"))
    _weaker("no_maximum", "numbers have no upper bound", without_bound("le"))
    _weaker("no_minimum", "numbers have no lower bound", without_bound("ge"))
    _weaker("open_object", "unknown members are ignored", opened)
    _weaker("optional_member", "a required member may be left out", optional)
    _weaker("any_value", "an enumeration accepts any text", any_text)
    _weaker("numbers_as_texts", "a text may be a number", any_type, "neighbour")
    _weaker("null_for_a_value", "null is accepted where it is not allowed", nullable, "neighbour")


register()


# -- parameters --------------------------------------------------------------------------------------------------------
def _decoders(target: Any) -> list[Any]:
    return [*target._parameters._query.values(), *(decoder for _, decoder in target._parameters._headers), *target._parameters._path]


def has_parameters(operation: Operation) -> bool:
    return bool(operation.parameters)


@mutant("loose", "values that a parameter's type rejects are passed on", has_parameters)
def unchecked_parameters(operation: Operation) -> None:
    def change(target: Any) -> None:
        for decoder in _decoders(target):
            decoder._validate = _taking_all(decoder._validate)

    on_compiled(operation, change)


def _taking_all(validate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        try:
            return validate(value)
        except ValueError:
            return value

    return take


@mutant(
    "loose",
    "unknown query parameters are ignored",
    lambda operation: not operation.navigates and any(parameter.where == "query" for parameter in operation.parameters),
)
def unknown_query(operation: Operation) -> None:
    def change(target: Any) -> None:
        read = target._parameters._read_query

        def reading(query: bytes, values: Any, violations: list[Any]) -> None:
            reported: list[Any] = []
            read(query, values, reported)
            violations += [violation for violation in reported if violation.type != "extra_forbidden"]

        target._parameters._read_query = reading

    on_compiled(operation, change)


@mutant("navigation", "unknown parameters of a navigation are rejected", lambda operation: operation.navigates)
def strict_navigation(operation: Operation) -> None:
    def change(target: Any) -> None:
        target._parameters._ignores_unknown = False

    on_compiled(operation, change)


@mutant(
    "loose",
    "a required header may be left out",
    lambda operation: any(parameter.required and parameter.where == "header" for parameter in operation.parameters),
)
def optional_header(operation: Operation) -> None:
    on_contract(
        operation, parameters=tuple(replace(parameter, required=False) for parameter in operation.parameters), idempotency="optional"
    )


@mutant("loose", "a body that is required may be left out", lambda operation: any(body.required for body in operation.bodies))
def optional_body(operation: Operation) -> None:
    def change(target: Any) -> None:
        target._body.required = False

    on_compiled(operation, change)


# -- rules across members ----------------------------------------------------------------------------------------------
# The model of a map has the bounds and the names of its members; that of an object with properties has neither.
OF_MAPS = {"minProperties", "maxProperties", "propertyNames"}


@cache
def _only_by_document() -> dict[str, set[str]]:
    """By schema: its keywords that no model has. Without them, the models alone decide as before."""
    document, keywords = Written(Document.load().tree), defaultdict[str, set[str]](set)
    for occurrence in occurrences(document):
        where = occurrence.pointer.rpartition("/")[0]
        if occurrence.enforcer == "document" and not (occurrence.keyword in OF_MAPS and _is_map(document.get(where))):
            keywords[where].add(occurrence.keyword)
    return keywords


def _is_map(node: dict[str, Any]) -> bool:
    return isinstance(node.get("additionalProperties"), dict) and "properties" not in node


def by_document(operation: Operation) -> bool:
    """Whether a body has a keyword that no model has."""
    document = Written(Document.load().tree)
    roots = [Schema({"$ref": f"#{body.schema}"}, "", "request") for body in operation.bodies if body.by_document]
    return any(_only_by_document().get(part.pointer) for part in reached(document, roots))


@mutant("rule", "only the models validate, not the document", by_document)
def models_alone(operation: Operation) -> None:
    on_contract(operation, bodies=tuple(replace(body, by_document=False) for body in operation.bodies))


def _reaches(matches: Callable[[dict[str, Any]], bool]) -> Callable[[Operation], bool]:
    """Whether a body has such a schema at any depth."""
    document = Written(Document.load().tree)

    def reaches(where: str) -> bool:
        return any(matches(dict(part.node)) for part in reached(document, [Schema({"$ref": f"#{where}"}, "", "request")]))

    return lambda operation: any(reaches(body.schema) for body in operation.bodies)


def _without_keyword(name: str, keyword: str, text: str) -> None:
    def plant(operation: Operation) -> None:
        plain = Document.load()
        lenient = Document(json.dumps(_stripped(plain.tree, keyword)).encode())

        def change(target: Any) -> None:
            for body in operation.bodies:
                target._body = RequestBody((body,), lenient)

        on_compiled(operation, change)

    plant.__name__ = name
    mutant("rule", text, _reaches(lambda node: keyword in node and not (keyword in OF_MAPS and _is_map(node))))(plant)


def _stripped(node: Any, keyword: str) -> Any:
    if isinstance(node, dict):
        return {key: _stripped(child, keyword) for key, child in node.items() if key != keyword}
    return [_stripped(child, keyword) for child in node] if isinstance(node, list) else node


def register_rules() -> None:
    _without_keyword("no_conditions", "then", "`then` is not checked")
    _without_keyword("no_uniqueness", "uniqueItems", "a list may repeat an item")
    _without_keyword("no_least_members", "minProperties", "a patch may be empty")


register_rules()


# -- too strict, or altered --------------------------------------------------------------------------------------------
def _tighter(node: dict[str, Any]) -> bool:
    if node["type"] == "str" and node.get("max_length", 0) > 1:
        node["max_length"] -= 1
        return True
    return False


def _required(node: dict[str, Any]) -> bool:
    if node["type"] != "model-fields":
        return False
    for field in node["fields"].values():
        if field["schema"]["type"] == "default":
            field["schema"] = field["schema"]["schema"]
            return True
    return False


def _stripping(node: dict[str, Any]) -> bool:
    if node["type"] == "str" and "max_length" in node and "format" not in node:
        node["strip_whitespace"] = True
        return True
    return False


def register_stricter() -> None:
    _weaker("shorter_text", "the maximum length of a text is one less", _tighter, "strict")
    _weaker("required_member", "an optional member is required", _required, "strict")


register_stricter()


def writes(operation: Operation) -> bool:
    return operation.id in {"createItem", "updateItem", "createUser", "updateUser", "createAddress", "updateAddress"}


def _altering(operation: Operation, change: Callable[[str], str]) -> None:
    def around(handler: Any) -> Any:
        async def altering(**arguments: Any) -> Any:
            body = arguments["body"]
            texts = {name: value for name, value in vars(body).items() if isinstance(value, str) and name not in {"password", "email"}}
            for name, value in texts.items():
                # In place, so that the model's set of explicit members stays the same.
                vars(body)[name] = type(value)(change(value)) if type(value) is str else value
            return await handler(**arguments)

        return altering

    on_handler(operation, around)


@mutant("strict", "texts are trimmed before they are stored", writes)
def trimmed_texts(operation: Operation) -> None:
    _altering(operation, str.strip)


@mutant("strict", "texts are escaped for pages before they are stored", writes)
def escaped_texts(operation: Operation) -> None:
    _altering(operation, lambda text: text.replace("<", "&lt;"))


def _json(operation: Operation) -> bool:
    return bool(operation.bodies) and operation.bodies[0].media != "application/x-www-form-urlencoded"


_takes_integers = _reaches(lambda node: node.get("type") == "integer" or "integer" in node.get("type", ()))


@mutant("strict", "a whole number with a decimal point is rejected", lambda operation: _json(operation) and _takes_integers(operation))
def pointless_numbers(operation: Operation) -> None:
    def change(target: Any) -> None:
        parse = target._body.parse

        def parsing(raw: bytes, violations: list[Any]) -> Any:
            value = parse(raw, violations)
            if not violations and _spells_with_point(raw):
                violations.append(violation("int_type", ("body",), "Input should be a valid integer"))
            return value

        target._body.parse = parsing

    on_compiled(operation, change)


def _spells_with_point(raw: bytes) -> bool:
    """Whether one of its numbers is written like 1.0, which is an integer in JSON Schema."""
    fractions: list[str] = []
    json.loads(raw, parse_float=fractions.append)
    return any("." in text and float(text).is_integer() for text in fractions)


# -- defaults ----------------------------------------------------------------------------------------------------------
def _defaulted(operation: Operation) -> Any:
    """The first parameter whose default is a number."""
    return next((parameter for parameter in operation.parameters if type(parameter.default) is int and parameter.default), None)


@mutant("default", "another default page size", lambda operation: _defaulted(operation) is not None)
def other_size(operation: Operation) -> None:
    def change(target: Any) -> None:
        parameter = _defaulted(operation)
        size = 2 if parameter.default == 3 else 3
        for decoder in _decoders(target):
            if decoder.argument == parameter.argument:
                decoder.default = size
        target._parameters._defaults[parameter.argument] = size

    on_compiled(operation, change)


def _choice(operation: Operation) -> Any:
    return next(
        (parameter for parameter in operation.parameters if isinstance(parameter.default, str) and parameter.argument == "sort"), None
    )


@mutant("default", "another default order", lambda operation: _choice(operation) is not None)
def other_order(operation: Operation) -> None:
    parameter = _choice(operation)
    other = next(value for value in type(parameter.default) if value != parameter.default)

    def change(target: Any) -> None:
        for decoder in _decoders(target):
            if decoder.argument == parameter.argument:
                decoder.default = other
        target._parameters._defaults[parameter.argument] = other

    on_compiled(operation, change)


# -- bytes -------------------------------------------------------------------------------------------------------------
@mutant("bytes", "the last of two equal members wins")
def double_members(_: Operation) -> None:
    swap(json_values, "decode_json", _plain_decode)


def _plain_decode(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode())
    except ValueError as error:
        raise json_values.InvalidJson(str(error)) from error


@mutant("bytes", "integers in queries may have any notation of Python")
def pythonic_integers(_: Operation) -> None:
    def integer(text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise steelyard.contract.request.parameters.InvalidLiteral("int_parsing", "Input should be a valid integer") from None

    steelyard.contract.request.parameters._SPELLINGS["integer"] = integer


@mutant("bytes", "yes, on and 1 are true")
def generous_booleans(_: Operation) -> None:
    steelyard.contract.request.parameters._BOOLEANS.update({"1": True, "yes": True, "on": True, "True": True})


@mutant("bytes", "the last of two equal parameters wins")
def last_parameter_wins(_: Operation) -> None:
    plain = steelyard.contract.request.parameters.ParameterDecoder.__call__
    swap(
        steelyard.contract.request.parameters.ParameterDecoder,
        "__call__",
        lambda self, texts, violations: plain(self, texts[-1:], violations),
    )


@mutant("bytes", "invalid percent-escapes are accepted")
def lenient_escapes(_: Operation) -> None:
    def pairs(query: bytes) -> list[tuple[str, str | None]]:
        parts = [part.partition("=") for part in query.decode("latin-1").split("&") if part]
        return [(unquote_plus(name), unquote_plus(text)) for name, _, text in parts]

    swap(query_strings, "parse_pairs", pairs)


@mutant("bytes", "double slashes and dots are normalised")
def normalised_paths(_: Operation) -> None:
    plain = dispatch.RouteTable.find

    def find(self: Any, raw_path: bytes) -> Any:
        while b"//" in raw_path:
            raw_path = raw_path.replace(b"//", b"/")
        return plain(self, raw_path.replace(b"/./", b"/"))

    swap(dispatch.RouteTable, "find", find)


@mutant("bytes", "any media type is read as JSON")
def any_content_type(_: Operation) -> None:
    swap(RequestBody, "check_head", lambda self, headers, repeated: None)


@mutant("bytes", "Accept is ignored", None)
def deaf_accept(_: Operation) -> None:
    swap(steelyard.contract.response.negotiation, "preferred", lambda accept, offered: offered[0])


@mutant("bytes", "a body may have any size", _json)
def boundless_body(operation: Operation) -> None:
    on_contract(operation, bodies=tuple(replace(body, max_bytes=1 << 40) for body in operation.bodies))


@mutant(
    "bytes",
    "an unexpected body is ignored",
    lambda operation: not operation.bodies and "ValidationFailed" in operation.problems,
)
def unexpected_body(operation: Operation) -> None:
    async def read(has_body: Any, *args: Any) -> None:
        pass

    def change(target: Any) -> None:
        target._read_body = read

    on_compiled(operation, change)


@mutant("bytes", "a NUL character causes a server error", lambda operation: any(is_json(body.media) for body in operation.bodies))
def fragile_zero(operation: Operation) -> None:
    def change(target: Any) -> None:
        parse = target._body.parse

        def parsing(raw: bytes, violations: list[Any]) -> Any:
            if b"\\u0000" in raw:
                raise ZeroDivisionError
            return parse(raw, violations)

        target._body.parse = parsing

    on_compiled(operation, change)


@mutant("bytes", "JSON may be nested to any depth")
def bottomless_json(_: Operation) -> None:
    vars(json_values)[next(name for name, value in vars(json_values).items() if value == 32)] = 100_000
