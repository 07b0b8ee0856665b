"""The redirect URI of one login: a listener on a free port of 127.0.0.1 that takes one response."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from socketserver import TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread
from time import monotonic
from typing import Self

from .errors import LoginFailed

CALLBACK = "/callback"
IDLE_S = 10.0
"""A connection without a request is closed after this time: browsers open some in advance."""
POLL_S = 0.1
"""Between two looks at whether the caller is gone, or the server has to stop."""
WRITE_S = 5.0
"""How long the last page may take to be sent."""

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body>
</html>
"""
LOGGED_IN = PAGE.format(title="You are logged in", text="Close this window and return to the program.")
FAILED = PAGE.format(title="The login failed", text="Close this window and return to the program, which shows the reason.")
NOTHING = PAGE.format(title="There is nothing here", text="A program on this computer waits for a login.")


class Listener:
    """Leave its block to send the page: that of a failure, unless `succeed` was called."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(POLL_S / 2,), name="login", daemon=True)
        self._succeeded = False

    @property
    def redirect_uri(self) -> str:
        """The address where the browser comes back."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{CALLBACK}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.outcomes.put(self._succeeded)
        if self._server.taken:
            self._server.sent.wait(WRITE_S)
        self._server.shutdown()
        self._server.server_close()

    def open(self, open: Callable[[str], object], address: str) -> None:  # noqa: A002  # the name of the public argument
        """Open an address, in another thread: browsers of terminals return only when they are closed."""

        def run() -> None:
            try:
                if open(address) is False:
                    raise LoginFailed("No browser could be opened. Pass open=print, and open the printed address by hand.")
            except Exception as error:  # noqa: BLE001  # raised again by `wait`
                self._server.results.put(error)

        Thread(target=run, name="browser", daemon=True).start()

    def wait(self, timeout: float, stopped: Event | None = None) -> str:
        """The query of the response; LoginFailed after `timeout` seconds, and what opening the browser raised."""
        end = monotonic() + timeout
        while (left := end - monotonic()) > 0 and not (stopped is not None and stopped.is_set()):
            try:
                result = self._server.results.get(timeout=min(left, POLL_S))
            except Empty:
                continue
            if isinstance(result, Exception):
                raise result
            return result
        raise LoginFailed(f"No login came back within {timeout:g} seconds. Begin again.")

    def succeed(self) -> None:
        """Let the page say so."""
        self._succeeded = True


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    # Those of connections that browsers keep open would be waited for.
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.results: SimpleQueue[str | Exception] = SimpleQueue()
        self.outcomes: SimpleQueue[bool] = SimpleQueue()
        self.taken = False
        self.sent = Event()
        self._lock = Lock()
        super().__init__(address, handler)

    def take(self) -> bool:
        """True once: for the first response."""
        with self._lock:
            first, self.taken = not self.taken, True
        return first

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that has hung up needs no page, and its user no traceback."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]  # made by this server alone
    timeout = IDLE_S

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path != CALLBACK or not self.server.take():
            self._send(404, NOTHING)
            return
        self.server.results.put(query)
        try:
            self._send(200, LOGGED_IN if self.server.outcomes.get() else FAILED)
        finally:
            self.server.sent.set()

    def _send(self, status: int, page: str) -> None:
        body = page.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        """Print nothing: the request has the code."""
