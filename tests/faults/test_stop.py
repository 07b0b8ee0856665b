"""Stopping processes: with requests in flight, with clients that never finish, and by a second signal."""

import secrets
import signal
import time
from pathlib import Path

import pytest

from tests.faults.freezing import frozen
from tests.kit.clients.raw import Connection, request_bytes
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import Process, steelyard
from tests.kit.servers.waiting import until

REGISTRATION = b'{"name":"Eve","email":"eve@example.com","password":"a long enough one"}'
JSON = (b"content-type", b"application/json")
EXPECT = (b"expect", b"100-continue")
# In addition to `stop_timeout_s`, to close jobs, journal and database.
WIND_UP_S = 10
# Only the stop ends a slow request.
PATIENT = {f"STEELYARD_{name}_TIMEOUT_S": "300" for name in ("HEAD", "BODY", "OPERATION")} | {"STEELYARD_STOP_TIMEOUT_S": "2"}


def slow_upload(server: Process) -> Connection:
    """A registration that a worker is reading, and whose last byte has not been sent."""
    connection = server.peer().connect()
    connection.send(request_bytes("POST", b"/users", [JSON, EXPECT, (b"content-length", b"%d" % len(REGISTRATION))]))
    assert connection.receives_continue()
    connection.send(REGISTRATION[:-1])
    return connection


async def passed(seconds: float) -> None:
    since = time.monotonic()
    await until(lambda: time.monotonic() - since >= seconds, within_s=seconds + 10)


@pytest.mark.promise("R8")
@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_request_in_flight_is_completed_before_the_process_ends(tmp_path: Path, workers: str) -> None:
    async with steelyard("serve", "--port", "0", "--workers", workers, folder=tmp_path) as server:
        await server.ready()
        with slow_upload(server) as upload:
            server.signal(signal.SIGTERM)
            await until(server.refuses)
            await passed(3)
            upload.send(REGISTRATION[-1:])
            created = upload.read_response("POST", b"/users")

        assert (created.status, created.header("connection")) == (201, "close")
        assert await server.ended() == 0


@pytest.mark.promise("R8")
async def test_workers_that_get_the_signal_together_with_their_supervisor_complete_their_requests(tmp_path: Path) -> None:
    """A control group is stopped like this. The second SIGTERM of a worker must not end it at once."""
    async with steelyard("serve", "--port", "0", "--workers", "2", folder=tmp_path) as server:
        await server.ready()
        with slow_upload(server) as upload:
            server.signal(signal.SIGTERM)
            await until(server.refuses)
            for worker in server.children():
                worker.terminate()
            await passed(0.5)
            upload.send(REGISTRATION[-1:])
            created = upload.read_response("POST", b"/users")

        assert created.status == 201
        assert await server.ended() == 0


@pytest.mark.promise("R8")
@pytest.mark.parametrize("workers", ["1", "2"])
async def test_clients_that_never_finish_do_not_delay_the_stop(tmp_path: Path, workers: str) -> None:
    async with steelyard("serve", "--port", "0", "--workers", workers, folder=tmp_path, environment=PATIENT) as server:
        await server.ready()
        with server.peer().connect() as half_open, server.peer().connect() as idle, slow_upload(server) as upload:
            half_open.send(b"GET / HTTP/1.1\r\nhost: local")
            idle.request("GET", b"/")

            server.signal(signal.SIGTERM)
            began = time.monotonic()
            cut = upload.read_response("POST", b"/users")
            status = await server.ended()

        assert (cut.status, cut.header("connection")) == (503, "close")
        assert status == 0
        assert time.monotonic() - began < 2 + WIND_UP_S


@pytest.mark.promise("R8")
async def test_the_next_request_on_a_persistent_connection_gets_a_response_while_the_process_stops(tmp_path: Path) -> None:
    async with steelyard("serve", "--port", "0", folder=tmp_path) as server:
        await server.ready()
        with server.peer().connect() as kept:
            kept.request("GET", b"/")

            server.signal(signal.SIGTERM)
            await until(server.refuses)
            last = kept.request("GET", b"/")

        assert (last.status, last.header("connection")) == (200, "close")


@pytest.mark.promise("R8")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("arguments", [("serve", "--workers", "2"), ("demo",)], ids=" ".join)
async def test_a_signal_that_is_sent_twice_ends_the_command_and_leaves_no_files(
    tmp_path: Path, arguments: tuple[str, ...], number: signal.Signals
) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    environment = PATIENT | {"TMPDIR": str(temporary), "STEELYARD_STOP_TIMEOUT_S": "300"}
    async with steelyard(*arguments, "--port", "0", folder=tmp_path, environment=environment) as server:
        await server.ready()
        workers = server.children()
        with slow_upload(server):
            server.signal_group(number)
            await passed(0.05)
            server.signal_group(number)
            status = await server.ended()

        assert status == 128 + number
        assert not [each for each in workers if each.is_running()]
        assert not list(temporary.iterdir())
        assert "Traceback" not in "".join(server.printed)


@pytest.mark.promise("R8")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_demo_that_is_stopped_while_it_creates_its_data_leaves_no_files(tmp_path: Path, number: signal.Signals) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    async with steelyard("demo", "--port", "0", folder=tmp_path, environment={"TMPDIR": str(temporary)}) as demo:
        await until(lambda: list(temporary.glob("steelyard-demo-*/steelyard.db")), within_s=60)

        demo.signal(number)

        assert await demo.ended() != 0
        assert not list(temporary.iterdir())
        assert "Traceback" not in "".join(demo.printed)


@pytest.mark.promise("R8")
async def test_a_server_that_is_stopped_before_it_has_workers_ends_cleanly(tmp_path: Path) -> None:
    (temporary := tmp_path / "temporary").mkdir()
    environment = {"TMPDIR": str(temporary), "STEELYARD_METRICS_TOKEN": secrets.token_urlsafe()}
    async with steelyard("serve", "--port", "0", "--workers", "2", folder=tmp_path, environment=environment) as server:
        await server.line("Serving")

        server.signal(signal.SIGTERM)

        assert await server.ended() in {0, 128 + signal.SIGTERM}
        assert not list(temporary.iterdir())
        assert "Traceback" not in "".join(server.printed)


@pytest.mark.promise("R8")
async def test_a_worker_of_jobs_that_waits_for_a_frozen_database_ends_at_the_second_signal(
    durable_server: Server, durable_url: str, tmp_path: Path
) -> None:
    async with steelyard("worker", folder=tmp_path, database_url=durable_url, database_command_timeout_s="300") as worker:
        await worker.line("Ctrl-C stops")
        with frozen(durable_server):
            worker.signal(signal.SIGTERM)
            await passed(0.2)
            worker.signal(signal.SIGTERM)

            assert await worker.ended() == 128 + signal.SIGTERM
