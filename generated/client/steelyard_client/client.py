# `nox -s generate`: never edit.
"""The clients: one resource per tag of the contract, made at its first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from steelyard_runtime.async_client import AsyncBaseClient
from steelyard_runtime.client import BaseClient
from steelyard_runtime.errors import register_problem_module
from steelyard_runtime.notices import ContractInfo

if TYPE_CHECKING:
    from .api.auth import AsyncAuth, Auth
    from .api.items import AsyncItems, Items
    from .api.orders import AsyncOrders, Orders
    from .api.system import AsyncSystem, System
    from .api.users import AsyncUsers, Users

CONTRACT_VERSION = "1.1.0"
CONTRACT_DIGEST = "df597c3157d61c38cd2538b516a90e57ade28e7d9f76a4a813b9e0c6ef4c2264"
"""SHA-256 of the contract that this package was made from; a server sends its own in `Contract-Digest`."""

FACTS = ContractInfo(
    package="steelyard_client",
    title="Steelyard",
    version=CONTRACT_VERSION,
    digest=CONTRACT_DIGEST,
    token_path="token",
    version_path="/",
    sign_out="revoke_current_credential",
)

register_problem_module(f"{__package__}.errors")


class Steelyard(BaseClient):
    """A marketplace API that is compiled from this document.

    Args:
        base_url: The address of the server; a path in it is kept.
        username: E-mail of the account, together with `password`, a text or a function that returns it. The client logs in at the
            first call that needs it, and renews the session.
        scope: Requested scopes, separated by spaces; by default all.
        token: An access token that other code renews.
        api_key: An API key: a secret that does not expire with a session.
        auth: Any other `httpx.Auth`.
        tokens: The session: those of a login, or their store. `FileTokens(path)` shares one between processes and runs.
        timeout: Seconds for each phase of an attempt.
        deadline: Seconds for a call with all its attempts, waits and logins; None for no bound.
        retries: How often and how soon a call is sent again.
        headers: Sent with every request.
        http: An `httpx.Client` for proxies, certificates or tests.
        insecure: Allow credentials over plain HTTP to another machine.
        max_answer: Bytes of the largest response that is read into memory.
    """

    FACTS = FACTS

    @cached_property
    def users(self) -> Users:
        """Register, edit your profile and addresses; staff manage all accounts."""
        from .api.users import Users

        return Users(self)

    @cached_property
    def auth(self) -> Auth:
        """Log in, refresh the session, log out; make API keys for programs; verify an e-mail address, reset a password."""
        from .api.auth import Auth

        return Auth(self)

    @cached_property
    def items(self) -> Items:
        """The catalogue: browse items, sell items, manage stock."""
        from .api.items import Items

        return Items(self)

    @cached_property
    def orders(self) -> Orders:
        """Price a basket, order it, track the order."""
        from .api.orders import Orders

        return Orders(self)

    @cached_property
    def system(self) -> System:
        """The server, its health and the rules of the marketplace."""
        from .api.system import System

        return System(self)


class AsyncSteelyard(AsyncBaseClient):
    """A marketplace API that is compiled from this document.

    Args:
        base_url: The address of the server; a path in it is kept.
        username: E-mail of the account, together with `password`, a text or a function that returns it. The client logs in at the
            first call that needs it, and renews the session.
        scope: Requested scopes, separated by spaces; by default all.
        token: An access token that other code renews.
        api_key: An API key: a secret that does not expire with a session.
        auth: Any other `httpx.Auth`.
        tokens: The session: those of a login, or their store. `FileTokens(path)` shares one between processes and runs.
        timeout: Seconds for each phase of an attempt.
        deadline: Seconds for a call with all its attempts, waits and logins; None for no bound.
        retries: How often and how soon a call is sent again.
        headers: Sent with every request.
        http: An `httpx.AsyncClient` for proxies, certificates or tests.
        insecure: Allow credentials over plain HTTP to another machine.
        max_answer: Bytes of the largest response that is read into memory.
    """

    FACTS = FACTS

    @cached_property
    def users(self) -> AsyncUsers:
        """Register, edit your profile and addresses; staff manage all accounts."""
        from .api.users import AsyncUsers

        return AsyncUsers(self)

    @cached_property
    def auth(self) -> AsyncAuth:
        """Log in, refresh the session, log out; make API keys for programs; verify an e-mail address, reset a password."""
        from .api.auth import AsyncAuth

        return AsyncAuth(self)

    @cached_property
    def items(self) -> AsyncItems:
        """The catalogue: browse items, sell items, manage stock."""
        from .api.items import AsyncItems

        return AsyncItems(self)

    @cached_property
    def orders(self) -> AsyncOrders:
        """Price a basket, order it, track the order."""
        from .api.orders import AsyncOrders

        return AsyncOrders(self)

    @cached_property
    def system(self) -> AsyncSystem:
        """The server, its health and the rules of the marketplace."""
        from .api.system import AsyncSystem

        return AsyncSystem(self)
