"""What the document cannot express, so that valid data is accepted and has effects; and two further checks."""

import itertools
import json
import os
import re
import uuid
from pathlib import Path
from typing import Any

import requests
import schemathesis

from tests.contract.fuzz import checks  # noqa: F401  # it registers its check
from tests.kit.contract.bodies import FORM
from tests.kit.contract.checker import CONTRACT

COUNT = itertools.count(1)
# Separate, so that neither decides what the other does.
IDS, CURSORS = itertools.count(1), itertools.count(1)
# The admin whom all cases share, their session, and tokens of a guest to log out with.
STAGE: dict[str, Any] = json.loads(Path(os.environ["STEELYARD_FUZZ_STAGE"]).read_text("utf-8"))
SPARE = iter(STAGE["spare"])
# Tokens of mails, each good once; there are none on a server whose mails this run cannot read.
MAIL_TOKENS = {name: iter(tokens) for name, tokens in STAGE["mail_tokens"].items()}
# Operation -> what only its owner can use, and once: their token, and the members and path parameters that go with it.
OWNED = {name: iter(each) for name, each in STAGE["owned"].items()}
# Path parameter -> existing ids, in a circle.
KNOWN = {name: itertools.cycle(ids) for name, ids in STAGE["known"].items()}
ADMIN: dict[str, str] = STAGE["admin"]
ADDRESS = {"street": "12 Harbour Road", "city": "Portland", "zip_code": "97201"}
ELSE = 999_999_999

# Violations of schema-valid bodies that the contract itself announces, in the description of their type; others are contradictions.
OF_DOMAIN = CONTRACT.tree["components"]["schemas"]["Violation"]["properties"]["type"]["description"].partition("Other rules add")[2]
ANNOUNCED = set(re.findall("`([a-z_]+)`", OF_DOMAIN)) - {"json_invalid", "zero_delta"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001  # the hook's signature
    """Protect the session that all cases share; make unique values in cases that should be accepted."""
    operation = case.operation.definition.raw.get("operationId")
    _spare(operation, case)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        _repair(operation, case)


def _spare(operation: str, case: Any) -> None:
    """A case that logs out, renames, locks or deletes the shared caller would end the run; one of those who log in would end their part."""
    if operation == "revokeCurrentCredential" and (case.headers or {}).get("Authorization") == f"Bearer {STAGE['token']}":
        case.headers["Authorization"] = f"Bearer {next(SPARE, None) or _log_in(STAGE['guest'])['access_token']}"
    ids = case.path_parameters or {}
    for name, spared in STAGE["spared"].items():
        if str(ids.get(name)) in map(str, spared) and case.operation.method != "get":
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
        if next(IDS) % 2 and (name in MAKE or name in KNOWN):
            case.path_parameters[name] = MAKE[name]() if name in MAKE else next(KNOWN[name])
    if "cursor" in (case.query or {}) and next(CURSORS) % 4:
        del case.query["cursor"]
    if operation in OWNED and next(COUNT) % 4:
        _as_owner(case, next(OWNED[operation], None))


def _as_owner(case: Any, owned: dict[str, Any] | None) -> None:
    if owned is not None and case.headers is not None:
        case.headers["Authorization"] = f"Bearer {owned['token']}"
        case.path_parameters = {**(case.path_parameters or {}), **owned["ids"]}
        case.body = {**case.body, **owned["members"]} if owned["members"] else case.body


def _landing(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same body, with values that no schema can check made valid; one in four is left unchanged."""
    if operation in {"createUser", "updateUser"} and "@" in str(body.get("email")):
        body["email"] = f"u{next(COUNT)}@example.com"  # "unique" is not a keyword of JSON Schema
    if {"shipping_address", "shipping_address_id"} <= body.keys():
        del body["shipping_address_id"]  # at most one of the two
    unchanged = next(COUNT) % 4 == 0
    if "token" in body and not unchanged:
        body["token"] = next(MAIL_TOKENS.get(operation, iter(())), body["token"])
    if operation == "changePassword" and (not unchanged or body.get("current_password") == ADMIN["password"]):
        body |= {"current_password": ADMIN["password"], "new_password": ADMIN["password"]}
    if unchanged:
        return body
    if operation == "issueToken":
        # No refresh token of this run is known here, and the code of an authorization_code needs a login in a browser.
        body = {**STAGE["login"], "grant_type": "password"}
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
def valid_requests_are_not_rejected_as_invalid(context: Any, response: Any, case: Any) -> None:  # noqa: ARG001  # the check's signature
    """A 422 for a valid request is a rule of the domain with its own problem type, never a validation problem."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.media_type == FORM and isinstance(case.body, dict) and "" in case.body.values():
        # A field without a value counts as left out (RFC 6749, section 3.2), so this is another request than the one that was generated.
        return
    problem = response.json()
    if problem["type"] == "/problems/validation-failed":
        kinds = {violation["type"] for violation in problem["errors"]}
        assert kinds <= ANNOUNCED, f"a valid request was rejected as invalid: {problem['errors']}"
