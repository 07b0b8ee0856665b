"""Files that requests send: in memory or on disk, always whole."""

import hashlib

import pytest

from steelyard_contract.uploads import MEMORY_BYTES, Upload

PART = bytes(range(256)) * 256


@pytest.mark.parametrize("count", [1, MEMORY_BYTES // len(PART) + 2])
async def test_a_file_is_read_unchanged(count: int) -> None:
    upload = Upload()
    for _ in range(count):
        await upload.write(PART)

    whole = PART * count
    assert (upload.size, upload.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert await upload.read() == whole
    assert await upload.read() == whole, "a handler that runs again reads it again"
    assert [part async for part in upload.parts(len(PART))] == [PART] * count
    assert upload.file.read(2) == b"\x00\x01"
    upload.close()


async def test_a_large_file_is_not_in_memory() -> None:
    upload = Upload()
    rolled = list[bool]()
    for _ in range(MEMORY_BYTES // len(PART) + 1):
        await upload.write(PART)
        rolled.append(vars(upload._file)["_rolled"])

    assert rolled.index(True) == MEMORY_BYTES // len(PART)
    upload.close()
