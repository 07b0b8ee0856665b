"""Any application on a loopback port, with the protocol and configuration of `steelyard serve`."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from steelyard.serving import process
from steelyard.serving.config import ServerConfig
from steelyard.settings import Settings
from tests.kit.clients.raw import PATIENCE_S, Peer
from tests.kit.contract.recorder import Watched
from tests.kit.servers.configuration import Journal


class LiveServer(Peer):
    """The address of a running server, and the journal of its application."""

    def __init__(self, address: tuple[str, int], journal: Journal) -> None:
        super().__init__(address)
        self.journal = journal


@contextmanager
def serving(create: Callable[[], ASGIApp], settings: Settings, journal: Journal, port: int = 0) -> Iterator[LiveServer]:
    """The application on a loopback port, by default a free one, in another thread. It must end without faults in its journal."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    server = process.Server(ServerConfig(lambda: Watched(create()), settings))
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
