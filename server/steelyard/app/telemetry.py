"""What an operator can observe of a process, built from its settings. A process without these settings imports none of their libraries."""

from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from steelyard.contract.document import Document
from steelyard.db.database import Database
from steelyard.settings import Settings
from steelyard.sources import Sources

if TYPE_CHECKING:
    from steelyard.telemetry.job_metrics import JobMetrics
    from steelyard.telemetry.process_metrics import ProcessMetrics
    from steelyard.telemetry.tracing import Tracing


def why_not_traced(settings: Settings) -> str | None:
    """Why traces cannot be sent, as a sentence; None if they can, or if no collector is set."""
    if settings.otlp_url is None:
        return None
    try:
        is_missing = find_spec("opentelemetry.exporter.otlp.proto.http") is None
    except ModuleNotFoundError:
        is_missing = True
    if not is_missing:
        return None
    return "STEELYARD_OTLP_URL is set, but the library for it is missing. Run pip install 'steelyard[otel]', or leave out the setting."


def create_tracing(settings: Settings, sources: Sources, service: str) -> "Tracing | None":
    """The traces of this process under the name of a service, if a collector is set."""
    if settings.otlp_url is None:
        return None
    from steelyard.telemetry.otlp import SpanSender  # noqa: PLC0415
    from steelyard.telemetry.tracing import Tracing  # noqa: PLC0415

    sender = SpanSender(settings.otlp_url, service=service, version=version("steelyard"))
    return Tracing(sources, sender, sample=settings.trace_sample)


def create_process_metrics(database: Database, document: Document, tracing: "Tracing | None") -> "ProcessMetrics":
    """The metrics that every process has."""
    from steelyard.telemetry.process_metrics import ProcessMetrics  # noqa: PLC0415

    dropped = None if tracing is None else lambda: tracing.sender.dropped
    return ProcessMetrics(database.gauges, database.waits, (version("steelyard"), document.version), dropped)


def create_job_metrics(settings: Settings, sources: Sources) -> "JobMetrics | None":
    """The metrics of the jobs of this process, if a token for metrics is set."""
    if settings.metrics_token is None:
        return None
    from steelyard.telemetry.job_metrics import JobMetrics  # noqa: PLC0415

    return JobMetrics(sources)
