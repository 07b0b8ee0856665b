"""What the document cannot express, so that valid data is accepted and has effects; and two further checks."""

import itertools
import json
import os
import uuid
from pathlib import Path
from typing import Any

import requests
import schemathesis

from tests.kit.contract.checker import CONTRACT, Exchange

COUNT = itertools.count(1)
# The admin whom all cases share, their session, and tokens of a guest to log out with.
STAGE: dict[str, Any] = json.loads(Path(os.environ["STEELYARD_FUZZ_STAGE"]).read_text("utf-8"))
SPARE = iter(STAGE["spare"])
# Path parameter -> existing ids, in a circle.
KNOWN = {name: itertools.cycle(ids) for name, ids in STAGE["known"].items()}
ADMIN: dict[str, str] = STAGE["admin"]
ADDRESS = {"street": "12 Harbour Road", "city": "Portland", "zip_code": "97201"}
ELSE = 999_999_999

# Violations of schema-valid bodies that the contract itself announces; any other violation is a contradiction.
ANNOUNCED = {"bulk_discount_required", "duplicate_product", "unknown_address", "two_addresses", "password_too_common"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001  # the hook's signature
    """Protect the session that all cases share; make unique values in cases that should be accepted."""
    operation = case.operation.definition.raw.get("operationId")
    _spare(operation, case)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        _repair(operation, case)


def _spare(operation: str, case: Any) -> None:
    """A case that logs out, renames, locks or deletes the shared caller would end the run."""
    if operation == "revokeCurrentCredential" and (case.headers or {}).get("Authorization") == f"Bearer {STAGE['token']}":
        case.headers["Authorization"] = f"Bearer {next(SPARE, None) or _log_in(STAGE['guest'])['access_token']}"
    ids = case.path_parameters or {}
    for name in ("user_id", "credential_id"):
        if str(ids.get(name)) == str(STAGE[name]) and case.operation.method != "get":
            ids[name] = ELSE
    # On a server with other users, nothing that existed before the run is changed.
    for name, first in STAGE["first"].items():
        if str(ids.get(name)).isdecimal() and int(ids[name]) < first and case.operation.method != "get":
            ids[name] = ELSE


def _repair(operation: str, case: Any) -> None:
    if isinstance(case.body, dict):
        case.body = _landing(operation, dict(case.body))
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid.uuid5(uuid.NAMESPACE_URL, str(next(COUNT))).hex  # fresh, and the same in every run
    if "If-Match" in (case.headers or {}) and next(COUNT) % 4:
        case.headers["If-Match"] = "*"
    if case.meta.phase.name.value == "stateful":
        return
    # Every other id is an existing one, and few cursors are invented: random ones never match.
    for name in case.path_parameters or {}:
        if next(COUNT) % 2:
            case.path_parameters[name] = MAKE[name]() if name in MAKE else next(KNOWN[name])
    if "cursor" in (case.query or {}) and next(COUNT) % 4:
        del case.query["cursor"]


def _landing(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same body, with values that no schema can check made valid; one in four is left unchanged."""
    if operation in {"createUser", "updateUser"} and "@" in str(body.get("email")):
        body["email"] = f"u{next(COUNT)}@example.com"  # "unique" is not a keyword of JSON Schema
    if {"shipping_address", "shipping_address_id"} <= body.keys():
        del body["shipping_address_id"]  # at most one of the two
    unchanged = next(COUNT) % 4 == 0
    if operation == "changePassword" and (not unchanged or body.get("current_password") == ADMIN["password"]):
        body |= {"current_password": ADMIN["password"], "new_password": ADMIN["password"]}
    if unchanged:
        return body
    if operation == "issueToken" and body.get("grant_type") != "refresh_token":
        body |= STAGE["login"]
    if isinstance(body.get("price"), dict):
        body["price"] = {**body["price"], "currency": "USD"}
    lines = body.get("lines", [body] if "product_id" in body else [])
    return _basket(body, lines) if lines else body


def _basket(body: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Lines that can be ordered."""
    for line in lines:
        line["product_id"] = next(KNOWN["item_id"])
    if STAGE["code"] is None:
        body.pop("discount_code", None)
    elif body.get("discount_code") or sum(line.get("quantity", 0) for line in lines) > 100:
        body["discount_code"] = STAGE["code"]
    if "shipping_address_id" in body:
        body["shipping_address_id"] = _address()
    body.pop("expected_total", None)
    return body


def _address() -> int:
    """An existing address of the shared caller, or a new one."""
    me, bearer = f"{os.environ['STEELYARD_FUZZ_URL']}/users/me", {"Authorization": f"Bearer {STAGE['token']}"}
    there = requests.get(me, headers=bearer, timeout=10).json()["addresses"]
    made = there[-1] if there else requests.post(f"{me}/addresses", headers=bearer, json=ADDRESS, timeout=10).json()
    return int(made["id"])


def _session() -> int:
    """A session of the shared caller that can be ended."""
    return int(_log_in(ADMIN)["session_id"])


def _log_in(form: dict[str, str]) -> Any:
    return requests.post(f"{os.environ['STEELYARD_FUZZ_URL']}/token", data=form, timeout=10).json()


# Path parameter -> makes a new id, where the operations delete the existing ones.
MAKE = {"credential_id": _session, "address_id": _address}


@schemathesis.check
def responses_match_the_contract(context: Any, response: Any, case: Any) -> None:  # noqa: ARG001  # the check's signature
    """Our checker, which is independent of Schemathesis and of the server."""
    sent = response.request
    fields = [(name.lower(), value) for name, values in response.headers.items() for value in values]
    CONTRACT.check(Exchange(sent.method, sent.path_url, response.status_code, fields, response.content))


@schemathesis.check
def valid_requests_are_not_rejected_as_invalid(context: Any, response: Any, case: Any) -> None:  # noqa: ARG001  # the check's signature
    """A 422 for a valid request is a rule of the domain with its own problem type, never a validation problem."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    problem = response.json()
    if problem["type"] == "/problems/validation-failed":
        kinds = {violation["type"] for violation in problem["errors"]}
        assert kinds <= ANNOUNCED, f"a valid request was rejected as invalid: {problem['errors']}"
