"""The clock of the demo's past."""

from datetime import datetime, timedelta


class DemoClock:
    """Stands still until it is set: each write of the demo has its own day in the past."""

    def __init__(self, today: datetime) -> None:
        self.today = today
        self._now = today

    def __call__(self) -> datetime:
        """The time of the next transaction."""
        return self._now

    def set_back(self, *, days: float) -> None:
        """Set the clock to a time before today."""
        self._now = self.today - timedelta(days=days)
