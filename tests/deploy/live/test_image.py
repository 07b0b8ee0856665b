"""The image: what is in it, and that it runs as production runs it."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.deploy.live.conftest import Site
from tests.kit.project import PROJECT, ROOT
from tests.kit.servers.children import free_port
from tests.kit.servers.containers import container
from tests.kit.servers.images import Image
from tests.kit.servers.proxies import HOST

# Of /opt/steelyard, which is all that this project adds to its base.
RECORDED_MB = 158
# With a drain of no seconds: Docker waits for 40, Kubernetes too.
STOPPED_WITHIN_S = 25


def size_mb(folder: Path) -> int:
    return int(subprocess.check_output(["du", "-sm", "--apparent-size", str(folder)]).split()[0])


def test_its_configuration_is_complete(image: Image) -> None:
    config = image.config

    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["steelyard"]
    assert config["ExposedPorts"] == {"8000/tcp": {}}
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Interval"] == 30_000_000_000
    assert config["Healthcheck"]["Timeout"] == 3_000_000_000
    assert {"title", "licenses", "version", "revision"} <= {name.rpartition(".")[2] for name in config["Labels"]}


def test_it_has_no_installer_no_compiler_no_history_and_no_tests(image: Image) -> None:
    unwelcome = {"pip", "pip3", "gcc", "cc", "git", ".git", "tests", "openapi", "hatchling", "cyclonedx"}

    present = [
        path
        for folder in ("opt", "usr/bin", "usr/local", "tmp", "root", "home", "build")
        for path in (image.root / folder).rglob("*")
        if path.name in unwelcome and "site-packages" not in path.parent.parts
    ]
    assert present == []
    assert not list((image.root / "opt/steelyard/lib").glob("python3.*/site-packages/pip*"))


def test_its_program_has_the_recorded_size(image: Image) -> None:
    own = size_mb(image.root / "opt" / "steelyard")

    print(f"image: {size_mb(image.root)} MB, of which /opt/steelyard {own} MB")  # noqa: T201  # the figures of docs/operations
    assert own <= RECORDED_MB * 1.1


def test_its_list_of_packages_has_every_locked_one_with_a_hash_of_the_lock(image: Image) -> None:
    bom: dict[str, Any] = json.loads((image.root / "opt/steelyard/sbom.json").read_text())
    lock = (ROOT / "requirements" / "server.txt").read_text()
    locked = {
        name.lower(): set(re.findall(r"sha256:(\w+)", hashes))
        for name, hashes in re.findall(r"^([\w.-]+)==[^\n]*((?:\n +--hash=[^\n]*)+)", lock, re.MULTILINE)
    }
    listed = {each["name"].lower().replace("_", "-"): each.get("hashes", []) for each in bom["components"]}

    assert bom["bomFormat"] == "CycloneDX"
    assert "steelyard" in listed
    for name in ("fastapi", "uvicorn", "asyncpg", "redis", "gunicorn"):
        assert name in listed
    for name, hashes in listed.items():
        if name != PROJECT["project"]["name"]:
            assert {each["content"] for each in hashes} & locked[name], name


async def test_it_serves_read_only_and_without_rights_and_its_health_check_is_true(image: Image, site: Site) -> None:
    began_s = time.monotonic()
    async with container(image, "serve", "--port", "0", "--workers", "2", secrets=site.secrets, **site.settings) as api:
        url = await api.ready()
        started_in_s = time.monotonic() - began_s
        async with httpx.AsyncClient(base_url=url, headers={"Host": HOST}, timeout=30) as client:
            response = await client.get("/items")
        kind, *check = image.config["Healthcheck"]["Test"]
        port = url.rpartition(":")[2]
        healthy = api.execute(*(part.replace(":8000/", f":{port}/") for part in check), environment=image.environment)
        ill = api.execute(*(part.replace(":8000/", ":1/") for part in check), environment=image.environment)
        written = api.execute("python", "-c", "open('/opt/steelyard/x', 'w')", environment=image.environment)
        in_tmp = api.execute("python", "-c", "open('/tmp/x', 'w')", environment=image.environment)
        status = api.execute("cat", "/proc/1/status", environment=image.environment).stdout

        signalled_s = time.monotonic()
        api.signal(signal.SIGTERM)
        assert await api.ended() == 0
        stopped_in_s = time.monotonic() - signalled_s

    print(f"container: started in {started_in_s:.1f} s, stopped in {stopped_in_s:.1f} s")  # noqa: T201  # the figures of docs/operations
    assert response.status_code == 200
    assert kind == "CMD"
    assert (healthy.returncode, ill.returncode) == (0, 1), healthy.stderr
    assert "Read-only file system" in written.stderr
    assert in_tmp.returncode == 0, in_tmp.stderr
    assert re.search(r"^Uid:\t10001\t10001\t10001", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    assert stopped_in_s < STOPPED_WITHIN_S


async def test_the_doctor_refuses_nothing_in_it(image: Image, site: Site) -> None:
    async with container(image, "doctor", secrets=site.secrets, **site.settings) as doctor:
        assert await doctor.ended() == 0, doctor.printed


async def test_it_runs_the_worker_which_compose_finds_healthy_and_which_stops_in_order(image: Image, site: Site) -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    kind, *check = compose["services"]["worker"]["healthcheck"]["test"]
    place = f"127.0.0.1:{free_port()}"
    async with container(image, "worker", secrets=site.secrets, worker_listen=place, **site.settings) as worker:
        await worker.line("Running the jobs")
        healthy = worker.execute(*(part.replace("127.0.0.1:9100", place) for part in check), environment=image.environment)
        ill = worker.execute(*(part.replace("127.0.0.1:9100", "127.0.0.1:1") for part in check), environment=image.environment)
        worker.signal(signal.SIGTERM)
        assert await worker.ended() == 0

    assert kind == "CMD"
    assert (healthy.returncode, ill.returncode) == (0, 1), healthy.stderr


@pytest.mark.parametrize("options", [("-c", "/opt/steelyard/gunicorn.conf.py", "-b", "127.0.0.1:0")])
async def test_it_runs_gunicorn(image: Image, site: Site, options: tuple[str, ...]) -> None:
    async with container(image, *options, entrypoint="gunicorn", secrets=site.secrets, **site.settings) as api:
        await api.ready()
        api.signal(signal.SIGTERM)
        assert await api.ended() == 0


async def test_without_its_secrets_it_ends_with_one_sentence(image: Image, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    async with container(image, secrets=tmp_path / "secrets", trusted_hosts=HOST) as api:
        assert await api.ended() == 1

    assert "STEELYARD_SECRET_KEYS" in "".join(api.printed)
    assert "Traceback" not in "".join(api.printed)
