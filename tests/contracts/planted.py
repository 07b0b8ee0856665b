"""Mutants of what only some contracts have: keys, lists of one text, mixed segments, a path before all others, media types.

Those of streams are in `planted_streams`.
"""

from typing import Any

import steelyard.contract.api
import steelyard.contract.edge
import steelyard.contract.http.accept
from steelyard.contract import segments
from steelyard.contract.access.keys import KeyAuthorizer
from steelyard_contract.operations import KEYS, Operation
from steelyard_contract.problems import InvalidToken
from tests.contract.mutants.operators import mutant
from tests.contract.mutants.seams import on_compiled, on_contract, swap


def secured(operation: Operation) -> bool:
    return bool(operation.security) and () not in operation.security


def keyed(operation: Operation) -> bool:
    return any(scheme in KEYS for way in operation.security for scheme, _ in way)


def in_query(operation: Operation) -> bool:
    return any(scheme in KEYS and KEYS[scheme][0] == "query" for way in operation.security for scheme, _ in way)


def divided(operation: Operation) -> bool:
    return any(parameter.separator for parameter in operation.parameters)


@mutant("anonymous", "`security` is not enforced", secured)
def no_security(operation: Operation) -> None:
    on_contract(operation, security=(), access=())


@mutant("anonymous", "one credential of several is enough", lambda operation: any(len(way) > 1 for way in operation.security))
def any_of_several(operation: Operation) -> None:
    on_contract(operation, security=tuple((part,) for way in operation.security for part in way))


@mutant("anonymous", "only the first alternative is accepted", lambda operation: len([way for way in operation.security if way]) > 1)
def first_alternative(operation: Operation) -> None:
    on_contract(operation, security=operation.security[:1])


@mutant("anonymous", "a key is not verified", keyed)
def unverified_key(operation: Operation) -> None:
    def change(target: Any) -> None:
        for scheme, enforcer in target._authorizer._enforcers.items():
            target._authorizer._enforcers[scheme] = _Trusting(enforcer, f"{scheme}-1".encode())

    on_compiled(operation, change)


class _Trusting:
    """Takes any key for a good one."""

    def __init__(self, enforcer: Any, good: bytes) -> None:
        self._enforcer, self._good = enforcer, good
        self.load_caller, self.invalidate = enforcer.load_caller, enforcer.invalidate

    def verify(self, token: bytes) -> Any:
        try:
            return self._enforcer.verify(token)
        except InvalidToken:
            return self._enforcer.verify(self._good)


@mutant("scope", "scopes are not checked", lambda operation: any(scopes for way in operation.security for _, scopes in way))
def no_scopes(operation: Operation) -> None:
    on_contract(operation, security=tuple(tuple((scheme, ()) for scheme, _ in way) for way in operation.security), access=())


@mutant("strict", "a key in the query is an unknown parameter", in_query)
def unknown_key(operation: Operation) -> None:
    on_compiled(operation, lambda target: setattr(target._parameters, "_keys", frozenset()))


@mutant("bytes", "an empty key is no key", lambda operation: keyed(operation) and not secured(operation))
def empty_key(operation: Operation) -> None:
    def change(target: Any) -> None:
        plain = KeyAuthorizer.verify

        def verify(headers: Any, repeated: Any, query: bytes = b"") -> Any:
            return plain(target._authorizer, {name: value for name, value in headers.items() if value}, repeated, query)

        target._authorizer.verify = verify

    on_compiled(operation, change)


def chosen(operation: Operation) -> bool:
    return len({response.media for response in operation.responses} - {None}) > 1


@mutant("bytes", "qualities of Accept are ignored", chosen)
def no_qualities(_: Operation) -> None:
    swap(steelyard.contract.http.accept, "_weight", lambda *_: 1.0)


@mutant("bytes", "a wildcard of Accept wins over a media type", chosen)
def greedy_wildcard(_: Operation) -> None:
    plain = steelyard.contract.http.accept._quality
    swap(
        steelyard.contract.http.accept,
        "_quality",
        lambda media, ranges: plain(media, [each for each in ranges if each[0] == "*"] or ranges),
    )


@mutant("bytes", "the last media type is sent to callers who accept anything", chosen)
def last_media(operation: Operation) -> None:
    on_compiled(operation, lambda target: setattr(target._negotiation, "first", operation.responses[-1].media))


@mutant("header", "Vary lacks Accept", chosen)
def no_vary(operation: Operation) -> None:
    on_compiled(operation, lambda target: setattr(target, "_vary", (b"vary", target._vary[1].removeprefix(b"Accept, "))))


@mutant("problem", "a problem has the first media type, whatever Accept says", lambda operation: len(operation.problem_media) > 1)
def deaf_problem(operation: Operation) -> None:
    on_compiled(operation, lambda target: setattr(target._negotiation, "_of_problems", operation.problem_media[:1]))


def _decoders(target: Any) -> list[Any]:
    reader = target._parameters
    every = [*reader._query.values(), *(decoder for _, decoder in reader._headers), *reader._path]
    return [decoder for decoder in every if decoder.separator is not None]


@mutant("strict", "a list with commas is one element", divided)
def undivided_list(operation: Operation) -> None:
    def change(target: Any) -> None:
        for decoder in _decoders(target):
            decoder.separator = "\0"

    on_compiled(operation, change)


@mutant(
    "bytes", "a list with commas may be sent twice", lambda operation: any(p.separator and p.where == "query" for p in operation.parameters)
)
def repeated_list(operation: Operation) -> None:
    def change(target: Any) -> None:
        reader = target._parameters
        for name, decoder in list(reader._query.items()):
            if decoder.separator is not None:
                reader._query[name] = _Joining(decoder)

    on_compiled(operation, change)


class _Joining:
    """Reads a parameter that was sent several times like one."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self.argument, self.absent = decoder.argument, decoder.absent

    def __call__(self, texts: list[str], violations: list[Any]) -> Any:
        return self._decoder([",".join(texts)], violations)


@mutant("route", "the text around a variable is a part of its value")
def greedy_segment(_: Operation) -> None:
    plain = segments.MixedSegment.values

    def values(self: Any, segment: str) -> dict[str, str] | None:
        parts = plain(self, segment)
        return None if parts is None else dict.fromkeys(parts, segment)

    swap(segments.MixedSegment, "values", values)


@mutant("route", "a mixed segment fits nothing")
def no_mixed_segment(_: Operation) -> None:
    swap(segments.MixedSegment, "values", lambda *_: None)


@mutant("route", "the path of `servers` is ignored")
def no_base_path(_: Operation) -> None:
    swap(steelyard.contract.api, "BASE_PATH", "")


@mutant("untrue", "Location lacks the path of `servers`")
def location_without_base(_: Operation) -> None:
    swap(steelyard.contract.edge, "BASE_PATH", "")
