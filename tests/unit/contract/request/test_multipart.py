"""Forms with a file: whatever is sent, the form or violations of the contract, in bounded memory."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import Field
from starlette.types import Message

from steelyard.contract.document import Document
from steelyard.contract.request.heads import ClientDisconnected
from steelyard.contract.request.multipart import Form, MultipartBody
from steelyard_contract import models as m
from steelyard_contract.base import Model
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.operations import Body
from steelyard_contract.problems import BodyTooLarge
from steelyard_contract.uploads import Upload

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["picture", "title"],
    "properties": {
        "picture": {"type": "string", "format": "binary", "minLength": 1, "maxLength": 300},
        "title": {"type": "string", "maxLength": 10},
        "width": {"type": "integer", "minimum": 1, "maximum": 100},
    },
}
DOCUMENT = Document(json.dumps({"paths": {}, "components": {"schemas": {"PictureForm": SCHEMA}}}).encode())
TYPE = b"multipart/form-data; boundary=b"


class PictureForm(Model):
    picture: Upload
    title: Annotated[str, Field(max_length=10)]
    width: Annotated[int, Field(ge=1, le=100)] | None = None


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> MultipartBody:
    monkeypatch.setattr(m, "PictureForm", PictureForm, raising=False)
    described = Body(
        "multipart/form-data",
        "PictureForm",
        (),
        "/components/schemas/PictureForm",
        required=True,
        by_document=True,
        max_bytes=100_000,
        max_values=None,
    )
    return MultipartBody((described,), DOCUMENT)


def part(disposition: str, content: bytes, *, lines: str = "") -> bytes:
    return f"--b\r\nContent-Disposition: {disposition}\r\n{lines}\r\n".encode() + content + b"\r\n"


PICTURE = part('form-data; name="picture"; filename="a.png"', b"\x89PNG\r\n--", lines="Content-Type: image/png\r\n")
TITLE = part('form-data; name="title"', "Größe".encode())
END = b"--b--\r\n"


def sender(raw: bytes, size: int) -> Any:
    messages: Iterator[Message] = iter(
        [
            *({"type": "http.request", "body": raw[at : at + size], "more_body": True} for at in range(0, len(raw), size)),
            {"type": "http.request", "body": b"", "more_body": False},
        ]
    )

    async def receive() -> Message:
        return next(messages)

    return receive


async def read(
    body: MultipartBody, raw: bytes, content_type: bytes = TYPE, size: int = 4096
) -> tuple[Form, Any, list[tuple[str, str | None]]]:
    form = await body.read(sender(raw, size), [(b"content-type", content_type)])
    violations: list[m.Violation] = []
    model, _ = body.parse(form, violations)
    return form, model, [(each.type, each.pointer) for each in violations]


@pytest.mark.parametrize("size", [1, 3, 4096])
async def test_a_form_is_read_however_it_is_cut(body: MultipartBody, size: int) -> None:
    raw = PICTURE + TITLE + part('form-data; name="width"', b"64") + END

    form, model, violations = await read(body, raw, size=size)

    assert violations == []
    assert (model.title, model.width, await model.picture.read()) == ("Größe", 64, b"\x89PNG\r\n--")
    assert (model.picture.name, model.picture.media, model.picture.size) == ("a.png", "image/png", 8)
    form.close()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (TITLE + END, [("missing", "/picture")]),
        (PICTURE + END, [("missing", "/title")]),
        (PICTURE + TITLE + part('form-data; name="width"', b"1.0") + END, [("int_parsing", "/width")]),
        (PICTURE + TITLE + part('form-data; name="width"', b"101") + END, [("less_than_equal", "/width")]),
        (PICTURE + TITLE + TITLE + END, [("repeated", "/title")]),
        (PICTURE + PICTURE + TITLE + END, [("repeated", "/picture")]),
        (PICTURE + TITLE + part('form-data; name="x"', b"1") + END, [("extra_forbidden", "/x")]),
        (PICTURE + part('form-data; name="title"', b"\xff") + END, [("string_unicode", "/title")]),
        (PICTURE + part('form-data; name="title"', b"x" * 60_000) + END, [("string_too_long", "/title")]),
        (PICTURE + part('form-data; name="title"; filename="a"', b"x") + END, [("unexpected_file", "/title")]),
        (part('form-data; name="picture"', b"") + TITLE + END, [("too_short", "/picture")]),
        (part('form-data; name="picture"', b"x" * 60_000) + TITLE + END, [("too_long", "/picture")]),
        (PICTURE + part('attachment; name="title"', b"x") + END, [("multipart_invalid", None)]),
        (PICTURE + part("form-data", b"x") + END, [("multipart_invalid", None)]),
        (
            PICTURE + part('form-data; name="title"', b"x", lines="Content-Transfer-Encoding: base64\r\n") + END,
            [("multipart_invalid", "/title")],
        ),
        (PICTURE + TITLE, [("multipart_invalid", None)]),
        (PICTURE[:-10], [("multipart_invalid", None)]),
        (b"", [("multipart_invalid", None)]),
        (b'{"picture": 1}', [("multipart_invalid", None)]),
        (b"--c\r\n", [("multipart_invalid", None)]),
        (part('form-data; name="title"', b"x", lines="X-A: " + "a" * 5000 + "\r\n") + END, [("multipart_invalid", None)]),
        (part('form-data; name="title"', b"x", lines="X-A: a\r\n" * 20) + END, [("multipart_invalid", None)]),
        (b"--b\r\n\r\nx\r\n" + END, [("multipart_invalid", None)]),
        (b"--b\r\nno header\r\n\r\nx\r\n" + END, [("multipart_invalid", None)]),
    ],
    ids=[str(number) for number in range(24)],
)
async def test_others_are_violations_of_the_contract_and_fill_no_log(
    body: MultipartBody, raw: bytes, expected: list[tuple[str, str | None]], caplog: pytest.LogCaptureFixture
) -> None:
    form, model, violations = await read(body, raw)

    assert model is None
    assert violations == expected
    assert caplog.records == []
    form.close()


@pytest.mark.parametrize(
    "content_type", [b"multipart/form-data", b"multipart/form-data; boundary=", b"multipart/form-data; boundary=" + b"x" * 300]
)
async def test_a_boundary_is_needed(body: MultipartBody, content_type: bytes) -> None:
    _, model, violations = await read(body, PICTURE + TITLE + END, content_type)

    assert (model, violations) == (None, [("multipart_invalid", None)])


async def test_many_parts_make_no_more_violations_than_are_reported(body: MultipartBody) -> None:
    raw = b"".join(b'--b\r\nContent-Disposition: form-data; name="%d"\r\n\r\n\r\n' % number for number in range(1500)) + END

    form, _, violations = await read(body, raw)

    assert len(violations) == MAX_VIOLATIONS + 1
    form.close()


@pytest.mark.parametrize(
    ("filename", "name"),
    [("../../etc/passwd", "passwd"), (r"C:\\a\\b.png", "b.png"), ("a\x07b", "ab"), ("x" * 500, "x" * 255), ("größe", "größe"), ("", "")],
)
async def test_the_name_of_a_file_is_no_path(body: MultipartBody, filename: str, name: str) -> None:
    raw = part(f'form-data; name="picture"; filename="{filename}"', b"1") + TITLE + END

    form, model, violations = await read(body, raw)

    assert (violations, model.picture.name) == ([], name)
    form.close()


async def test_a_body_beyond_its_size_or_without_its_end_leaves_no_file(body: MultipartBody, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, close = list[Upload](), Upload.close

    def closing(upload: Upload) -> None:
        closed.append(upload)
        close(upload)

    monkeypatch.setattr(Upload, "close", closing)

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(BodyTooLarge):
        await body.read(sender(PICTURE + b"x" * 100_001, 4096), [(b"content-type", TYPE)])
    with pytest.raises(ClientDisconnected):
        await body.read(gone, [(b"content-type", TYPE)])

    assert len(closed) == 1
