"""The exception tree. Generated problem classes register themselves by their `type`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, ClassVar, Final, Self, cast

from .call import Sent
from .http import httpx
from .model import is_collection, is_object
from .retry import retry_after

# Generated modules with problem classes, imported with the first error.
_unloaded: dict[str, None] = {}


def register_problem_module(module: str) -> None:
    """Name a generated module of problem classes."""
    _unloaded[module] = None


# How a parser fails at a value of another form.
UNREADABLE: Final = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
# Any content of a body: wrong syntax, a wrong alphabet, or nested too deeply.
NO_JSON: Final = (ValueError, RecursionError)
# A message that lists a hundred violations hides the first.
MAX_REASONS = 5


class ContractMismatch(FutureWarning):
    """The server was built from a contract that does not fit this SDK."""


class ApiDeprecation(FutureWarning):
    """The server announces the end of an operation."""


class SteelyardError(Exception):
    """Everything that this SDK raises."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class ClientClosed(SteelyardError):
    """The client has been closed; nothing was sent."""

    def __init__(self, message: str = "This client has been closed, so nothing was sent. Make a new one, or close it later.") -> None:
        super().__init__(message)


class WrongEventLoop(SteelyardError):
    """An asynchronous client belongs to the event loop of its first use; nothing was sent."""

    def __init__(
        self, message: str = "This client was first used in another event loop, so nothing was sent. Make one in each loop."
    ) -> None:
        super().__init__(message)


class ConnectionFailed(SteelyardError):
    """There was no response. `sent` is False when the request certainly had no effect."""

    def __init__(self, message: str, *, sent: bool = True, attempts: int = 1) -> None:
        super().__init__(message)
        self.sent = sent
        self.attempts = attempts

    def __str__(self) -> str:
        effect = "the server may have acted on it" if self.sent else "the server has not acted on it"
        return f"{super().__str__()} [{self.attempts} attempt{'s' if self.attempts > 1 else ''}, {effect}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, dict(self.__dict__))


class TimedOut(ConnectionFailed):
    """There was no response in time."""


class CredentialsMissing(SteelyardError):
    """The operation needs credentials and the client has none; nothing was sent."""


class SignedOut(SteelyardError):
    """The session has ended: its refresh token is spent or revoked, and there is no password."""


class LoginFailed(SteelyardError):
    """A login in the browser led to no session. `error` is the code of OAuth 2, such as `access_denied`, if the server sent one."""

    def __init__(self, message: str, *, error: str | None = None) -> None:
        super().__init__(message)
        self.error = error


class UnexpectedAnswer(SteelyardError):
    """A response that the contract does not allow. `pointer` names the invalid member; its value is not shown."""

    def __init__(self, message: str, response: httpx.Response | None = None, *, pointer: str = "") -> None:
        super().__init__(message)
        self.response = response
        self.pointer = pointer

    def __str__(self) -> str:
        if self.response is None:
            return super().__str__()
        request_id = self.response.headers.get("x-request-id")
        return f"{super().__str__()} [status {self.response.status_code}{f', request {request_id}' if request_id else ''}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, {**self.__dict__, "response": pack_response(self.response)})


class ApiError(SteelyardError):
    """The server, or a proxy on the way to it, sent an error."""

    status: int = 0
    title: str = ""
    detail: str | None = None
    type: str = "about:blank"
    request_id: str | None = None
    attempts: int = 1
    retry_after: float | None = None
    """Seconds to wait, by the Retry-After header."""
    resent: bool = False
    """The call had been sent before, so its first attempt may have succeeded."""
    response: httpx.Response
    sent: Sent | None = None

    def to_curl(self, *, reveal: bool = False) -> str:
        """The request as a shell command; credentials and secret members are masked unless `reveal` is true."""
        if self.sent is None:
            raise ValueError("this error has no request")
        return self.sent.to_curl(reveal=reveal)

    def __str__(self) -> str:
        """Status, title, detail, invalid fields, type and request id, on one line."""
        parts = [f"{self.status} {self.title}" + (f": {self.detail}" if self.detail else ""), *self._reasons()]
        known = [self.type] if self.type != "about:blank" else []
        known += [f"request {self.request_id}"] if self.request_id else []
        return "; ".join(parts) + (f" [{', '.join(known)}]" if known else "")

    def _reasons(self) -> list[str]:
        """Places and reasons, where the problem lists them."""
        return []

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {**self.__dict__, "response": pack_response(self.response), "sent": None if self.sent is None else self.sent.masked()}
        return _rebuilt, (type(self), self.args, kept)


