"""A server on a loopback socket that behaves as a test wants, and badly if need be."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


Given = tuple[int, bytes, dict[str, str]]
Behaviour = Callable[[Asked, "Handler"], Given | None]


class Handler(BaseHTTPRequestHandler):
    """None from the behaviour: the connection is closed without an answer, unless it wrote one by itself."""

    protocol_version = "HTTP/1.1"
    server: "Loopback"

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length))
        with self.server.lock:
            self.server.asked.append(asked)
        given = self.server.behaviour(asked, self)
        if given is None:
            self.close_connection = True
            return
        status, body, fields = given
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        # The base class looks for a method per verb: one does for all.
        if name.startswith("do_"):
            return self.answer
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
        self.asked: list[Asked] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: Any) -> None:
        # A peer that goes away is what some tests are about.
        pass


@contextmanager
def loopback(behaviour: Behaviour) -> Iterator[Loopback]:
    """Serves until the block is left."""
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
class TokenDesk:
    """A server with logins, rotation and revocation: what a session may be tried on."""

    body: bytes
    lifetime_s: int = 1800
    valid: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    spent: set[str] = field(default_factory=set)
    grants: list[str] = field(default_factory=list)
    reused: int = 0
    number: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: list[Given | None] = field(default_factory=list)
    """What the next token calls get instead; None: the token is made, and the answer lost."""

    def __call__(self, asked: Asked, _: Handler) -> Given | None:
        if asked.path.endswith("/token"):
            return self.issue(asked.form)
        with self.lock:
            good = asked.headers.get("authorization", "").removeprefix("Bearer ") in self.valid
        return (200, self.body, {}) if good else self.invalid()

    def issue(self, form: dict[str, str]) -> Given | None:
        with self.lock:
            self.grants.append(form["grant_type"])
            if self.answers:
                answer = self.answers.pop(0)
                if answer is not None:
                    return answer
                self.make(form)
                return None
            return self.make(form)

    def make(self, form: dict[str, str]) -> Given:
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
        made = {
            "access_token": f"a{self.number}",
            "refresh_token": f"r{self.number}",
            "token_type": "bearer",
            "expires_in": self.lifetime_s,
        }
        return 200, json.dumps(made).encode(), {}

    def revoke(self) -> None:
        with self.lock:
            self.valid.clear()

    @staticmethod
    def invalid() -> Given:
        return 401, b'{"type": "/problems/invalid-token", "title": "No", "status": 401}', {"content-type": "application/problem+json"}
