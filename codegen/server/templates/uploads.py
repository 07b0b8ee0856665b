"""Files and streams that requests send."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Generic, TypeVar, cast

from pydantic_core import core_schema

T = TypeVar("T")

# A file up to this size stays in memory.
MEMORY_BYTES = 1 << 20
_PART_BYTES = 1 << 16


class Upload:
    """A file that a request has sent: in memory up to 1 MiB, beyond that in a temporary file without a name, until the response is sent."""

    __slots__ = ("_digest", "_file", "media", "name", "size")

    def __init__(self, name: str | None = None, media: str | None = None) -> None:
        self._file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  # `close` closes it
        self._digest = hashlib.sha256()
        self.size = 0
        """In bytes."""
        self.name = name
        """The name that the client gives in a form, without folders. It is any text: show it, and never write to it."""
        self.media = media
        """The media type that the client gives in a form; nothing has compared it with the file."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        """A text stands for it while the members beside it are checked."""
        return core_schema.union_schema([core_schema.is_instance_schema(cls), core_schema.str_schema()])

    def __len__(self) -> int:
        return self.size

    @property
    def sha256(self) -> str:
        """Its digest, in hexadecimal digits."""
        return self._digest.hexdigest()

    @property
    def file(self) -> BinaryIO:
        """The file, from its beginning, for libraries that read one. Reading may wait for the disk."""
        self._file.seek(0)
        return cast("BinaryIO", self._file)

    async def write(self, part: bytes) -> None:
        """Append a part; OSError if the disk is full."""
        self.size += len(part)
        self._digest.update(part)
        if self.size <= MEMORY_BYTES:
            self._file.write(part)
        else:
            await asyncio.to_thread(self._file.write, part)

    async def read(self) -> bytes:
        """The whole file."""
        return await asyncio.to_thread(self.file.read) if self.size > MEMORY_BYTES else self.file.read()

    async def parts(self, size: int = _PART_BYTES) -> AsyncIterator[bytes]:
        """The file from its beginning, in parts of at most this size."""
        file = self.file
        while part := await asyncio.to_thread(file.read, size) if self.size > MEMORY_BYTES else file.read(size):
            yield part

    def close(self) -> None:
        """Remove it."""
        self._file.close()


class SentItems(Generic[T]):
    """The items of a request, one on each line of a file: all of them are there and valid. Iterate it as often as you like."""

    __slots__ = ("_count", "_file", "_read")

    def __init__(self, file: Upload, read: Callable[[bytes], T], count: int) -> None:
        self._file = file
        self._read = read
        self._count = count

    def __len__(self) -> int:
        return self._count

    async def __aiter__(self) -> AsyncIterator[T]:
        """Each item, in the order of the lines."""
        rest = b""
        async for part in self._file.parts():
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                yield self._read(line)
        if rest:
            yield self._read(rest)
