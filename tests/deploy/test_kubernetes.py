"""The manifests as `kubectl kustomize` builds them: the schemas of Kubernetes, and what this project expects of every pod."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.programs import run
from tests.kit.project import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("example", "gateway")
# Without a schema in the validator, which only warns.
UNKNOWN = {"HTTPRoute"}
SHARED = Counter(Deployment=2, NetworkPolicy=3) + Counter(
    ["Namespace", "ServiceAccount", "ConfigMap", "Job", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"]
)
each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)
each_pod = pytest.mark.parametrize("name", ["steelyard-api", "steelyard-worker", "steelyard-migrate"])


@cache
def built(overlay: str) -> str:
    made = run("kubectl", "kustomize", str(FOLDER / "overlays" / overlay))
    assert made.returncode == 0, made.stderr
    return made.stdout


def objects(overlay: str = "example") -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(built(overlay)) if each]


def pod(name: str) -> dict[str, Any]:
    (template,) = [each["spec"]["template"] for each in objects() if each["metadata"]["name"] == name and "template" in each["spec"]]
    spec: dict[str, Any] = template["spec"]
    return spec


def container(name: str) -> dict[str, Any]:
    (only,) = pod(name)["containers"]
    made: dict[str, Any] = only
    return made


def validate(folder: Path, manifests: str) -> tuple[int, str]:
    (folder / "all.yaml").write_text(manifests)
    checked = run("kubernetes-validate", "--strict", str(folder / "all.yaml"))
    return checked.returncode, checked.stdout + checked.stderr


@each_overlay
def test_the_manifests_match_the_schemas(tmp_path: Path, overlay: str) -> None:
    status, printed = validate(tmp_path, built(overlay))

    assert status == 0, printed
    assert printed.count("passed for resource") == sum(each["kind"] not in UNKNOWN for each in objects(overlay))


def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    status, _ = validate(tmp_path, built("example").replace("readinessProbe:", "readynessProbe:"))

    assert status == 1


def test_an_overlay_has_every_part_and_one_gateway() -> None:
    assert Counter(each["kind"] for each in objects("example")) == SHARED + Counter(["Ingress"])
    assert Counter(each["kind"] for each in objects("gateway")) == SHARED + Counter(["HTTPRoute"])


@each_pod
def test_no_pod_has_rights_that_it_does_not_need(name: str) -> None:
    spec = pod(name)

    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@each_pod
def test_every_container_has_requests_and_a_limit_of_memory(name: str) -> None:
    resources = container(name)["resources"]

    assert resources["requests"].keys() == {"cpu", "memory"}
    assert "memory" in resources["limits"]


@each_pod
def test_secrets_are_files_and_no_variables(name: str) -> None:
    assert "env" not in container(name)
    assert container(name)["envFrom"] == [{"configMapRef": {"name": settings()["metadata"]["name"]}}]
    mounts = {mount["name"]: mount["mountPath"] for mount in container(name)["volumeMounts"]}
    assert mounts["secrets"] == settings()["data"]["STEELYARD_SECRETS_DIR"]


def settings() -> dict[str, Any]:
    (only,) = [each for each in objects() if each["kind"] == "ConfigMap"]
    return only


def test_an_outage_of_the_database_takes_pods_out_of_service_but_restarts_none() -> None:
    api = container("steelyard-api")

    assert {kind: api[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")} == {
        "startup": "/livez",
        "liveness": "/livez",
        "readiness": "/health",
    }


def test_a_new_version_takes_over_before_the_old_one_stops() -> None:
    (api,) = [each["spec"] for each in objects() if each["metadata"]["name"] == "steelyard-api" and each["kind"] == "Deployment"]

    assert api["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


@each_overlay
def test_every_selector_finds_pods(overlay: str) -> None:
    labels = [each["spec"]["template"]["metadata"]["labels"].items() for each in objects(overlay) if each["kind"] in {"Deployment", "Job"}]
    for each in objects(overlay):
        spec = each.get("spec", {})
        selector = spec.get("podSelector", spec.get("selector"))
        if selector is not None:
            selected = selector.get("matchLabels", selector)
            assert any(selected.items() <= own for own in labels), each["metadata"]["name"]


def admitted(policy: dict[str, Any]) -> set[tuple[str, str]]:
    """The namespaces from which its pods are reached, each with a port."""
    return {
        (sender["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], port["port"])
        for rule in policy["ingress"]
        for sender in rule["from"]
        for port in rule["ports"]
    }


def test_a_worker_that_looks_for_jobs_is_alive() -> None:
    worker = container("steelyard-worker")

    assert worker["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "metrics"}
    assert {port["name"]: port["containerPort"] for port in worker["ports"]} == {"metrics": 9100}
    # It serves no client.
    assert "readinessProbe" not in worker


def test_only_gateway_and_monitoring_reach_the_pods_and_only_the_worker_the_outside() -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in objects() if each["kind"] == "NetworkPolicy"}
    ports = {name: {port["port"] for rule in spec["egress"] for port in rule["ports"]} for name, spec in policies.items()}

    assert policies["steelyard"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policies["steelyard"]
    assert admitted(policies["steelyard-api"]) == {("ingress-nginx", "http"), ("monitoring", "http")}
    assert admitted(policies["steelyard-worker"]) == {("monitoring", "metrics")}
    assert ports == {"steelyard": {5432, 53}, "steelyard-api": {6379}, "steelyard-worker": {465, 587, 443}}
