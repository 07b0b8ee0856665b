"""What the edge reports: finished exchanges to the access log, faults to the log."""

from collections.abc import Callable
from datetime import datetime

import structlog

from steelyard.contract.edge import Trace
from steelyard.telemetry.logs import AccessLog


class Journal:
    """Writes down exchanges and faults; counts the faults, so that a test can demand that there were none."""

    def __init__(self, access_log: AccessLog | None, clock: Callable[[], datetime]) -> None:
        self._access_log = access_log
        self._clock = clock
        self.faults: list[BaseException] = []

    def exchange(self, method: str, trace: Trace) -> None:
        """One access line."""
        if self._access_log is not None:
            self._access_log.record(
                at=self._clock(),
                request_id=trace.request_id,
                operation=trace.operation_id,
                method=method,
                status=trace.status,
                duration_s=trace.took_s,
                address=trace.address,
                user_id=trace.user_id,
            )

    def fault(self, error: BaseException, trace: Trace) -> None:
        """Something that should never happen, told once and without its text."""
        self.faults.append(error)
        structlog.get_logger().error("fault", request_id=trace.request_id, operation=trace.operation_id, exc_info=error)
