"""Names, ports, users and times in the files of deploy/ are those of this version."""

import re
from pathlib import Path

import pytest

from steelyard.serving.config import KEEP_ALIVE_S
from steelyard.serving.process import CANCELLED_WITHIN_S, LEAVE_WITHIN_S, LINGER_S
from steelyard.settings import Settings, variable
from steelyard.settings.loading import SECRETS_DIR
from tests.kit.project import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
PAGES = sorted((ROOT / "docs" / "operations").glob("*.md"))
KNOWN = {variable(name) for name in Settings.model_fields} | {SECRETS_DIR}
# Seconds after the first SIGTERM within which every process has ended, with the drain that the files set.
STOPPED_WITHIN_S = 5 + LINGER_S + Settings.model_fields["stop_timeout_s"].default + CANCELLED_WITHIN_S + LEAVE_WITHIN_S


def matches(pattern: str, name: str) -> set[str]:
    """The groups of all matches in a file, which has at least one."""
    groups = set(re.findall(pattern, (DEPLOY / name).read_text(), re.MULTILINE))
    assert groups, f"{name} has no {pattern}"
    return groups


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", [*FILES, *PAGES], ids=shown)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    named = {name.rstrip("_") for name in re.findall(r"STEELYARD_[A-Z0-9_]+", file.read_text())}

    assert named <= KNOWN


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"^EXPOSE (\d+)$", "Dockerfile"),
        (r"http://127\.0\.0\.1:(\d+)/health", "Dockerfile"),
        (r'^bind = "0\.0\.0\.0:(\d+)"$', "gunicorn.conf.py"),
        (r"server api:(\d+) ", "nginx/upstream.conf"),
        (r"http://api:(\d+)$", "traefik/steelyard.yaml"),
        (r"containerPort: (\d+)", "kubernetes/base/api.yaml"),
    ],
)
def test_every_file_names_the_port_on_which_serve_listens_by_default(pattern: str, name: str) -> None:
    assert matches(pattern, name) == {"8000"}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"STEELYARD_WORKER_LISTEN: 0\.0\.0\.0:(\d+)$", "compose.yaml"),
        (r"http://127\.0\.0\.1:(\d+)/livez", "compose.yaml"),
        (r"STEELYARD_WORKER_LISTEN=0\.0\.0\.0:(\d+)$", "kubernetes/base/kustomization.yaml"),
        (r"name: metrics, containerPort: (\d+)", "kubernetes/base/worker.yaml"),
        (r"^Environment=STEELYARD_WORKER_LISTEN=127\.0\.0\.1:(\d+)$", "systemd/steelyard-worker.service"),
        (r"worker\.example\.com:(\d+)", "prometheus/prometheus.yml"),
    ],
)
def test_every_file_names_the_port_on_which_a_worker_is_observed(pattern: str, name: str) -> None:
    assert matches(pattern, name) == {"9100"}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"^USER (\d+):\d+$", "Dockerfile"),
        (r"--uid (\d+)", "Dockerfile"),
        *((r"(?:runAsUser|runAsGroup|fsGroup): (\d+)", f"kubernetes/base/{part}.yaml") for part in ("api", "worker", "migrate")),
    ],
)
def test_every_file_names_the_user_of_the_image(pattern: str, name: str) -> None:
    assert matches(pattern, name) == {"10001"}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"terminationGracePeriodSeconds: (\d+)", "kubernetes/base/api.yaml"),
        (r"terminationGracePeriodSeconds: (\d+)", "kubernetes/base/worker.yaml"),
        (r"stop_grace_period: (\d+)s", "compose.yaml"),
        (r"^graceful_timeout = (\d+)$", "gunicorn.conf.py"),
    ],
)
def test_a_process_may_stop_in_order_before_it_is_killed(pattern: str, name: str) -> None:
    assert min(map(int, matches(pattern, name))) >= STOPPED_WITHIN_S


def test_kubernetes_drains_as_long_as_the_times_above_suppose() -> None:
    assert matches(r"STEELYARD_DRAIN_S=(\d+)", "kubernetes/base/kustomization.yaml") == {"5"}


@pytest.mark.parametrize(
    ("pattern", "name"), [(r"keepalive_timeout (\d+)s", "nginx/upstream.conf"), (r"idleConnTimeout: (\d+)s", "traefik/steelyard.yaml")]
)
def test_a_proxy_closes_idle_connections_before_the_server_does(pattern: str, name: str) -> None:
    (seconds,) = matches(pattern, name)

    assert int(seconds) < KEEP_ALIVE_S


def test_the_database_takes_the_connections_of_all_processes() -> None:
    fields = Settings.model_fields
    of_a_process = fields["pool_size"].default + fields["pool_overflow"].default
    (processes,) = map(int, matches(r'"--workers", "(\d+)"', "compose.yaml"))
    workers, migrate, for_people = 1, 1, 10

    (allowed,) = map(int, matches(r"max_connections=(\d+)", "compose.yaml"))
    assert allowed >= (processes + workers) * of_a_process + migrate + for_people
