"""Where metrics are kept: in memory, or in files that the other processes of the same server read."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

# Where prometheus_client looks, once, when it is imported; `steelyard serve` sets it for several workers.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# How the gauges of several processes become one. Those of a process that has ended count only for `max`.
Together = Literal["livesum", "livemin", "livemax", "max"]


class Registry:
    """The metrics of this process, made between `open` and `close`."""

    def open(self) -> None:
        """From here on there is something to count into."""
        self._folder = os.environ.get(METRICS_FOLDER)
        self._collectors = CollectorRegistry()
        # The process that responds reads the files of all processes.
        self._own = self._collectors if self._folder is None else None
        # The creation time of each counter would add a line that no query needs.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs
        if self._folder is not None:
            MultiProcessCollector(self._collectors, path=self._folder)  # type: ignore[no-untyped-call]  # theirs
            _remove_dead(Path(self._folder))

    def close(self) -> None:
        """What this process has counted stays counted; the connections that it had are gone."""
        if self._folder is not None:
            mark_process_dead(os.getpid(), self._folder)  # type: ignore[no-untyped-call]  # theirs

    def counter(self, name: str, about: str, labels: Sequence[str] = ()) -> Counter:
        return Counter(name, about, labels, registry=self._own)

    def gauge(self, name: str, about: str, labels: Sequence[str] = (), *, together: Together) -> Gauge:
        return Gauge(name, about, labels, multiprocess_mode=together, registry=self._own)

    def histogram(self, name: str, about: str, labels: Sequence[str], bounds: Sequence[float]) -> Histogram:
        return Histogram(name, about, labels, buckets=bounds, registry=self._own)

    def render(self) -> bytes:
        """Everything, in Prometheus' text format 0.0.4."""
        return generate_latest(self._collectors)


def add(histogram: Histogram, bucket: int, count: float, total: float) -> None:
    """Count many values of one bucket. `observe` of the library takes one value at a time."""
    histogram._sum.inc(total)  # noqa: SLF001
    histogram._buckets[bucket].inc(count)  # noqa: SLF001


def _remove_dead(folder: Path) -> None:
    """A killed process cannot remove its gauges; the process that replaces it does."""
    for file in folder.glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # theirs
