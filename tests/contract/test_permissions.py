"""Permissions: every operation, by every kind of caller, on existing and on missing resources.

The expected responses are computed from the contract alone: `security` has the scopes, `x-access` has the callers, and hidden resources
are 404, visible ones that the caller may not change are 403. A resource is visible if the operation that reads it admits the caller.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

import httpx
import pytest

from steelyard_contract.policy import Role
from tests.kit.clients.api import Api
from tests.kit.clients.visit import UnsupportedSetup
from tests.kit.contract.bodies import FORM
from tests.kit.contract.checker import CONTRACT, ContractMismatches, Exchange, Operation
from tests.kit.contract.recorder import claim
from tests.kit.contract.samples import members
from tests.kit.servers.running import AMPLE
from tests.kit.world.stage import NEVER, Request, Stage
from tests.kit.world.world import User, World

ROLE_SCOPES: dict[str, set[str]] = {"user": set(), "support": {"users:read"}, "admin": {"users:read", "users:write", "promotions:manage"}}
USER_SCOPES = {
    "account:read", "account:write", "items:write", "orders:read", "orders:write", "sales:write", "events:read", "webhooks:manage",
}  # fmt: skip
# Descriptions of the contract: "a write scope includes the read scope of the same name; sales:write includes orders:read".
IMPLIED = {"account:write": "account:read", "orders:write": "orders:read", "sales:write": "orders:read", "users:write": "users:read"}
STAFF = {"support", "admin"}

# Path parameter -> the operation that reads the resource, and the roles of the stage's users for it.
READS = {"user_id": "getUser", "item_id": "getItem", "order_id": "getOrder", "address_id": None, "credential_id": None, "identity_id": None}
PARTS = {
    "user_id": {"self": "buyer"},
    "item_id": {"owner": "seller"},
    "order_id": {"buyer": "buyer", "seller": "seller"},
    "address_id": {"self": "buyer"},
    "credential_id": {"self": "buyer"},
    "identity_id": {"self": "buyer"},
}
EDGE = {"x-request-id", "x-response-time", "content-length", "date", "ratelimit"}


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Problems announce the rate limits as well."""
    return AMPLE


@dataclass(frozen=True)
class Caller:
    """A user of the stage, with a credential of some kind."""

    name: str
    who: str = "stranger"
    scopes: frozenset[str] | None = None
    kind: str = "session"
    is_stale: bool = False
    is_good: bool = True

    def __str__(self) -> str:
        return self.name

    @property
    def role(self) -> Role:
        return "admin" if self.who == "admin" else "support" if self.who == "support" else "user"

    @property
    def held(self) -> set[str]:
        """The active scopes: those of the credential that the role has too, and the scopes that they imply."""
        mine = USER_SCOPES | ROLE_SCOPES[self.role]
        own = mine if self.scopes is None else mine & self.scopes
        return own | {IMPLIED[scope] for scope in own if scope in IMPLIED}


def access_of(operation: Operation) -> list[tuple[str, str, str]]:
    """Caller, scope and credential: the rows of x-access."""
    return [
        (who, row, "any") if isinstance(row, str) else (who, row["scope"], row.get("credential", "any"))
        for who, row in operation.node.get("x-access", {}).items()
    ]


def parameter_of(operation: Operation) -> str | None:
    """The parameter that names a resource, which has a number. Words in a path belong to the settings."""
    in_path = [parameter for parameter in CONTRACT.parameters(operation) if parameter["in"] == "path"]
    names = [parameter["name"] for parameter in in_path if CONTRACT.resolve(parameter["schema"]).get("type") == "integer"]
    return names[0] if names else None


def scopes_of(operation: Operation) -> set[str]:
    required = {scope for way in CONTRACT.security(operation) for scopes in way.values() for scope in scopes}
    return required | {scope for _, scope, _ in access_of(operation) if scope != "none"}


def callers(operation: Operation) -> Iterator[Caller]:
    """All callers whose permissions could differ for this operation."""
    if not CONTRACT.security(operation):
        yield from (Caller("anonymous", is_good=False), Caller("garbage", is_good=False), Caller("buyer", "buyer"))
        return
    for bad in ("anonymous", "garbage", "expired", "revoked", "deactivated"):
        yield Caller(bad, is_good=False)
    parts = sorted(set(PARTS.get(parameter_of(operation) or "", {"": "buyer"}).values()))
    for who in (*parts, "stranger", "support", "admin"):
        yield Caller(who, who)
        yield Caller(f"{who} with another scope", who, frozenset({"webhooks:manage"}))
        for scope in sorted(scopes_of(operation)):
            yield Caller(f"{who} with {scope} only", who, frozenset({scope}))
            yield Caller(f"{who} without {scope}", who, frozenset((USER_SCOPES | ROLE_SCOPES[Caller("", who).role]) - {scope}))
    needs_login = any(credential != "any" for _, _, credential in access_of(operation))
    for who in (*parts, *(staff for staff in ("support",) if staff in operation.node.get("x-access", ())), "admin"):
        yield Caller(f"{who} with an API key", who, kind="api_key")
        if needs_login:
            yield Caller(f"{who} who logged in long ago", who, is_stale=True)


