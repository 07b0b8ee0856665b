"""One resource of each kind, and for each operation a request that succeeds. Tests of all operations start here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from steelyard.features.auth.mail_tokens import Purpose
from tests.kit.contract.bodies import sent_as
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.world import User, World

# No resource has this id: ids are assigned in order, and no test creates as many.
NEVER = 9_007_199_254_740_991

ADDRESS = {"street": "12 Harbour Road", "city": "Portland", "zip_code": "97201"}


@dataclass(frozen=True)
class Request:
    """A request that succeeds if `sender` sends it."""

    operation: Operation
    path: str
    sender: User | None
    body: Any
    headers: Mapping[str, str]
    query: str = ""
    """With its question mark; empty where it is not needed."""

    @property
    def media(self) -> str | None:
        """The media type of its body."""
        described = CONTRACT.body(self.operation)
        return None if described is None else described[0]

    @property
    def content_type(self) -> str | None:
        """The media type as a header states it."""
        return None if self.media is None else sent_as(self.media)

    @property
    def content(self) -> bytes | None:
        """Its body as bytes."""
        return None if self.body is None else CONTRACT.encoded(self.operation, self.body)

    def having(self, header: str, value: str) -> "Request":
        """The same with another header."""
        return replace(self, headers={**self.headers, header: value})


@dataclass(frozen=True)
class Stage:
    """Users: seller, buyer, stranger, staff, one to delete (`leaver`) and one to log out (`guest`). With resources."""

    world: World
    seller: User
    buyer: User
    stranger: User
    support: User
    admin: User
    item_id: int
    draft_id: int
    order_id: int
    address_id: int
    credential_id: int
    leaver: User
    guest: User

    @classmethod
    async def of(cls, world: World, *, with_order: bool = True) -> "Stage":
        async with world.together():
            seller, buyer = await world.user(name="Sam Seller"), await world.user(name="Beth Buyer")
            item_id = await world.item(seller)
            return cls(
                world=world,
                seller=seller,
                buyer=buyer,
                stranger=await world.user(name="Carl Stranger"),
                support=await world.user("support", name="Sue Support"),
                admin=await world.user("admin", name="Ada Admin"),
                item_id=item_id,
                draft_id=await world.item(seller, status="draft"),
                order_id=(await world.order(buyer, (item_id, 2))).order.id if with_order else NEVER,
                address_id=await world.address(buyer),
                credential_id=(await world.login(buyer))[0],
                leaver=await world.user(name="Lea Leaver"),
                guest=await world.user(name="Gus Guest"),
            )

    def ids(self, operation_id: str) -> dict[str, int | str]:
        """Path parameter -> the id of a resource that the sender may use."""
        # A user with open orders cannot be deleted.
        leaving = self.leaver if operation_id == "deleteUser" else self.buyer
        ids: dict[str, int | str] = {
            "user_id": leaving.id,
            "item_id": self.item_id,
            "order_id": self.order_id,
            "address_id": self.address_id,
            "credential_id": self.credential_id,
            "provider": "example",
        }
        # Few operations need one, and a server over HTTP cannot make any.
        needs_identity = "{identity_id}" in CONTRACT.operations[operation_id].path
        return {**ids, "identity_id": self.world.identity(self.buyer)} if needs_identity else ids

    def sender(self, operation_id: str) -> User | None:
        """A user who may send the request; None if no login is needed."""
        operation = CONTRACT.operations[operation_id]
        if {} in CONTRACT.security(operation) or not CONTRACT.security(operation):
            return None
        if operation_id in {"listUsers", "setUserAccess"}:
            return self.admin
        if operation_id in {"deleteUser", "revokeCurrentCredential"}:
            return self.leaver if operation_id == "deleteUser" else self.guest
        return self.seller if operation.node["tags"] == ["items"] else self.buyer

    def body(self, operation_id: str) -> Any:
        """A valid body; None for an operation without one."""
        bodies: dict[str, Any] = {
            "createUser": {"name": "Nora New", "email": self.world.email("new"), "password": PASSWORD},
            "changePassword": {"current_password": self.buyer.password, "new_password": "staple that new battery"},
            "updateUser": {"name": "Beth Buyer", "email": self.buyer.email, "bio": "Collects lamps."},
            "setUserAccess": {"role": "support", "is_active": True},
            "createAddress": ADDRESS,
            "updateAddress": {**ADDRESS, "label": "Home"},
            "requestPasswordReset": {"email": self.buyer.email},
            "createApiKey": {"name": "Stock robot", "scopes": ["account:read"]},
            "issueToken": {"username": self.buyer.email, "password": self.buyer.password},
            "createItem": {"title": "Brass desk lamp", "price": {"amount": 1999, "currency": "USD"}, "on_hand": 20},
            "updateItem": {"title": "Brass lamp"},
            "recordStockMovement": {"delta": 12, "reason": "received"},
            "quoteOrder": {"product_id": self.item_id, "quantity": 2},
            "createOrder": {"product_id": self.item_id, "quantity": 2},
            "cancelOrder": {"reason": "Ordered by mistake"},
        }
        if operation_id in {"confirmEmailVerification", "confirmPasswordReset"}:
            # A token is good once, so each request has a new one.
            purpose: Purpose = "verify" if operation_id == "confirmEmailVerification" else "reset"
            bodies[operation_id] = {"token": self.world.mail_token(purpose)}
            bodies["confirmPasswordReset"] = {**bodies[operation_id], "new_password": "staple that new battery"}
        if operation_id == "startIdentityLink":
            client = self.world.client_request()
            bodies[operation_id] = {
                "provider": "example",
                **{name: client[name] for name in ("client_id", "redirect_uri", "code_challenge")},
            }
        if operation_id == "finishIdentityLink":
            bodies[operation_id] = self.world.link_code(self.buyer)
        body = bodies.get(operation_id)
        assert (body is None) == (CONTRACT.body(CONTRACT.operations[operation_id]) is None), f"the stage has no body for {operation_id}"
        return body

    def navigation(self, operation_id: str) -> tuple[str, dict[str, str]]:
        """Query and headers with which a browser opens an operation, so that it leads on."""
        if operation_id == "authorize":
            return f"?{urlencode(self.world.client_request())}", {}
        if operation_id == "receiveLogin":
            # A login ends once, so each request has a new one.
            login = self.world.login_under_way()
            return f"?{urlencode({'state': login.state, 'error': 'access_denied'})}", {"Cookie": login.cookie}
        assert not CONTRACT.operations[operation_id].navigates, f"the stage has no query for {operation_id}"
        return "", {}

    def own(self, operation_id: str) -> dict[str, str | int]:
        """Query parameters that restrict a list to this stage, if other tests use the same server."""
        mine: dict[str, dict[str, str | int]] = {"listItems": {"owner_id": self.seller.id}, "listUsers": {"q": self.world.tag}}
        return mine.get(operation_id, {}) if self.world.tag else {}

    def request(self, operation_id: str, **ids: int) -> Request:
        """A request that succeeds, or the same with other ids."""
        operation = CONTRACT.operations[operation_id]
        self.world.require(operation)
        path = operation.path.format(**{**self.ids(operation_id), **ids})
        query, headers = self.navigation(operation_id)
        if any(each["name"] == "Idempotency-Key" and each.get("required") for each in CONTRACT.parameters(operation)):
            headers["Idempotency-Key"] = self.world.key()
        return Request(operation, path, self.sender(operation_id), self.body(operation_id), headers, query)
