"""A server on a loopback socket, whose behaviour a test defines, faults included."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class ReceivedRequest:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


SentResponse = tuple[int, bytes, dict[str, str]]
Behaviour = Callable[[ReceivedRequest, "Handler"], SentResponse | None]


class Handler(BaseHTTPRequestHandler):
    """Sends the response of the behaviour. None closes the connection; the behaviour may have written to it."""

    protocol_version = "HTTP/1.1"
    server: "Loopback"

    def respond(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        request = ReceivedRequest(
            self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length)
        )
        with self.server.lock:
            self.server.requests.append(request)
        response = self.server.behaviour(request, self)
        if response is None:
            self.close_connection = True
            return
        status, body, fields = response
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        # The base class calls a method per verb: this one serves all verbs.
        if name.startswith("do_"):
            return self.respond
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        pass


class Loopback(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.requests: list[ReceivedRequest] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: Any) -> None:
        # Some tests close connections on purpose.
        pass


@contextmanager
def loopback(behaviour: Behaviour) -> Iterator[Loopback]:
    """Serves until the block ends."""
    server = Loopback(behaviour)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="loopback")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@dataclass
class TokenServer:
    """A server with logins, rotation and revocation, for tests of sessions."""

    body: bytes
    lifetime_s: int = 1800
    valid: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    spent: set[str] = field(default_factory=set)
    grants: list[str] = field(default_factory=list)
    reused: int = 0
    number: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    token_responses: list[SentResponse | None] = field(default_factory=list)
    """Responses to the next token requests. None: the server issues the token, and the response is lost."""

    def __call__(self, request: ReceivedRequest, _: Handler) -> SentResponse | None:
        if request.path.endswith("/token"):
            return self.issue(request.form)
        with self.lock:
            good = request.headers.get("authorization", "").removeprefix("Bearer ") in self.valid
        return (200, self.body, {}) if good else self.invalid()

    def issue(self, form: dict[str, str]) -> SentResponse | None:
        with self.lock:
            self.grants.append(form["grant_type"])
            if self.token_responses:
                response = self.token_responses.pop(0)
                if response is not None:
                    return response
                self.make(form)
                return None
            return self.make(form)

    def make(self, form: dict[str, str]) -> SentResponse:
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] in self.spent:
                self.reused += 1
                self.valid.clear()
                self.refresh.clear()
            if form["refresh_token"] not in self.refresh:
                return 401, b'{"type": "/problems/invalid-refresh-token", "title": "No", "status": 401}', {}
            self.refresh.discard(form["refresh_token"])
            self.spent.add(form["refresh_token"])
        elif form["password"] != "right":
            return 401, b'{"type": "/problems/invalid-credentials", "title": "No", "status": 401}', {}
        self.number += 1
        self.valid.add(f"a{self.number}")
        self.refresh.add(f"r{self.number}")
        token = {
            "access_token": f"a{self.number}",
            "refresh_token": f"r{self.number}",
            "token_type": "bearer",
            "expires_in": self.lifetime_s,
        }
        return 200, json.dumps(token).encode(), {}

    def revoke(self) -> None:
        with self.lock:
            self.valid.clear()

    @staticmethod
    def invalid() -> SentResponse:
        return 401, b'{"type": "/problems/invalid-token", "title": "No", "status": 401}', {"content-type": "application/problem+json"}