# -- the expected response -------------------------------------------------------------------------------------------
SERVED = (0, "")


def expected(operation: Operation, caller: Caller, target: str) -> tuple[int, str]:
    """Status and problem type; SERVED for a success."""
    return before_looking(operation, caller) or after_looking(operation, caller, target)


def before_looking(operation: Operation, caller: Caller) -> tuple[int, str] | None:
    """The problem for credential, scopes and role alone, whatever the resource."""
    ways = CONTRACT.security(operation)
    if not ways or (caller.name == "anonymous" and {} in ways):
        return None
    if not caller.is_good:
        return 401, "not-authenticated" if caller.name == "anonymous" else "invalid-token"
    rows = access_of(operation)
    alternatives = [{scope for scopes in way.values() for scope in scopes} for way in ways if way]
    if not any(scopes <= caller.held for scopes in alternatives):
        return rejected_by_scope(rows, caller)
    if not rows or any(fits(row, caller, set()) for row in rows):
        return None
    if not any(who not in STAFF and scope in caller.held | {"none"} for who, scope, _ in rows):
        return rejected_by_scope(rows, caller)
    return rejected_by_credential(rows, caller)


def after_looking(operation: Operation, caller: Caller, target: str) -> tuple[int, str]:
    """The response that depends on the resource: whether the caller may see it, and which party they are."""
    if target == "none":
        return SERVED
    if target == "missing" or not is_visible(operation, caller, target):
        return 404, missing(operation)
    rows, parts = access_of(operation), relations(operation, caller)
    if any(fits(row, caller, parts) for row in rows):
        return SERVED
    if any(who in parts | {caller.role} for who, _, _ in rows):
        return 403, "insufficient-scope"
    return 403, "admin-required" if operation.node["tags"] == ["users"] else "not-permitted"


def rejected_by_scope(rows: list[tuple[str, str, str]], caller: Caller) -> tuple[int, str]:
    who = {kind for kind, _, _ in rows}
    if who and who <= STAFF:
        if "support" in who and caller.role == "user":
            return 403, "staff-required"
        if "support" not in who and caller.role != "admin":
            return 403, "admin-required"
    return 403, "insufficient-scope"


def rejected_by_credential(rows: list[tuple[str, str, str]], caller: Caller) -> tuple[int, str] | None:
    """The problem for the credential itself, whatever the resource: returned before the resource is read."""
    required = [credential for who, scope, credential in rows if who not in STAFF and scope in caller.held | {"none"}]
    if not required or any(suits(credential, caller) for credential in required):
        return None
    return (403, "session-required") if caller.kind == "api_key" else (403, "fresh-login-required")


def suits(credential: str, caller: Caller) -> bool:
    return credential == "any" or (caller.kind == "session" and (credential == "session" or not caller.is_stale))


def fits(row: tuple[str, str, str], caller: Caller, parts: set[str]) -> bool:
    who, scope, credential = row
    has_part = who == "anyone" or who in parts or (who == "admin" and caller.role == "admin") or (who == "support" and caller.role in STAFF)
    return has_part and scope in caller.held | {"none"} and suits(credential, caller)


def relations(operation: Operation, caller: Caller) -> set[str]:
    return {part for part, who in PARTS[parameter_of(operation) or ""].items() if who == caller.who}


def is_visible(operation: Operation, caller: Caller, target: str) -> bool:
    """Whether the operation that reads the resource would return it."""
    reading = READS[parameter_of(operation) or ""]
    parts = relations(operation, caller)
    if reading is None:
        return bool(parts)
    if target == "draft":
        return bool(parts) or caller.role in STAFF
    # Scopes do not count here: a caller who may see the order learns that a scope is missing, not that the order is.
    return any(who == "anyone" or who in parts or caller.role == who for who, _, _ in access_of(CONTRACT.operations[reading]))


def missing(operation: Operation) -> str:
    (kind,) = (kind for kind, status in CONTRACT.problems(operation).items() if status == 404)
    return kind.removeprefix("/problems/")


