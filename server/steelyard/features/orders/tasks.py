"""What the worker does for orders."""

from steelyard.features.orders.cancelling import expire_orders
from steelyard.jobs.tasks import PeriodicTask
from steelyard.settings import Settings

# domain.md: an overdue order gives its stock back within one run of the task.
_OVERDUE_INTERVAL_S = 30


def periodic_tasks(settings: Settings) -> list[PeriodicTask]:  # noqa: ARG001  # every feature is asked in the same way
    """Expire unpaid orders whose time is up."""
    return [PeriodicTask("overdue_orders", _OVERDUE_INTERVAL_S, expire_orders)]
