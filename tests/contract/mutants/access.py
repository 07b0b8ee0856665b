"""Mutants of access: credentials, scopes, roles and ownership."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import steelyard.contract.access.authorization
from steelyard.contract.access.authorization import Authorizer
from steelyard.contract.access.caller import Caller
from steelyard.security.access_tokens import AccessTokens
from steelyard.security.authenticator import BearerAuthenticator
from steelyard_contract import models as m
from steelyard_contract import problems
from steelyard_contract.operations import Operation
from steelyard_contract.policy import SCOPES_OF
from tests.contract.mutants.operators import mutant
from tests.contract.mutants.seams import on_compiled, on_contract, on_handler, swap


def secured(operation: Operation) -> bool:
    return bool(operation.security) and () not in operation.security


def optional(operation: Operation) -> bool:
    return () in operation.security and len(operation.security) > 1


def scoped(operation: Operation) -> bool:
    return any(scopes for way in operation.security for _, scopes in way)


def credentials(*kinds: str) -> Callable[[Operation], bool]:
    return lambda operation: any(credential in kinds for _, _, credential in operation.access)


# -- authentication ----------------------------------------------------------------------------------------------------
@mutant("anonymous", "`security` is not enforced", secured)
def no_security(operation: Operation) -> None:
    on_contract(operation, security=(), access=())


@mutant("anonymous", "a request without a token is that of the first user", secured)
def anonymous_first_user(operation: Operation) -> None:
    def change(target: Any) -> None:
        gate = target._authorizer
        verify, admit = gate.verify, gate.authorize

        def verifying(headers: Any, repeated: Any, query: bytes = b"") -> Any:
            return verify(headers, repeated, query) if b"authorization" in headers else _Anonymous()

        async def admitting(claims: Any, read: Any) -> Any:
            if not isinstance(claims, _Anonymous):
                return await admit(claims, read)
            scopes = frozenset(scope for way in operation.security for _, scopes in way for scope in scopes)
            return Caller(1, "user", scopes, credential_id=1, kind="session", authenticated_at=read.now)

        gate.verify, gate.authorize = verifying, admitting

    on_compiled(operation, change)


class _Anonymous:
    credential_id = 1


@mutant("anonymous", "the signature is not verified")
def unsigned_tokens(_: Operation) -> None:
    from steelyard.security import access_tokens  # only for this mutant

    jwt = vars(access_tokens)["jwt"]
    plain = jwt.decode
    jwt.decode = lambda token, *args, **named: plain(
        token, *args, **{**named, "options": {**named.get("options", {}), "verify_signature": False}}
    )


@mutant("anonymous", "a token never expires")
def eternal_tokens(_: Operation) -> None:
    plain = AccessTokens._claims_of
    swap(AccessTokens, "_claims_of", lambda self, token, now: plain(self, token, now - 10))


@mutant("anonymous", "a revoked credential is still accepted")
def unrevoked(_: Operation) -> None:
    plain = BearerAuthenticator.load_caller

    async def load_caller(self: Any, claims: Any, read: Any) -> Caller:
        try:
            return await plain(self, claims, read)
        except problems.InvalidToken:
            scopes = frozenset(getattr(claims, "scopes", ()))
            return Caller(getattr(claims, "user_id", 1), "user", scopes, claims.credential_id, "session", read.now)

    swap(BearerAuthenticator, "load_caller", load_caller)


@mutant("anonymous", "every scheme is read as Bearer")
def any_scheme(_: Operation) -> None:
    plain = Authorizer.verify

    def verify(self: Any, headers: Any, repeated: Any, query: bytes = b"") -> Any:
        sent = headers.get(b"authorization", b"")
        token = sent.rpartition(b" ")[2]
        return plain(self, {**headers, b"authorization": b"Bearer " + token} if token else headers, repeated, query)

    swap(Authorizer, "verify", verify)


# -- scopes, credentials, roles ----------------------------------------------------------------------------------------
@mutant("scope", "no scope is required", scoped)
def no_scopes(operation: Operation) -> None:
    security = tuple(tuple((scheme, ()) for scheme, _ in way) for way in operation.security)
    on_contract(operation, security=security, access=tuple((who, "none", credential) for who, _, credential in operation.access))


@mutant("scope", "another scope is required", scoped)
def other_scope(operation: Operation) -> None:
    security = tuple(tuple((scheme, ("webhooks:manage",)) for scheme, _ in way) for way in operation.security)
    access = tuple((who, scope if scope == "none" else "webhooks:manage", credential) for who, scope, credential in operation.access)
    on_contract(operation, security=security, access=access)


@mutant("scope", "an API key is accepted where a session is required", credentials("session", "fresh"))
def any_credential(operation: Operation) -> None:
    on_contract(operation, access=tuple((who, scope, "any") for who, scope, _ in operation.access))


@mutant("scope", "a login of any age is fresh", credentials("fresh"))
def stale_login(operation: Operation) -> None:
    on_contract(
        operation, access=tuple((who, scope, credential.replace("fresh", "session")) for who, scope, credential in operation.access)
    )


@mutant("scope", "a login is fresh for two hours")
def long_freshness(_: Operation) -> None:
    swap(steelyard.contract.access.authorization, "MAX_LOGIN_AGE", timedelta(hours=2))


@mutant("scope", "an invalid token is ignored where a credential is optional", optional)
def forgiven_token(operation: Operation) -> None:
    def change(target: Any) -> None:
        verify = target._authorizer.verify

        def verifying(headers: Any, repeated: Any, query: bytes = b"") -> Any:
            try:
                return verify(headers, repeated, query)
            except (problems.InvalidToken, problems.NotAuthenticated):
                return None

        target._authorizer.verify = verifying

    on_compiled(operation, change)


def rows(operation: Operation, who: str) -> set[tuple[str, str]]:
    """The scopes and credentials with which this kind of caller is admitted."""
    return {(scope, credential) for kind, scope, credential in operation.access if kind == who}


class TakenForAdmin(Caller):
    """A caller who is treated as an admin; the role stays, because writes compare it with the database."""

    __slots__ = ()
    is_staff = True
    is_admin = True


def promote(operation: Operation, whom: Callable[[Caller], bool]) -> None:
    """Treats these callers as admins, with the scopes that their own role lacks."""

    def promoted(caller: Caller) -> Caller:
        if not whom(caller):
            return caller
        lacking = {*SCOPES_OF["admin"]} - {*SCOPES_OF[caller.role]}
        held = caller.scopes | lacking
        return TakenForAdmin(caller.user_id, caller.role, held, caller.credential_id, caller.kind, caller.authenticated_at)

    class Promoting:
        def __init__(self, authenticator: Any) -> None:
            self.verify, self.invalidate, self._load_caller = authenticator.verify, authenticator.invalidate, authenticator.load_caller

        async def load_caller(self, claims: Any, read: Any) -> Caller:
            return promoted(await self._load_caller(claims, read))

    def change(target: Any) -> None:
        swap(target._authorizer, "_authenticator", Promoting(target._authorizer._authenticator))

    on_compiled(operation, change)


# Where support has the same access as admins, the contract allows it.
@mutant("scope", "support has the access of admins", lambda operation: bool(rows(operation, "admin") - rows(operation, "support")))
def promoted_support(operation: Operation) -> None:
    promote(operation, lambda caller: caller.role == "support")


@mutant("scope", "the scopes of a role are not cut", lambda operation: operation.id == "listUsers")
def uncut_scopes(_: Operation) -> None:
    plain = BearerAuthenticator.load_caller

    async def load_caller(self: Any, claims: Any, read: Any) -> Caller:
        caller = await plain(self, claims, read)
        return replace(caller, scopes=caller.scopes | {"users:read"})

    swap(BearerAuthenticator, "load_caller", load_caller)


# -- ownership ---------------------------------------------------------------------------------------------------------
def shared_with_admins(operation: Operation) -> bool:
    """It is about one resource, and admins may use it without being the owner."""
    return bool(rows(operation, "admin")) and any(parameter.where == "path" for parameter in operation.parameters)


@mutant("foreign", "every caller is treated as staff", shared_with_admins)
def all_callers_are_staff(operation: Operation) -> None:
    promote(operation, lambda caller: True)


_MISSING = (problems.ItemNotFound, problems.OrderNotFound, problems.UserNotFound)


@mutant(
    "foreign",
    "a hidden resource gets a 403",
    lambda operation: operation.id in {"getOrder", "cancelOrder", "updateItem", "deleteItem"},
)
def distinguishable(operation: Operation) -> None:
    scopes = [m.Scope(scope) for way in operation.security for _, scopes in way for scope in scopes]
    # A declared problem; an undeclared one would end as a server error.
    problem = (
        problems.NotPermitted(allowed=[]) if "NotPermitted" in operation.problems else problems.InsufficientScope(required_scope=scopes)
    )

    def around(handler: Any) -> Any:
        async def distinguishing(**arguments: Any) -> Any:
            try:
                return await handler(**arguments)
            except _MISSING:
                if next(iter(value for name, value in arguments.items() if name.endswith("_id"))) < 1_000_000:
                    raise problem from None
                raise

        return distinguishing

    on_handler(operation, around)


@mutant(
    "foreign",
    "the problem of a missing resource has another detail",
    lambda operation: operation.id in {"getOrder", "getItem", "updateItem"},
)
def wordy_missing(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def rewording(**arguments: Any) -> Any:
            try:
                return await handler(**arguments)
            except _MISSING as error:
                if next(iter(value for name, value in arguments.items() if name.endswith("_id"))) > 1_000_000:
                    swap(error, "detail", "No such resource")
                raise

        return rewording

    on_handler(operation, around)


@mutant("foreign", "drafts are shown to all callers", lambda operation: operation.id == "getItem")
def shown_drafts(_: Operation) -> None:
    from sqlalchemy import BigInteger, bindparam  # only for this mutant

    from steelyard.db.statements import statement  # only for this mutant
    from steelyard.features.items import queries  # only for this mutant
    from steelyard.tables.items import ItemRow  # only for this mutant

    any_user = bindparam("user_id", type_=BigInteger)
    swap(queries, "get_public_item", queries.get_live_item)
    swap(queries, "get_visible_item", statement(queries._live.where(any_user > 0), ItemRow))
