"""compose.yaml: the schema of Compose, and what this project expects of each container."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.programs import run
from tests.kit.project import ROOT

FILE = ROOT / "deploy" / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "api", "worker")
each_service = pytest.mark.parametrize("name", SERVICES)


def test_the_file_matches_the_schema_of_compose() -> None:
    checked = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE))

    assert checked.returncode == 0, checked.stdout


def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(FILE.read_text().replace("read_only:", "readonly:"))

    assert run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(tmp_path / "compose.yaml")).returncode == 1


@each_service
def test_every_container_has_limits_and_gains_no_privileges(name: str) -> None:
    service = SERVICES[name]

    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "postgres"])
def test_every_container_but_the_database_is_read_only_and_without_capabilities(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert name not in OURS or "cap_add" not in service


@each_service
def test_every_image_has_a_version(name: str) -> None:
    assert ":" in SERVICES[name]["image"]
    assert not SERVICES[name]["image"].endswith(":latest")


@each_service
def test_no_secret_is_a_variable(name: str) -> None:
    secret = {"STEELYARD_DATABASE_URL", "STEELYARD_SECRET_KEYS", "STEELYARD_REDIS_URL", "STEELYARD_SMTP_URL", "STEELYARD_METRICS_TOKEN"}

    assert not secret & SERVICES[name].get("environment", {}).keys()
    assert set(SERVICES[name].get("secrets", [])) <= COMPOSE["secrets"].keys()


@pytest.mark.parametrize("name", ["api", "worker"])
def test_api_and_worker_start_after_the_migration(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_only_proxies_are_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx", "traefik"}
    assert COMPOSE["networks"]["back"]["internal"]
    assert SERVICES["postgres"]["networks"] == SERVICES["valkey"]["networks"] == ["back"]


def test_the_trusted_proxies_are_those_of_the_network_in_front() -> None:
    (subnet,) = [each["subnet"] for each in COMPOSE["networks"]["front"]["ipam"]["config"]]

    assert SERVICES["api"]["environment"]["STEELYARD_TRUSTED_PROXIES"] == subnet


@each_service
def test_every_file_that_is_mounted_exists_or_is_made_by_the_operator(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        assert source in {"postgres", "./tls"} or (FILE.parent / source).exists(), source
