"""A body of multipart/form-data (RFC 7578): one file, and scalars as texts.

python-multipart finds the parts while the body arrives. The file goes to an `Upload`, texts are kept up to the longest valid one, and
everything else is read and dropped: memory is bounded whatever is sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState, parse_options_header
from starlette.types import Receive

from steelyard.contract.document import Document, Schema
from steelyard.contract.http.responses import Header
from steelyard.contract.request.arrival import parts
from steelyard.contract.request.body import RequestBody
from steelyard.contract.request.files import write
from steelyard.contract.request.heads import BodyHead
from steelyard.contract.request.parameters import InvalidLiteral, spelling
from steelyard.contract.request.violations import violation
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.operations import Body
from steelyard_contract.uploads import Upload

_BODY = ("body",)
# In place of the file where the other members are checked.
_PLACEHOLDER = "x"
# The longest value of a member without a bound, such as a date: in characters.
_MAX_TEXT = 1000
# The longest number or boolean, in characters.
_MAX_NUMBER = 40
_UTF8_BYTES = 4
_MAX_NAME = 255


@dataclass
class Form:
    """What was read of a body."""

    texts: dict[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    violations: list[m.Violation] = field(default_factory=list)

    def close(self) -> None:
        """Remove the file."""
        if self.upload is not None:
            self.upload.close()


class MultipartBody(BodyHead):
    """The body of one operation."""

    def __init__(self, bodies: tuple[Body, ...], document: Document) -> None:
        super().__init__(bodies[0])
        self._members = RequestBody(bodies, document)
        properties = document.get(bodies[0].schema)["properties"]
        members = {name: document.dereference(node) for name, node in properties.items()}
        self.file = next(name for name, node in members.items() if node.get("format") == "binary")
        self.least, self.most = members[self.file].get("minLength", 0), members[self.file]["maxLength"]
        self.lengths = {name: _longest(node) for name, node in members.items() if name != self.file}
        self._spellings = {name: spelling(node) for name, node in members.items() if name != self.file}
        fields: dict[str, Any] = getattr(m, bodies[0].model).model_fields
        self._attribute = next(name for name, described in fields.items() if (described.alias or name) == self.file)

    async def read(self, receive: Receive, headers: Iterable[Header]) -> Form:
        """The whole body, counted while it arrives. The caller closes the form."""
        reader = _Reader(self, dict(headers)[b"content-type"].decode("latin-1"))
        try:
            async for part in parts(receive, self.limit):
                await reader.write(part)
            return reader.end()
        except BaseException:
            reader.form.close()
            raise

    def parse(self, form: Form, violations: list[m.Violation]) -> tuple[Any, Any]:
        """The model for the handler and the plain value for comparisons; violations are added to `violations`."""
        violations += form.violations
        value: dict[str, Any] = {} if form.upload is None else {self.file: _PLACEHOLDER}
        for name, text in form.texts.items():
            try:
                value[name] = self._spellings[name](text)
            except InvalidLiteral as error:
                violations.append(violation(error.kind, ("body", name), str(error)))
        if violations:
            return None, None
        model = self._members.check(value, violations)
        if model is None or form.upload is None:
            return model, value
        setattr(model, self._attribute, form.upload)
        return model, {**value, self.file: form.upload.sha256}


class _Reader:
    """The parts of one body, as they arrive."""

    def __init__(self, body: MultipartBody, content_type: str) -> None:
        self._body = body
        self.form = Form()
        self._field, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._seen: set[str] = set()
        self._text: bytearray | None = None
        self._is_file = False
        self._arrived: list[bytes] = []
        self._is_broken = False
        _, options = parse_options_header(content_type)
        callbacks: Any = {
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_part_end": self._on_part_end,
        }
        try:
            self._parser = MultipartParser(options[b"boundary"], callbacks)
            # It would log each malformed form, whose sender gets the violation.
            self._parser.logger.disabled = True
        except (KeyError, FormParserError):
            self._break("The Content-Type needs a boundary of 1 to 70 characters")

    async def write(self, data: bytes) -> None:
        """Read on. After the first error that leaves open where parts end, the rest is dropped."""
        if self._is_broken:
            return
        try:
            self._parser.write(data)
        except FormParserError:
            self._break("The parts of the body are malformed")
        arrived, self._arrived = self._arrived, []
        upload = self.form.upload
        for part in arrived:
            if upload is not None and upload.size <= self._body.most:
                await write(upload, part[: self._body.most + 1 - upload.size])

    def end(self) -> Form:
        """What was read, with the violations of the whole."""
        upload = self.form.upload
        if not self._is_broken and self._parser.state != MultipartState.END:
            self._break("The body ends before its last boundary")
        if self._is_broken:
            return self.form
        if upload is not None and upload.size > self._body.most:
            self._note("too_long", f"The file has more than {self._body.most} bytes", self._body.file)
        elif upload is not None and upload.size < self._body.least:
            self._note("too_short", f"The file has less than {self._body.least} bytes", self._body.file)
        return self.form

    def _break(self, message: str) -> None:
        self._is_broken = True
        self._note("multipart_invalid", message)

    def _note(self, kind: str, message: str, *member: str) -> None:
        self.form.violations.append(violation(kind, (*_BODY, *member), message))
        self._is_broken = self._is_broken or len(self.form.violations) > MAX_VIOLATIONS

    # -- what the parser finds -----------------------------------------------------------------------------------------
    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers.setdefault(self._field.lower(), self._value)
        self._field, self._value = b"", b""

    def _on_headers(self) -> None:
        if self._is_broken:
            return  # the rest of what arrived together
        headers, self._headers = self._headers, {}
        self._text, self._is_file = None, False
        kind, options = parse_options_header(headers.get(b"content-disposition"))
        try:
            self._name = options[b"name"].decode()
        except (KeyError, UnicodeDecodeError):
            kind = b""
        if kind != b"form-data":
            self._note("multipart_invalid", "Each part needs `Content-Disposition: form-data` with a name in UTF-8")
        elif b"content-transfer-encoding" in headers:
            self._note(
                "multipart_invalid", "A part is sent as it is, without Content-Transfer-Encoding (RFC 7578, section 4.7)", self._name
            )
        elif self._name in self._seen:
            self._note("repeated", "This field may be sent only once", self._name)
        elif self._name == self._body.file:
            self._is_file = True
            self.form.upload = Upload(name=_label(options.get(b"filename")), media=headers.get(b"content-type", b"").decode("latin-1"))
        elif self._name not in self._body.lengths:
            self._note("extra_forbidden", "This field is not in the contract", self._name[:_MAX_NAME])
        elif b"filename" in options:
            self._note("unexpected_file", "This field is a text, not a file", self._name)
        else:
            self._text = bytearray()
        if len(self._seen) <= MAX_VIOLATIONS + len(self._body.lengths):
            self._seen.add(self._name)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._arrived.append(data[start:end])
        elif self._text is not None:
            # One byte more than the longest valid text has is enough to be invalid.
            self._text += data[start : min(end, start + self._body.lengths[self._name] + 1 - len(self._text))]

    def _on_part_end(self) -> None:
        if self._text is None:
            return
        if len(self._text) > self._body.lengths[self._name]:
            self._note("string_too_long", "String is too long", self._name)
            return
        try:
            self.form.texts[self._name] = self._text.decode()
        except UnicodeDecodeError:
            self._note("string_unicode", "Input should be UTF-8", self._name)


def _longest(node: Schema) -> int:
    """The bytes of the longest text of a member, with one character more, so that it is invalid for its length."""
    values = [str(value) for value in node.get("enum", [node.get("const", "")])]
    most: int = node.get("maxLength", _MAX_TEXT if node.get("type") == "string" else 0)
    return _UTF8_BYTES * (1 + max(most, _MAX_NUMBER, *map(len, values)))


def _label(filename: bytes | None) -> str | None:
    """The last part of the name that the client gives, for display: never a path."""
    if filename is None:
        return None
    name = filename.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:_MAX_NAME]