# -- the actual response -----------------------------------------------------------------------------------------------
async def credential(stage: Stage, caller: Caller) -> str | None:
    world = stage.world
    if not caller.is_good:
        if caller.name == "anonymous":
            return None
        if caller.name == "garbage":
            return "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."
        bad: User = await {"expired": world.expired, "revoked": world.revoked, "deactivated": world.deactivated}[caller.name]()
        return bad.token
    user: User = getattr(stage, caller.who)
    if caller.scopes is None and caller.kind == "session" and not caller.is_stale:
        return user.token
    ago = timedelta(hours=1, seconds=1) if caller.is_stale else timedelta(0)
    scopes = USER_SCOPES | ROLE_SCOPES[user.role] if caller.scopes is None else caller.scopes
    return await world.token_of(user, scopes, kind="api_key" if caller.kind == "api_key" else "session", logged_in_ago=ago)


def request(stage: Stage, operation: Operation, caller: Caller, target: str) -> Request:
    parameter = parameter_of(operation)
    if operation.id == "finishIdentityLink" and caller.is_good:
        # Each caller has a code: the body of the stage is that of its buyer.
        return replace(stage.request(operation.id), body=stage.world.link_code(getattr(stage, caller.who)))
    if target == "missing":
        return stage.request(operation.id, **{str(parameter): NEVER})
    if target == "draft":
        return stage.request(operation.id, item_id=stage.draft_id)
    return stage.request(operation.id, user_id=stage.buyer.id)


def comparable(response: httpx.Response) -> Any:
    """The response without the id of the exchange and its duration."""
    body = response.json()
    return (
        response.status_code,
        sorted((name, value) for name, value in response.headers.items() if name not in EDGE),
        {**body, "instance": ""},
    )


def claim_row(operation: Operation, caller: Caller) -> None:
    """Claim the row of x-access that admitted the caller: the row of their role, or else the only row that fits."""
    parts = relations(operation, caller) if parameter_of(operation) else {"self"}
    rows = {who for row in access_of(operation) if fits(row, caller, parts) for who in row[:1]}
    for who in rows if len(rows) == 1 else rows & {caller.role}:
        claim("access", operation.id, who)


def targets(operation: Operation) -> list[str]:
    parameter = parameter_of(operation)
    return ["none"] if parameter is None else ["there", "missing"] + ["draft"] * (parameter == "item_id")


@pytest.mark.promise("R13")
@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=str)
async def test_each_caller_gets_the_response_that_the_contract_expects(operation: Operation, api: Api, world: World) -> None:
    stage: Stage | None = None
    wrong: list[tuple[str, Exchange]] = []
    for caller in callers(operation):
        not_found = {}
        for target in targets(operation):
            # A user with an open order cannot be deleted.
            stage = stage or await Stage.of(world, with_order=operation.node["tags"] == ["orders"])
            try:
                token = await credential(stage, caller)
            except UnsupportedSetup:
                break  # the report of the run counts it
            response = await api.as_(token).send_as_is(request(stage, operation, caller, target))
            correct = expected(operation, caller, target)
            kind = response.json()["type"].removeprefix("/problems/") if response.status_code >= 400 else ""
            got = SERVED if response.extensions["exchange"].is_success else (response.status_code, kind)
            if got != correct:
                wrong.append((f"{caller}, {target}: got {got}, the contract says {correct}", response.extensions["exchange"]))
            elif correct == SERVED:
                claim_row(operation, caller)
            if response.status_code == 404:
                not_found[target] = response
            if response.is_success and operation.method != "GET":
                stage = None
        wrong += [
            (f"{caller}, {target}: a hidden resource gets another response than a missing one", hidden.extensions["exchange"])
            for target, hidden in not_found.items()
            if comparable(hidden) != comparable(not_found["missing"])
        ]

    if wrong:
        raise ContractMismatches(operation, wrong)


@pytest.mark.promise("R13")
@pytest.mark.parametrize("who", ["buyer", "admin"])
@pytest.mark.parametrize(
    ("kind", "logged_in_ago", "problem"),
    [
        ("session", timedelta(minutes=59), None),
        ("session", timedelta(hours=1, seconds=1), "fresh-login-required"),
        ("api_key", timedelta(0), "session-required"),
    ],
)
async def test_another_email_address_takes_a_fresh_login(
    who: str, kind: Literal["session", "api_key"], logged_in_ago: timedelta, problem: str | None, api: Api, world: World
) -> None:
    stage = await Stage.of(world)
    sender: User = getattr(stage, who)
    token = await world.token_of(sender, USER_SCOPES | ROLE_SCOPES[sender.role], kind=kind, logged_in_ago=logged_in_ago)
    same = {"name": "Beth Buyer", "email": stage.buyer.email, "bio": "Collects lamps."}
    other = same | {"email": world.email("other")}

    profile = await api.as_(token).call("updateUser", same, user_id=stage.buyer.id)
    email = await api.as_(token).call("updateUser", other, user_id=stage.buyer.id)

    assert profile.status_code == 200
    if problem is None:
        assert (email.status_code, email.json()["email"]) == (200, other["email"])
    else:
        assert (email.status_code, email.json()["type"]) == (403, f"/problems/{problem}")
        assert (await api.as_(stage.buyer).call("getCurrentUser")).json()["email"] == stage.buyer.email


