"""A server on a loopback port as `steelyard serve` makes it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from steelyard.app.application import create_app
from steelyard.serving import process
from steelyard.serving.config import ServerConfig
from steelyard.settings import Settings
from steelyard.sources import Sources
from tests.kit.clients.raw import PATIENCE_S, Peer
from tests.kit.contract.recorder import Watched
from tests.kit.servers.running import Journal
from tests.kit.world.clock import Clock


class LiveServer(Peer):
    """The address of a running server, and the journal of its application."""

    def __init__(self, address: tuple[str, int], journal: Journal) -> None:
        super().__init__(address)
        self.journal = journal


@contextmanager
def live(
    settings: Settings, clock: Clock | None = None, sources: Sources | None = None, journal: Journal | None = None
) -> Iterator[LiveServer]:
    """The application on a free loopback port, in another thread, with the protocol and configuration of `steelyard serve`."""
    journal = journal or Journal(clock or Clock())
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = ServerConfig(lambda: Watched(create_app(settings, sources=sources, journal=journal)), settings)
    server = process.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server")
    thread.start()
    # No need to wait until it accepts connections: earlier ones are in the backlog of the listening socket.
    running = LiveServer(listener.getsockname(), journal)
    try:
        yield running
    finally:
        running.close()
        server.should_exit = True
        thread.join(PATIENCE_S)
    assert not thread.is_alive(), "the server did not stop"
    assert not journal.faults, f"the application had faults that no caller noticed: {journal.faults!r}"
