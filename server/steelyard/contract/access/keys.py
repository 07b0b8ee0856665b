"""API keys of the contract: where a request carries them, and operations that take them, alone or beside a bearer token."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.contract.access.authorization import Authenticator, Authorizer
from steelyard.contract.access.caller import Caller
from steelyard.contract.http.query_strings import parse_pairs
from steelyard.db.transaction import ReadOnly
from steelyard_contract.operations import KEYS, Operation
from steelyard_contract.problems import NotAuthenticated

# The credential of a request in one place; NotAuthenticated if it is there twice, or malformed.
Read = Callable[[Mapping[bytes, bytes], Container[bytes], bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Presented:
    """The claims of all credentials of a request, by scheme. It stands for their first one where requests are counted."""

    claims: dict[str, Any]

    @property
    def user_id(self) -> int | None:
        """The owner of the first credential."""
        return self._first.user_id  # type: ignore[no-any-return]  # only their authenticators know the claims

    @property
    def credential_id(self) -> int | None:
        """The first credential."""
        return self._first.credential_id  # type: ignore[no-any-return]  # the same

    @property
    def _first(self) -> Any:
        return next(iter(self.claims.values()))


class KeyAuthorizer(Authorizer[Any]):
    """Lets the callers of an operation pass whose `security` names API keys, or several schemes that must all hold."""

    def __init__(self, operation: Operation, authenticator: Authenticator[Any], enforcers: Mapping[str, Authenticator[Any]]) -> None:
        super().__init__(operation, authenticator)
        self._ways = [dict(way) for way in operation.security if way]
        schemes = dict.fromkeys(scheme for way in self._ways for scheme in way)
        self._enforcers = {scheme: enforcers.get(scheme, authenticator) for scheme in schemes}
        self._readers = {scheme: _reader(scheme) for scheme in schemes}

    def verify(self, headers: Mapping[bytes, bytes], repeated: Container[bytes], query: bytes = b"") -> Presented | None:
        """The claims of each credential that was sent, needed or not; None if there is none and the operation needs none."""
        sent = {scheme: read(headers, repeated, query) for scheme, read in self._readers.items()}
        claims = {scheme: self._enforcers[scheme].verify(text) for scheme, text in sent.items() if text is not None}
        if not any(way.keys() <= claims.keys() for way in self._ways):
            if self._optional:
                return None
            raise NotAuthenticated
        return Presented(claims)

    async def authorize(self, claims: Presented, read: ReadOnly) -> Caller:
        """The caller of the first scheme of an alternative that holds. All credentials are loaded, because one may be revoked."""
        callers = {scheme: await self._enforcers[scheme].load_caller(held, read) for scheme, held in claims.claims.items()}
        complete = [way for way in self._ways if way.keys() <= callers.keys()]
        for way in complete:
            if all(callers[scheme].scopes >= set(scopes) for scheme, scopes in way.items()):
                caller = callers[next(iter(way))]
                if self._rows:
                    self._check_rows(caller, read.now)
                return caller
        # Alternatives whose credentials were not sent lack more than scopes.
        lacking = [{scope for scheme, scopes in way.items() for scope in {*scopes} - callers[scheme].scopes} for way in complete]
        raise self._missing(callers[next(iter(complete[0]))], lacking)

    async def authorize_again(self, claims: Presented, read: ReadOnly) -> Caller:
        """The same with the current rows, after a write has found that the caller has changed."""
        for scheme, held in claims.claims.items():
            self._enforcers[scheme].invalidate(held)
        return await self.authorize(claims, read)


def authorizer(operation: Operation, authenticator: Authenticator[Any], enforcers: Mapping[str, Authenticator[Any]]) -> Authorizer[Any]:
    """The authorizer for the security of an operation."""
    takes_keys = any(scheme in KEYS for way in operation.security for scheme, _ in way)
    return KeyAuthorizer(operation, authenticator, enforcers) if takes_keys else Authorizer(operation, authenticator)


def query_keys(operation: Operation) -> frozenset[str]:
    """The parameters of its query that are API keys, and no input of the handler."""
    keys = (KEYS[scheme] for way in operation.security for scheme, _ in way if scheme in KEYS)
    return frozenset(name for where, name in keys if where == "query")


def varying_headers(operation: Operation) -> list[str]:
    """The headers whose credentials a shared cache has to distinguish."""
    schemes = dict.fromkeys(scheme for way in operation.security for scheme, _ in way)
    places = [KEYS.get(scheme, ("header", "Authorization")) for scheme in schemes]
    return [name if where == "header" else "Cookie" for where, name in places if where != "query"]


def _reader(scheme: str) -> Read:
    if scheme not in KEYS:
        return _bearer
    where, name = KEYS[scheme]
    return {"header": _in_header, "query": _in_query, "cookie": _in_cookie}[where](name)


def _bearer(headers: Mapping[bytes, bytes], repeated: Container[bytes], query: bytes) -> bytes | None:  # noqa: ARG001  # a `Read`
    sent = headers.get(b"authorization")
    if sent is None:
        return None
    scheme, _, token = sent.partition(b" ")
    if scheme.lower() != b"bearer" or b"authorization" in repeated or not token:
        raise NotAuthenticated
    return token.strip(b" ")


def _in_header(name: str) -> Read:
    field = name.lower().encode()

    def read(headers: Mapping[bytes, bytes], repeated: Container[bytes], query: bytes) -> bytes | None:  # noqa: ARG001  # a `Read`
        if field in repeated:
            raise NotAuthenticated
        sent = headers.get(field)
        return None if sent is None else _only([sent.strip(b" \t")])

    return read


def _in_query(name: str) -> Read:
    def read(headers: Mapping[bytes, bytes], repeated: Container[bytes], query: bytes) -> bytes | None:  # noqa: ARG001  # a `Read`
        return _only([(value or "").encode() for key, value in parse_pairs(query) if key == name]) if query else None

    return read


def _in_cookie(name: str) -> Read:
    cookie = name.encode()

    def read(headers: Mapping[bytes, bytes], repeated: Container[bytes], query: bytes) -> bytes | None:  # noqa: ARG001  # a `Read`
        if b"cookie" in repeated:
            raise NotAuthenticated
        pairs = (pair.strip(b" \t").partition(b"=") for pair in headers.get(b"cookie", b"").split(b";"))
        return _only([value for key, _, value in pairs if key == cookie])

    return read


def _only(values: list[bytes]) -> bytes | None:
    """The value; None if it was not sent. NotAuthenticated if it is empty, or sent twice: each reader might take another one."""
    if not values:
        return None
    if len(values) > 1 or not values[0]:
        raise NotAuthenticated
    return values[0]
