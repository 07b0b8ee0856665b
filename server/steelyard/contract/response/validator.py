"""Checks responses against the contract, and reports the place and the keyword of a mismatch, never a value."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema_rs

from steelyard.contract.document import Document
from steelyard.contract.http.media_types import content_type, is_stream, is_text, value_of
from steelyard.contract.http.responses import Header, RawResponse
from steelyard_contract.operations import Operation

ValidationMode = Literal["enforce", "observe", "off"]
_INTEGER = re.compile("-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place where a response differs from the contract."""

    operation_id: str
    status: int
    where: str  # a header's name or a JSON pointer into the body, with * for the place in a list and for what callers may name
    keyword: str

    def __str__(self) -> str:
        return f"{self.operation_id} {self.status}: {self.where} breaks {self.keyword!r}"


class _Expected:
    """The response that the contract has for one status of one operation."""

    def __init__(self, document: Document, pointer: str) -> None:
        pointer = document.target(pointer)
        response = document.get(pointer)
        self._document = document
        # By Content-Type: the media type, its validator.
        self._bodies: dict[str, tuple[str, jsonschema_rs.Draft202012Validator]] = {
            content_type(media): (media, document.validator(f"{pointer}/content/{media.replace('/', '~1')}/{_field(media)}"))
            for media in response.get("content", {})
        }
        # By name: whether it is required, whether it is an integer, its validator. Headers of the edge are added later.
        self._headers: dict[str, tuple[bool, bool, jsonschema_rs.Draft202012Validator]] = {}
        for name in response.get("headers", {}):
            place = document.target(f"{pointer}/headers/{name}")
            header = document.get(place)
            integer = document.dereference(header["schema"]).get("type") == "integer"
            required = bool(header.get("required")) and "x-edge" not in header
            self._headers[name.lower()] = (required, integer, document.validator(f"{place}/schema"))

    def differences(self, headers: Iterable[Header], body: bytes) -> list[tuple[str, str]]:
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        mismatches = []
        described = self._bodies.get(sent.get("content-type", ""))
        if described is None and (self._bodies or "content-type" in sent):
            mismatches.append(("content-type", "content"))
        for name, (required, integer, validator) in self._headers.items():
            text = sent.get(name)
            if text is None:
                mismatches += [(name, "required")] if required else []
            else:
                value: Any = int(text) if integer and _INTEGER.fullmatch(text) else text
                mismatches += [(name, _keyword(error)) for error in validator.iter_errors(value)]
        if described is not None:
            media, schema = described
            try:
                value = value_of(media, body)
            except ValueError:
                return [*mismatches, ("/", "utf-8" if is_text(media) else "json")]
            for each in value if is_stream(media) else (value,):
                if not schema.is_valid(each):
                    mismatches += [(self._pointer(error), _keyword(error)) for error in schema.iter_errors(each)]
        elif not self._bodies and body:
            mismatches.append(("", "content"))
        return mismatches

    def _pointer(self, error: jsonschema_rs.ValidationError) -> str:
        """A caller chooses the names in a map: such a name is a value, and their number is unbounded."""
        return "".join(f"/{step}" if step in self._document.member_names else "/*" for step in error.instance_path) or "/"


class ResponseValidator:
    """Checks all responses (`enforce`), or the first of each operation and status and then one in so many (`observe`).

    Mismatches are counted by operation, status, place and keyword, all of which the contract bounds.
    """

    def __init__(self, document: Document, mode: ValidationMode, one_in: int = 100) -> None:
        self.mode = mode
        self.counts: Counter[Mismatch] = Counter()
        self.checked: Counter[str] = Counter()
        self._document = document
        self._one_in = one_in
        self._seen: dict[tuple[str, int], int] = {}
        self._expected: dict[tuple[str, int], _Expected | None] = {}

    def samples(self, operation_id: str, status: int) -> bool:
        """Whether this response is in the sample; with `enforce`, all are."""
        if self.mode == "off":
            return False
        if self.mode == "enforce":
            return True
        # Counted separately, so that rare requests and rare problems are sampled as well.
        key = (operation_id, status)
        seen = self._seen.get(key, 0)
        self._seen[key] = seen + 1
        return seen % self._one_in == 0

    def check(self, operation: Operation, response: RawResponse) -> list[Mismatch]:
        """All mismatches between the response and the contract."""
        known = self._expected_response(operation, response.status)
        differences = [("", "responses")] if known is None else known.differences(response.headers, response.body)
        mismatches = [Mismatch(operation.id, response.status, where, keyword) for where, keyword in differences]
        self.checked[operation.id] += 1
        self.counts.update(mismatches)
        return mismatches

    def _expected_response(self, operation: Operation, status: int) -> _Expected | None:
        """Validators are made when a status first occurs: most of the three hundred never do."""
        key = (operation.id, status)
        if key not in self._expected:
            pointer = f"/paths/{operation.path.replace('~', '~0').replace('/', '~1')}/{operation.method.lower()}/responses"
            declared = str(status) in self._document.get(pointer)
            self._expected[key] = _Expected(self._document, f"{pointer}/{status}") if declared else None
        return self._expected[key]


def _keyword(error: jsonschema_rs.ValidationError) -> str:
    return str(error.schema_path[-1]) if error.schema_path else "schema"


def _field(media: str) -> str:
    """The schema of a body; a stream is checked item by item."""
    return "x-item-schema" if is_stream(media) else "schema"