# -- views and members -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "view"), [("anonymous", "public"), ("stranger", "public"), ("buyer", "full"), ("support", "full"), ("admin", "full")]
)
async def test_an_account_is_shown_in_full_to_its_owner_and_to_staff(who: str, view: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)

    response = await api.as_(getattr(stage, who, None)).call("getUser", user_id=stage.buyer.id)

    assert response.json()["view"] == view
    assert (stage.buyer.email in response.text) == (view == "full")


@pytest.mark.parametrize(
    ("who", "sees"), [("anonymous", False), ("stranger", False), ("buyer", False), ("seller", True), ("support", True), ("admin", True)]
)
async def test_the_stock_of_an_item_is_shown_to_its_owner_and_to_staff(who: str, sees: bool, api: Api, world: World) -> None:
    stage = await Stage.of(world)

    shown = (await api.as_(getattr(stage, who, None)).call("getItem", item_id=stage.item_id)).json()
    (listed,) = (await api.as_(getattr(stage, who, None)).call("listItems", owner_id=stage.seller.id)).json()["items"]

    assert shown == listed
    assert (shown["available"], shown["on_hand"], shown["reserved"]) == ((98, 100, 2) if sees else (98, None, None))


@pytest.mark.parametrize(("who", "status"), [("buyer", 403), ("seller", 403), ("support", 200), ("admin", 200)])
async def test_only_staff_list_the_orders_of_all_users(who: str, status: int, api: Api, world: World) -> None:
    stage = await Stage.of(world)

    response = await api.as_(getattr(stage, who)).call("listOrders", role="all")

    assert response.status_code == status
    if status == 403:
        assert response.json()["type"] == "/problems/staff-required"
    else:
        assert stage.order_id in [order["id"] for order in response.json()["items"]]


@pytest.mark.parametrize(("who", "ids"), [("buyer", ["order"]), ("stranger", []), ("seller", []), ("admin", [])])
async def test_a_buyer_lists_only_their_own_orders(who: str, ids: list[str], api: Api, world: World) -> None:
    stage = await Stage.of(world)

    response = await api.as_(getattr(stage, who)).call("listOrders")

    assert [order["id"] for order in response.json()["items"]] == [stage.order_id for _ in ids]


@pytest.mark.parametrize("status", ["draft", "archived"])
@pytest.mark.parametrize(
    ("who", "served"), [("anonymous", False), ("stranger", False), ("seller", True), ("support", True), ("admin", True)]
)
async def test_items_that_are_not_on_sale_are_listed_for_their_owner_and_for_staff(
    who: str, served: bool, status: str, api: Api, world: World
) -> None:
    stage = await Stage.of(world)

    response = await api.as_(getattr(stage, who, None)).call("listItems", status=status, owner_id=stage.seller.id)

    assert response.status_code == (200 if served else 403)
    if served:
        assert [item["id"] for item in response.json()["items"]] == ([stage.draft_id] if status == "draft" else [])


def undeclared_members(operation: Operation) -> list[str]:
    """Members of responses that this body does not have: a caller might try to set them."""
    shown = {name for kind in ("User", "Item", "Order", "Address") for name in CONTRACT.tree["components"]["schemas"][kind]["properties"]}
    return sorted((shown | {"is_admin", "hashed_password", "__proto__"}) - set(members(operation)))


# A form ignores unknown parameters (RFC 6749, section 3.2).
CLOSED = [operation for operation in CONTRACT.operations.values() if members(operation) and CONTRACT.body(operation)[0] != FORM]  # type: ignore[index]  # members are those of a body


@pytest.mark.parametrize("operation", CLOSED, ids=str)
async def test_a_member_that_the_body_does_not_declare_is_rejected(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)

    for name in undeclared_members(operation):
        plain = stage.request(operation.id)
        response = await api.send_as_sender(replace(plain, body={**plain.body, name: 1}))

        assert response.status_code == 422, name
        assert [violation["type"] for violation in response.json()["errors"]] == ["extra_forbidden"], name
        assert response.json()["errors"][0]["loc"][-1] == name
    assert (await api.send_as_sender(stage.request(operation.id))).is_success
