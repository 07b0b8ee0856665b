"""The parts, in memory: those from 1 to 1000 always exist, and only the changed ones are stored."""

from datetime import UTC, datetime

from steelyard.contract.http.etags import if_match_allows
from steelyard_contract import models as m
from steelyard_contract.problems import PartNotFound, PreconditionFailed

LAST = 1000
MADE_AT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)


class Shelf:
    """All parts of one application."""

    def __init__(self) -> None:
        self._changed: dict[int, m.Part] = {}
        self._versions: dict[int, int] = {}
        """The last of each part that was written. A version never comes again with another content: it is a strong ETag."""

    def clear(self) -> None:
        """As at the start."""
        self._changed.clear()
        self._versions.clear()

    def get(self, part_id: int) -> m.Part:
        """The part; PartNotFound for a number that no part has."""
        if part_id > LAST:
            raise PartNotFound
        plain = m.Part(
            id=part_id,
            name=f"Part {part_id}",
            kind=m.PartKind.brass if part_id % 2 else m.PartKind.steel,
            price=None,
            tags=[],
            owner="user",
            is_new=True,
            created_at=MADE_AT,
            version=1,
        )
        return self._changed.get(part_id, plain)

    def change(self, part_id: int, if_match: str | None) -> m.Part:
        """A copy of the part that may be written; PreconditionFailed if it has another version."""
        part = self.get(part_id)
        if not if_match_allows(if_match, part.version):
            raise PreconditionFailed(current_version=part.version)
        return part.model_copy(update={"version": self.next_version(part_id), "is_new": False})

    def next_version(self, part_id: int) -> int:
        """The version that another content of the part gets."""
        return self._versions.get(part_id, 1) + 1

    def put(self, part: m.Part) -> None:
        """Store the part."""
        self._changed[part.id] = part
        self._versions[part.id] = part.version

    def reset(self, part_id: int, if_match: str | None) -> None:
        """Remove all changes of a part."""
        self.change(part_id, if_match)
        self._changed.pop(part_id, None)
