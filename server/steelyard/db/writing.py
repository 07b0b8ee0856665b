"""Whether a database takes writes, by the outcome of the writes themselves."""

import asyncio

import structlog

from steelyard.db.errors import NotWritable

# So long after the last failed write the database counts as writable again: a write that succeeds costs no check.
_LASTS_S = 60.0


class Writing:
    """Logs once when writes begin to fail, not for each of them."""

    def __init__(self) -> None:
        self._failed_at_s: float | None = None

    @property
    def fails(self) -> bool:
        """Whether a write has failed within the last minute because the database takes none."""
        return self._failed_at_s is not None and asyncio.get_running_loop().time() - self._failed_at_s < _LASTS_S

    def noted(self, failure: Exception) -> Exception:
        """The same failure, remembered if it is of that kind."""
        if isinstance(failure, NotWritable):
            if not self.fails:
                structlog.get_logger().error("database_not_writable", exc_info=failure, reason=str(failure))
            self._failed_at_s = asyncio.get_running_loop().time()
        return failure
