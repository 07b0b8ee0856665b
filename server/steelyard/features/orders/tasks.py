"""What the worker does for orders."""

from steelyard.features.orders.cancelling import expire_orders
from steelyard.jobs.tasks import PeriodicTask

# An overdue order releases its stock within one run of the task.
_OVERDUE_INTERVAL_S = 30


def periodic_tasks() -> list[PeriodicTask]:
    """Expire unpaid orders whose time is up."""
    return [PeriodicTask("overdue_orders", _OVERDUE_INTERVAL_S, expire_orders)]
