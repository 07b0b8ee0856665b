"""The marketplace on a loopback port as `steelyard serve` makes it."""

from collections.abc import Iterator
from contextlib import contextmanager

from steelyard.app.application import create_app
from steelyard.settings import Settings
from steelyard.sources import Sources
from tests.kit.servers.configuration import Journal
from tests.kit.servers.serving import LiveServer, serving
from tests.kit.world.clock import Clock

__all__ = ["LiveServer", "live"]


@contextmanager
def live(
    settings: Settings, clock: Clock | None = None, sources: Sources | None = None, journal: Journal | None = None, port: int = 0
) -> Iterator[LiveServer]:
    """The application on a loopback port, by default a free one, in another thread, configured as `steelyard serve` does it."""
    kept = journal or Journal(clock or Clock())
    with serving(lambda: create_app(settings, sources=sources, journal=kept), settings, kept, port) as server:
        yield server
