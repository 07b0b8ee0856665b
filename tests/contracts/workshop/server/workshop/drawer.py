"""The files, in memory: those from 1 to 1000 always exist, and only the changed ones are stored."""

from steelyard_contract.problems import FileNotFound

LAST = 1000


class Drawer:
    """All files of one application."""

    def __init__(self) -> None:
        self._changed: dict[int, tuple[bytes, int]] = {}

    def clear(self) -> None:
        """As at the start."""
        self._changed.clear()

    def get(self, file_id: int) -> bytes:
        """The file; FileNotFound for a number that no file has."""
        if file_id > LAST:
            raise FileNotFound
        return self._changed[file_id][0] if file_id in self._changed else b"\xff\x00file %d" % file_id

    def version(self, file_id: int) -> int:
        """Which content it has."""
        return self._changed[file_id][1] if file_id in self._changed else 1

    def put(self, file_id: int, content: bytes) -> None:
        """Store a file."""
        self._changed[file_id] = content, self.version(file_id) + 1
