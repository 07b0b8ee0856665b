"""Schemathesis against a running server: the run of `python -m tests.contract.fuzz`, with a stage made over HTTP."""

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

from tests.contract.against.mismatches import Mismatches
from tests.contract.fuzz.__main__ import attack
from tests.contract.fuzz.documents import too_seldom
from tests.kit.clients.raw import request_bytes
from tests.kit.clients.remote_world import RemoteWorld
from tests.kit.clients.visit import Sent, Visit, VisitAborted
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.world.stage import Stage

# Checks that repeat what our checker reports for the same response.
CHECKED_HERE = {"responses_match_the_contract", "response_schema_conformance", "status_code_conformance", "content_type_conformance"}
CHECKED_HERE |= {"response_headers_conformance"}
FAILED = '"failure_info"'


def fuzz(visit: Visit, mismatches: Mismatches, seed: str, rest: list[str]) -> int:
    """The number of cases. Failures are added to the mismatches."""
    stage = asyncio.run(staged(visit))
    before = len(mismatches.by_rule)
    with tempfile.TemporaryDirectory(prefix="steelyard-fuzz-") as name:
        events = Path(name) / "events.ndjson"
        output = _Output(mismatches)
        # Unmasked, because the requests must be repeatable. The file is deleted, and nothing of it is shown unmasked.
        options = ["--report-ndjson-path", str(events), "--output-sanitize", "false"]
        # They are about the cases, such as those of operations that the settings of the server switch off.
        options += ["--warnings", "off"]
        try:
            status, report = attack(Path(name), visit.url, stage, seed, [*options, *rest], show=output.line)
        except ValueError as error:
            # The other parts have results, which are reported.
            raise VisitAborted("Schemathesis ended before it had written its report; its output above has the reason.") from error
        for check, sent in failed(events):
            add(mismatches, check, sent)
    for line in too_seldom(report["valid_rates"]):
        sys.stdout.write(f"hardly tried: {line}\n")
    if status and len(mismatches.by_rule) == before:
        mismatches.add(
            "the run as a whole", "Schemathesis succeeds", f"it ended with status {status}; its output above has the reason", None
        )
    return int(report["test_cases"]["generated"])


class _Output:
    """The output of Schemathesis, without its report of the failures."""

    def __init__(self, mismatches: Mismatches) -> None:
        self._mismatches = mismatches
        self._is_failure = False

    def line(self, line: str) -> None:
        title = line.strip().strip("=").strip() if line.startswith("===") else None
        self._is_failure = title == "FAILURES" if title is not None else self._is_failure
        if not self._is_failure:
            sys.stdout.write(self._mismatches.masked(line))
            sys.stdout.flush()


def failed(events: Path) -> Iterator[tuple[dict[str, Any], Sent]]:
    """Each failed check, with its exchange."""
    with events.open(encoding="utf-8") as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {}) if FAILED in line else {}
            for case, checks in recorder.get("checks", {}).items():
                interaction = recorder["interactions"].get(case, {})
                for check in checks:
                    if check["status"] == "failure" and interaction.get("response") is not None:
                        yield check, exchanged(interaction)


def exchanged(interaction: dict[str, Any]) -> Sent:
    """The exchange, with the bytes of its request as far as the report has them."""
    request, response = interaction["request"], interaction["response"]
    at = urlsplit(request["uri"])
    target = (at.path or "/") + (f"?{at.query}" if at.query else "")
    fields = [(name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in _fields(request)]
    body = _bytes(request.get("body"))
    raw = request_bytes(
        request["method"], target.encode(), [field for field in fields if field[0] not in {b"host", b"content-length"}], body
    )
    headers = [(name.lower(), value) for name, value in _fields(response)]
    sent_fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
    return Sent(
        raw, Exchange(request["method"], target, response["status_code"], headers, _bytes(response.get("content")) or b"", sent_fields)
    )


def _fields(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in message["headers"].items() for value in values]


def _bytes(body: Any) -> bytes | None:
    encoded = body.get("$base64") if isinstance(body, dict) else body
    return None if encoded is None else base64.b64decode(encoded)


def add(mismatches: Mismatches, check: dict[str, Any], sent: Sent) -> None:
    """In the words of our checker where it reports a mismatch, otherwise in those of Schemathesis."""
    differences: list[str] = []
    with suppress(ValueError):
        differences = CONTRACT.mismatches(sent.exchange)
    mismatches.visit.mismatches += [(difference, sent) for difference in differences if check["name"] in CHECKED_HERE]
    mismatches.collect()
    if not (differences and check["name"] in CHECKED_HERE):
        failure = check["failure_info"]["failure"]
        operation, _ = CONTRACT.find(sent.exchange.method, sent.exchange.path)
        rule = f"{failure['title']} (Schemathesis, {check['name']})"
        mismatches.add(str(operation or failure["operation"]), rule, "\n".join(failure["message"].splitlines()[:4]), sent)


async def staged(visit: Visit) -> dict[str, Any]:
    """What the cases need, made by an admin that the run creates."""
    world = RemoteWorld(visit)
    stage = await Stage.of(world)
    goods = [await world.item(stage.seller, 100 * number, 10_000, title=f"Lamp {number}", category="lighting") for number in range(20)]
    known = {
        "user_id": [stage.buyer.id, stage.seller.id, *[(await world.user()).id for _ in range(20)]],
        "item_id": goods,
        "order_id": [stage.order_id, *[(await world.order(stage.buyer, (goods[number], 1))).order.id for number in range(15)]],
    }
    return {
        "token": stage.admin.token,
        "spared": {
            "user_id": [stage.admin.id, stage.stranger.id, stage.guest.id],
            "credential_id": [stage.admin.credential_id],
        },
        "login": {"username": stage.stranger.email, "password": stage.stranger.password},
        "admin": {"username": stage.admin.email, "password": stage.admin.password},
        "guest": {"username": stage.guest.email, "password": stage.guest.password},
        "spare": [],
        "mail_tokens": {},
        "owned": {},
        "code": None,
        "known": known,
        "first": {name: min(ids) for name, ids in known.items()},
    }
