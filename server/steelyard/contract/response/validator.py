"""The validator: holds answers against the contract, and reports where and by which keyword they differ, never what was in them."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema_rs

from steelyard.contract.document import Document
from steelyard.contract.http.responses import Header, RawResponse
from steelyard_contract.operations import Operation

ValidationMode = Literal["enforce", "observe", "off"]
_INTEGER = re.compile("-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which an answer is not what the contract promises."""

    operation_id: str
    status: int
    where: str  # a header's name or a JSON pointer into the body, with * for the place in a list and for what callers may name
    keyword: str

    def __str__(self) -> str:
        return f"{self.operation_id} {self.status}: {self.where} breaks {self.keyword!r}"


class _Answer:
    """What the contract says of one status of one operation."""

    def __init__(self, document: Document, pointer: str) -> None:
        pointer = document.target(pointer)
        response = document.get(pointer)
        self.media: str | None = None
        self._document = document
        self._body: jsonschema_rs.Draft202012Validator | None = None
        for media in response.get("content", {}):
            self.media = media
            self._body = document.validator(f"{pointer}/content/{media.replace('/', '~1')}/schema")
        # Name -> whether it must be there, whether it spells an integer, judge. What the edge adds comes later and is not missed here.
        self._headers: dict[str, tuple[bool, bool, jsonschema_rs.Draft202012Validator]] = {}
        for name in response.get("headers", {}):
            place = document.target(f"{pointer}/headers/{name}")
            header = document.get(place)
            integer = document.dereference(header["schema"]).get("type") == "integer"
            required = bool(header.get("required")) and "x-edge" not in header
            self._headers[name.lower()] = (required, integer, document.validator(f"{place}/schema"))

    def differences(self, headers: Iterable[Header], body: bytes) -> list[tuple[str, str]]:
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        found = []
        if sent.get("content-type") != self.media:
            found.append(("content-type", "content"))
        for name, (required, integer, judge) in self._headers.items():
            text = sent.get(name)
            if text is None:
                found += [(name, "required")] if required else []
            else:
                value: Any = int(text) if integer and _INTEGER.fullmatch(text) else text
                found += [(name, _keyword(error)) for error in judge.iter_errors(value)]
        if self._body is not None and self.media == sent.get("content-type"):
            try:
                value = json.loads(body)
            except ValueError:
                return [*found, ("/", "json")]
            if not self._body.is_valid(value):
                found += [(self._pointer(error), _keyword(error)) for error in self._body.iter_errors(value)]
        elif self._body is None and body:
            found.append(("", "content"))
        return found

    def _pointer(self, error: jsonschema_rs.ValidationError) -> str:
        """A member of a map is named by a caller: its name is a value, and there is no end of them."""
        return "".join(f"/{step}" if step in self._document.member_names else "/*" for step in error.instance_path) or "/"


class ResponseValidator:
    """Judges all answers (`enforce`), or of each operation and status the first and then one in so many (`observe`).

    What it finds is counted by operation, status, place and keyword, all of which the contract bounds.
    """

    def __init__(self, document: Document, mode: ValidationMode, one_in: int = 100) -> None:
        self.mode = mode
        self.counts: Counter[Mismatch] = Counter()
        self.checked: Counter[str] = Counter()
        self._document = document
        self._one_in = one_in
        self._seen: dict[tuple[str, int], int] = {}
        self._answers: dict[tuple[str, int], _Answer | None] = {}

    def samples(self, operation_id: str, status: int) -> bool:
        """Whether this answer is one of the sample (all of them, when enforcing)."""
        if self.mode == "off":
            return False
        if self.mode == "enforce":
            return True
        # Counted apart: what is seldom asked for, and a refusal that is seldom given, must not wait for their turn among all others.
        key = (operation_id, status)
        seen = self._seen.get(key, 0)
        self._seen[key] = seen + 1
        return seen % self._one_in == 0

    def check(self, operation: Operation, answer: RawResponse) -> list[Mismatch]:
        """All differences between the answer and the contract; none is the expected result."""
        known = self._answer(operation, answer.status)
        differences = [("", "responses")] if known is None else known.differences(answer.headers, answer.body)
        findings = [Mismatch(operation.id, answer.status, where, keyword) for where, keyword in differences]
        self.checked[operation.id] += 1
        self.counts.update(findings)
        return findings

    def _answer(self, operation: Operation, status: int) -> _Answer | None:
        """Judges are made when a status is first seen: most of the some three hundred never are."""
        key = (operation.id, status)
        if key not in self._answers:
            pointer = f"/paths/{operation.path.replace('~', '~0').replace('/', '~1')}/{operation.method.lower()}/responses"
            declared = str(status) in self._document.get(pointer)
            self._answers[key] = _Answer(self._document, f"{pointer}/{status}") if declared else None
        return self._answers[key]


def _keyword(error: jsonschema_rs.ValidationError) -> str:
    return str(error.schema_path[-1]) if error.schema_path else "schema"
