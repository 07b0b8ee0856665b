"""A file is written as it arrives, within its largest size, and removed whatever happens."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message

from steelyard.contract.request.files import FileBody
from steelyard.contract.request.heads import ClientDisconnected
from steelyard_contract.operations import Body
from steelyard_contract.problems import BodyTooLarge, Unavailable
from steelyard_contract.uploads import Upload

BODY = FileBody(Body("image/png", "Picture", (), "", required=True, by_document=False, max_bytes=10, max_values=None))


class Sender:
    """Sends a body in parts."""

    def __init__(self, *parts: bytes, ends: bool = True) -> None:
        last: Message = {"type": "http.request", "body": b"", "more_body": False} if ends else {"type": "http.disconnect"}
        self._messages: Iterator[Message] = iter([*({"type": "http.request", "body": part, "more_body": True} for part in parts), last])

    async def __call__(self) -> Message:
        return next(self._messages)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Upload]:
    """The files that were removed."""
    seen: list[Upload] = []
    close = Upload.close

    def closing(upload: Upload) -> None:
        seen.append(upload)
        close(upload)

    monkeypatch.setattr(Upload, "close", closing)
    return seen


async def test_a_file_of_the_largest_size_is_read(closed: list[Upload]) -> None:
    upload, violations = await BODY.read(Sender(b"12345", b"67890")), list[Any]()

    assert BODY.parse(upload, violations) == (upload, upload.sha256)
    assert (await upload.read(), violations, closed) == (b"1234567890", [], [])
    upload.close()


@pytest.mark.parametrize(("sender", "error"), [(Sender(b"123456", b"78901"), BodyTooLarge), (Sender(b"1", ends=False), ClientDisconnected)])
async def test_a_file_that_is_not_read_to_its_end_is_removed(sender: Sender, error: type[Exception], closed: list[Upload]) -> None:
    with pytest.raises(error):
        await BODY.read(sender)

    assert len(closed) == 1


async def test_a_full_disk_is_a_problem_of_the_contract(monkeypatch: pytest.MonkeyPatch, closed: list[Upload]) -> None:
    async def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Upload, "write", full)

    with pytest.raises(Unavailable):
        await BODY.read(Sender(b"1"))
    assert len(closed) == 1


async def test_an_empty_file_is_no_body() -> None:
    upload = await BODY.read(Sender())
    violations: list[Any] = []

    assert BODY.parse(upload, violations) == (None, None)
    assert [violation.type for violation in violations] == ["missing"]
    upload.close()
