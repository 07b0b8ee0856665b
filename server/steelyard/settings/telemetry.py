"""Settings of traces, and of the worker's page of metrics."""

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from steelyard.settings.base import PlaceSettings

MAX_PORT = 65_535


class TelemetrySettings(PlaceSettings):
    """Where traces go, how many there are, and where a worker can be observed."""

    otlp_url: str | None = Field(default=None, max_length=200)
    """The collector that gets traces by OTLP over HTTP, such as http://localhost:4318. Spans are sent to /v1/traces below it. Without
    this setting nothing is traced. Needs `pip install 'steelyard[otel]'`."""
    trace_sample: float = Field(default=0.01, ge=0, le=1)
    """The part of the requests that is traced: 0.01 is one in a hundred. The `traceparent` of a trusted proxy decides by itself."""
    worker_listen: str | None = Field(default=None, max_length=260)
    """`host:port` on which `steelyard worker` serves /livez, and /metrics if STEELYARD_METRICS_TOKEN is set. Without this setting it
    listens nowhere."""

    @field_validator("otlp_url")
    @classmethod
    def _collector_is_an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parts = urlsplit(url)
            is_sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_sound = False
            parts = urlsplit("")
        if not is_sound or parts.query or parts.fragment:
            raise ValueError("it must be the address of a collector, such as http://localhost:4318")
        if "@" in parts.netloc:
            raise ValueError("it must not contain a password. Put credentials into OTEL_EXPORTER_OTLP_HEADERS")
        return url

    @field_validator("worker_listen")
    @classmethod
    def _place_is_host_and_port(cls, place: str | None) -> str | None:
        match = re.fullmatch(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})", place or ":0")
        if place is not None and (match is None or int(match[1]) > MAX_PORT):
            raise ValueError("it must be host:port, such as 127.0.0.1:9100 or [::1]:9100")
        return place
