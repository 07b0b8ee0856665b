"""Schemathesis against a server that is already running: the same run as `python -m tests.contract.fuzz`, its stage made over HTTP."""

import asyncio
import base64
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.contract.against.findings import Findings
from tests.contract.fuzz.__main__ import attack, too_seldom
from tests.kit.clients.raw import request_bytes
from tests.kit.clients.remote_world import WorldOverHttp
from tests.kit.clients.visit import Sent, Visit
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.world.stage import Stage

# Checks that say in other words what the judge says of the same answer.
JUDGED = {"answers_are_as_promised", "response_schema_conformance", "status_code_conformance", "content_type_conformance"}
JUDGED |= {"response_headers_conformance"}
FAILED = '"failure_info"'


def fuzz(visit: Visit, findings: Findings, seed: str, rest: list[str]) -> int:
    """How many cases were tried; what came of them is added to the findings."""
    stage = asyncio.run(staged(visit))
    before = len(findings.found)
    with tempfile.TemporaryDirectory(prefix="steelyard-fuzz-") as name:
        events = Path(name) / "events.ndjson"
        told = _Told(findings)
        # Unfiltered, because what is to be repeated must be known. Nothing of it is kept or shown as it is.
        options = ["--report-ndjson-path", str(events), "--output-sanitize", "false"]
        status, report = attack(Path(name), visit.url, stage, seed, [*options, *rest], show=told.line)
        for check, sent in failed(events):
            add(findings, check, sent)
    for line in too_seldom(report["valid_rates"]):
        sys.stdout.write(f"{line}\n")
    if status and len(findings.found) == before:
        findings.add("the run as a whole", "Schemathesis is content", f"it ended with status {status}; its own lines above say why", None)
    return int(report["test_cases"]["generated"])


class _Told:
    """What Schemathesis prints, without its own account of the failures."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._is_failure = False

    def line(self, line: str) -> None:
        title = line.strip().strip("=").strip() if line.startswith("===") else None
        self._is_failure = title == "FAILURES" if title is not None else self._is_failure
        if not self._is_failure:
            sys.stdout.write(self._findings.masked(line))
            sys.stdout.flush()


def failed(events: Path) -> Iterator[tuple[dict[str, Any], Sent]]:
    """Each failed check, and the exchange that it failed on."""
    with events.open(encoding="utf-8") as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {}) if FAILED in line else {}
            for case, checks in recorder.get("checks", {}).items():
                interaction = recorder["interactions"].get(case, {})
                for check in checks:
                    if check["status"] == "failure" and interaction.get("response") is not None:
                        yield check, exchanged(interaction)


def exchanged(interaction: dict[str, Any]) -> Sent:
    """The bytes as they went over the wire, or nearly so."""
    asked, answered = interaction["request"], interaction["response"]
    at = urlsplit(asked["uri"])
    target = (at.path or "/") + (f"?{at.query}" if at.query else "")
    fields = [(name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in _fields(asked)]
    body = _bytes(asked.get("body"))
    raw = request_bytes(asked["method"], target.encode(), [field for field in fields if field[0] not in {b"host", b"content-length"}], body)
    headers = [(name.lower(), value) for name, value in _fields(answered)]
    return Sent(raw, Exchange(asked["method"], target, answered["status_code"], headers, _bytes(answered.get("content")) or b""))


def _fields(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in message["headers"].items() for value in values]


def _bytes(body: Any) -> bytes | None:
    encoded = body.get("$base64") if isinstance(body, dict) else body
    return None if encoded is None else base64.b64decode(encoded)


def add(findings: Findings, check: dict[str, Any], sent: Sent) -> None:
    """By the judge's own words where he has any, else by those of Schemathesis."""
    differences: list[str] = []
    with suppress(ValueError):
        differences = CONTRACT.differences(sent.exchange)
    findings.visit.differences += [(one, sent) for one in differences if check["name"] in JUDGED]
    findings.judged()
    if not (differences and check["name"] in JUDGED):
        failure = check["failure_info"]["failure"]
        operation, _ = CONTRACT.find(sent.exchange.method, sent.exchange.path)
        rule = f"{failure['title']} (Schemathesis, {check['name']})"
        findings.add(str(operation or failure["operation"]), rule, "\n".join(failure["message"].splitlines()[:4]), sent)


async def staged(visit: Visit) -> dict[str, Any]:
    """Who and what the cases need, made by an admin who is nobody else's."""
    world = WorldOverHttp(visit)
    stage = await Stage.of(world)
    goods = [await world.item(stage.seller, 100 * number, 10_000, title=f"Lamp {number}", category="lighting") for number in range(20)]
    known = {
        "user_id": [stage.buyer.id, stage.seller.id, *[(await world.person()).id for _ in range(20)]],
        "item_id": goods,
        "order_id": [stage.order_id, *[(await world.order(stage.buyer, (goods[number], 1))).order.id for number in range(15)]],
    }
    return {
        "token": stage.admin.token,
        "user_id": stage.admin.id,
        "credential_id": stage.admin.credential_id,
        "login": {"username": stage.stranger.email, "password": stage.stranger.password},
        "admin": {"username": stage.admin.email, "password": stage.admin.password},
        "guest": {"username": stage.guest.email, "password": stage.guest.password},
        "spare": [],
        "code": None,
        "known": known,
        "first": {name: min(ids) for name, ids in known.items()},
    }
