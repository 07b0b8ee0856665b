"""The dashboards and alert rules in deploy/: Prometheus can read them, each alert fires when it should, and each metric exists."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.project import ROOT
from tests.kit.servers.open_metrics import metric_names

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
CONFIGURATION = ALERTS.with_name("prometheus.yml")
CASES = ROOT / "tests" / "deploy" / "alerts_test.yml"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
GUIDE = ROOT / "docs" / "operations" / "alerts.md"
# What Grafana puts in before it sends an expression.
VARIABLES = {"$__rate_interval": "5m", "$operation": ".*"}

each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def promtool(*arguments: str, folder: Path) -> str:
    """What promtool prints. It fails on a rule that Prometheus would reject."""
    program = shutil.which("promtool")
    assert program is not None, "promtool is missing. Install it: apt-get install prometheus"
    result = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def expressions(node: Any) -> list[str]:
    """Every expression of a dashboard, those of its variables included, as Prometheus gets it."""
    if isinstance(node, list):
        return [each for part in node for each in expressions(part)]
    if not isinstance(node, dict):
        return []
    own = [node["expr"]] if "expr" in node else re.findall(r"^label_values\((\w+), \w+\)$", str(node.get("definition", "")))
    for name, value in VARIABLES.items():
        own = [each.replace(name, value) for each in own]
    return own + [each for part in node.values() for each in expressions(part)]


def metrics_in(text: str) -> set[str]:
    return set(re.findall(r"\bsteelyard_\w+", text))


def test_prometheus_accepts_rules_and_configuration() -> None:
    printed = promtool("check", "rules", ALERTS.name, folder=ALERTS.parent)
    promtool("check", "config", "--syntax-only", CONFIGURATION.name, folder=ALERTS.parent)

    assert f"{len(rules())} rules found" in printed
    assert yaml.safe_load(CONFIGURATION.read_text())["rule_files"] == [ALERTS.name]


def test_each_alert_fires_when_it_should_and_not_before(tmp_path: Path) -> None:
    for file in (ALERTS, CASES):
        (tmp_path / file.name).write_text(file.read_text())

    promtool("test", "rules", CASES.name, folder=tmp_path)

    cases = [case for test in yaml.safe_load(CASES.read_text())["tests"] for case in test["alert_rule_test"]]
    names = {rule["alert"] for rule in rules()}
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == names
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == names


def test_a_rule_that_never_fires_is_noticed(tmp_path: Path) -> None:
    (tmp_path / ALERTS.name).write_text(ALERTS.read_text().replace('status=~"5.."', 'status=~"9.."'))
    (tmp_path / CASES.name).write_text(CASES.read_text())

    with pytest.raises(AssertionError, match="ErrorRate"):
        promtool("test", "rules", CASES.name, folder=tmp_path)


@each_dashboard
def test_prometheus_can_parse_every_expression_of_a_dashboard(dashboard: Path, tmp_path: Path) -> None:
    shown = expressions(json.loads(dashboard.read_text()))
    recorded = [{"record": f"dashboard:{number}", "expr": expression} for number, expression in enumerate(shown)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": dashboard.stem, "rules": recorded}]}))

    assert len(shown) >= 7
    assert f"{len(shown)} rules found" in promtool("check", "rules", "rules.yml", folder=tmp_path)


@each_dashboard
def test_a_dashboard_can_be_imported_beside_the_others(dashboard: Path) -> None:
    content = json.loads(dashboard.read_text())
    panels = content["panels"]

    assert content["uid"] == f"steelyard-{dashboard.stem}"
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["description"] and panel["targets"] for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}


def test_there_is_a_dashboard_for_each_subject() -> None:
    assert [path.stem for path in DASHBOARDS] == ["database", "jobs", "operations", "overview"]


@pytest.mark.parametrize("file", [ALERTS, CASES, *DASHBOARDS], ids=lambda path: path.name)
def test_each_metric_that_is_named_is_one_of_the_registry(file: Path) -> None:
    named = metrics_in(file.read_text())

    assert named
    assert named <= metric_names()


def test_each_metric_is_on_a_dashboard() -> None:
    shown = {re.sub(r"_(bucket|count|sum)$", "", name) for path in DASHBOARDS for name in metrics_in(path.read_text())}

    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in metric_names()} == shown


def test_the_guide_explains_each_alert_and_no_other() -> None:
    sections = re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    documented = {name for name, _ in sections}

    assert {rule["alert"] for rule in rules()} <= documented
    assert documented - {rule["alert"] for rule in rules()} == {"DiskOrWal", "CertificateSoon"}
    for name, text in sections:
        assert [part for part in ("**Means.**", "**Look.**", "**Do.**") if part not in text] == [], name
