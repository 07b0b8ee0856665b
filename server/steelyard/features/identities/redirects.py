"""Addresses where a browser continues after an authorization request (RFC 6749, 4.1.2; RFC 9207)."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

ErrorCode = Literal["access_denied", "invalid_request", "unsupported_response_type", "server_error", "temporarily_unavailable"]


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """A registered redirect URI, with what each response to its client has."""

    redirect_uri: str
    state: str | None
    issuer: str

    def with_code(self, code: str) -> str:
        return self._with(code=code)

    def with_error(self, error: ErrorCode, description: str) -> str:
        return self._with(error=error, error_description=description)

    def _with(self, **parameters: str) -> str:
        state = {} if self.state is None else {"state": self.state}
        query = urlencode({**parameters, **state, "iss": self.issuer}, quote_via=quote)
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{query}"
