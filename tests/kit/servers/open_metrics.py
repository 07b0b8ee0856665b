"""Every metric of a process, without a process: a test sets what the process would report."""

import re
from collections.abc import Mapping

from steelyard.db.fair_pool import WaitTimes
from steelyard.telemetry.job_metrics import JobMetrics
from steelyard.telemetry.metrics import Metrics
from steelyard.telemetry.process_metrics import ProcessMetrics
from steelyard.telemetry.registry import Registry
from steelyard_contract.operations import OPERATIONS, Operation
from tests.kit.servers.scraping import Scrape, scrape
from tests.kit.world.clock import Clock, repeatable

POOL = {"open": 3, "idle": 2, "busy": 1, "waiting": 0, "lost": 0}


class OpenMetrics(Metrics):
    """Open metrics of requests and jobs, and what they read."""

    def __init__(
        self, pool: Mapping[str, int] = POOL, operations: Mapping[str, Operation] = OPERATIONS, clock: Clock | None = None
    ) -> None:
        self.waits, self.decisions, self.dropped_spans = WaitTimes(), dict[tuple[str, str, bool], int](), 0
        process = ProcessMetrics(lambda: dict(pool), self.waits, ("0.1.0", "1.1.0"), lambda: self.dropped_spans)
        self.logins = {("example", "succeeded"): 0}
        super().__init__(Registry(), process, operations, lambda: self.decisions, lambda: True, lambda: self.logins)
        self.open()
        self.jobs = JobMetrics(repeatable(clock or Clock()))
        self.jobs.describe({"mail.welcome": "mail", "test.job": "default"}, {"outbox": 300})
        self.jobs.open(self.registry)

    @property
    def text(self) -> str:
        return self.registry.render().decode()

    def read(self) -> Scrape:
        return scrape(self.text)

    def kinds(self) -> dict[str, str]:
        """The kind of each metric, by its name."""
        return dict(re.findall(r"^# TYPE (\w+) (\w+)", self.text, re.MULTILINE))


def metric_names() -> set[str]:
    """Every name that Prometheus stores."""
    names = set()
    for name, kind in OpenMetrics().kinds().items():
        names |= {f"{name}{ending}" for ending in (("_bucket", "_count", "_sum") if kind == "histogram" else ("",))}
    return names
