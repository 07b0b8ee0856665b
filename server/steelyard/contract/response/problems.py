"""Problems on the wire: problem details (RFC 9457), always with the same members."""

from typing import Any

from pydantic_core import to_json

from steelyard.contract.http.responses import Header, RawResponse
from steelyard_contract.problems import Problem

MEDIA = "application/problem+json"
PROBLEM_JSON = (b"content-type", MEDIA.encode())


def render_problem(problem: Problem, request_id: str, media: str = MEDIA) -> RawResponse:
    """The response for a problem; `instance` is the id of the request, so that a report leads to the log."""
    body: dict[str, Any] = {
        "type": problem.TYPE,
        "title": problem.TITLE,
        "status": problem.STATUS,
        "detail": problem.detail,
        "instance": f"urn:uuid:{request_id}",
        **problem.members,
    }
    headers: list[Header] = [(b"content-type", media.encode())]
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in problem.headers.items()]
    return RawResponse(problem.STATUS, headers, to_json(body))


def render_blank(status: int, title: str, request_id: str) -> RawResponse:
    """A problem of a request that belongs to no operation (`about:blank`: RFC 9457, 4.2.1)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": title, "instance": f"urn:uuid:{request_id}"}
    return RawResponse(status, [PROBLEM_JSON], to_json(body))