class ProblemError(ApiError):
    """A problem (RFC 9457). Unknown types have this class itself; `problem` has every member."""

    problem: dict[str, Any]
    STATUS: ClassVar[int] = 0
    _by_type: ClassVar[dict[str, type[ProblemError]]] = {}

    def __init_subclass__(cls, *, type: str | None = None, **more: Any) -> None:  # noqa: A002  # the member's name
        super().__init_subclass__(**more)
        if type is not None:
            cls.type = type
            ProblemError._by_type[type] = cls

    def _reasons(self) -> list[str]:
        entries: Any = self.problem.get("errors") if hasattr(self, "problem") else None
        if not is_collection(entries):
            return []
        reasons = [reason for entry in entries if (reason := _reason(entry))]
        more = len(reasons) - MAX_REASONS
        return reasons[:MAX_REASONS] + ([f"and {more} more"] if more > 0 else [])

    @classmethod
    def members(cls, data: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003  # generated classes read it
        """The typed members of a problem."""
        return {}

    @classmethod
    def of(cls, type: str) -> type[ProblemError]:  # noqa: A002  # the member's name
        """The class of a problem type."""
        # Removed after the import, for which another thread must wait.
        for module in list(_unloaded):
            import_module(module)
            _unloaded.pop(module, None)
        return ProblemError._by_type.get(type, ProblemError)


def may_quote(error: Exception) -> bool:
    """Whether the text of a foreign error may quote what was sent or received, such as a header with a token."""
    return isinstance(error, httpx.ProtocolError | ValueError)


def shown_text(error: Exception) -> str:
    """The text of a foreign error, up to a quotation."""
    return re.sub(r"\w*\(?\w?['\"].*", "...", str(error), flags=re.DOTALL) if may_quote(error) else str(error)


def _reason(entry: Any) -> str:
    """An entry of `errors` (RFC 9457, section 3): its place and its reason."""
    if not is_object(entry):
        return ""
    place = entry.get("pointer")
    if not isinstance(place, str):
        steps: Any = entry.get("loc")
        place = ".".join(str(step) for step in steps) if is_collection(steps) else ""
    reason = entry.get("msg") or entry.get("detail")
    return ": ".join(part for part in (place, reason) if isinstance(part, str) and part)


def error_from(response: httpx.Response, attempts: int = 1, sent: Sent | None = None) -> ApiError:
    """The exception for an error response."""
    data: dict[str, Any] = {}
    if "json" in response.headers.get("content-type", ""):
        try:
            parsed: Any = json.loads(response.content)
        except NO_JSON:
            parsed = None
        data = cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else data
    named = data.get("type")
    error = ProblemError.of(named)() if isinstance(named, str) else ApiError()
    error.type = named if isinstance(named, str) else "about:blank"
    error.status = response.status_code
    error.title = str(data.get("title") or response.reason_phrase)
    error.detail = None if data.get("detail") is None else str(data["detail"])
    error.request_id = response.headers.get("x-request-id")
    error.attempts = attempts
    error.retry_after = retry_after(response.headers.get("retry-after"))
    error.response = response
    error.sent = sent
    if isinstance(error, ProblemError):
        error.problem = data
        # Unexpected members must not hide the problem: `problem` has them.
        with suppress(*UNREADABLE):
            error.__dict__.update(error.members(data))
    return error


def pack_response(response: httpx.Response | None) -> _Packed | None:
    """The parts of a response that a pickle keeps: not the request, which holds credentials."""
    return None if response is None else _Packed(response.status_code, response.headers.multi_items(), response.content)


class _Packed(tuple[int, list[tuple[str, str]], bytes]):
    __slots__ = ()

    def __new__(cls, *parts: Any) -> Self:
        return super().__new__(cls, parts)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(self)

    def response(self) -> httpx.Response:
        status, fields, body = self
        plain = [(name, value) for name, value in fields if name.lower() not in {"content-encoding", "transfer-encoding", "set-cookie"}]
        return httpx.Response(status, headers=plain, content=body)


def _rebuilt(kind: type[SteelyardError], args: tuple[Any, ...], state: dict[str, Any]) -> SteelyardError:
    error = kind.__new__(kind, *args)
    error.args = args
    kept = state.get("response")
    error.__dict__.update(state if not isinstance(kept, _Packed) else {**state, "response": kept.response()})
    return error
