"""More logins at once than a server verifies: those that it rejects say when to come back, as the contract promises of `Retry-After`."""

from contextlib import ExitStack
from urllib.parse import urlencode

from tests.kit.clients.visit import Visit
from tests.kit.contract.checker import CONTRACT

# The usual server lets 32 logins wait.
LOGINS = 64


def overload(visit: Visit) -> None:
    """Send them over as many connections. The checker checks each response. Without a rejection, nothing was tried."""
    flows = [flow for scheme in CONTRACT.tree["components"]["securitySchemes"].values() for flow in scheme.get("flows", {}).values()]
    paths = [f"/{flow['tokenUrl'].strip('/')}" for flow in flows if "tokenUrl" in flow]
    if not paths:
        return
    form = urlencode({"username": f"missing-{visit.tag}@example.com", "password": "not the password"}).encode()
    fields = [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"%d" % len(form))]
    with ExitStack() as opened:
        connections = [opened.enter_context(visit.peer.connect()) for _ in range(LOGINS)]
        for connection in connections:
            connection.send_request("POST", paths[0].encode(), fields, form)
        responses = [connection.read_response("POST", paths[0].encode()) for connection in connections]
    if not any(response.status in {429, 503} for response in responses):
        visit.unsupported[f"a server with too many requests: it took {LOGINS} logins at once"] += 1
