"""The units in deploy/systemd: systemd's own checks, and that commands, settings and times are those of this version."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from steelyard.serving.process import CANCELLED_WITHIN_S, LEAVE_WITHIN_S, LINGER_S
from steelyard.settings import Settings, variable
from steelyard.settings.loading import SECRETS_DIR
from tests.kit.project import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
ANALYZE = shutil.which("systemd-analyze")
PROGRAM = "/opt/steelyard/bin/steelyard"
# A balancer in front takes about this long to notice that /health is a 503.
DRAIN_S = 5

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed (apt-get install systemd), as .ci/run does")
each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


def analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze over copies of the units, whose program exists on this machine."""
    for unit in UNITS:
        (folder / unit.name).write_text(unit.read_text().replace(PROGRAM, sys.executable))
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_there_are_units_for_the_migration_the_api_and_the_worker() -> None:
    assert [unit.stem for unit in UNITS] == ["steelyard-api", "steelyard-migrate", "steelyard-worker"]


@needs_systemd
@each_unit
def test_systemd_accepts_the_unit_without_a_warning(tmp_path: Path, unit: Path) -> None:
    verified = analyze(tmp_path, "verify", "--man=no", f"./{unit.name}")

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


@needs_systemd
@each_unit
def test_the_unit_exposes_little(tmp_path: Path, unit: Path) -> None:
    # A unit without any restriction has 96 of 100.
    rated = analyze(tmp_path, "security", "--offline=true", "--threshold=25", f"./{unit.name}")

    assert rated.returncode == 0, rated.stdout


@each_unit
def test_the_unit_starts_a_command_with_options_that_exist(tmp_path: Path, unit: Path) -> None:
    (command,) = values(unit, "ExecStart")
    program, *arguments = command.split()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    helped = subprocess.run(
        [sys.executable, "-m", "steelyard", *arguments, "--help"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )

    assert program == PROGRAM
    assert helped.returncode == 0, helped.stderr


@each_unit
def test_the_unit_sets_only_settings_that_exist(unit: Path) -> None:
    variables = {pair.split("=")[0] for line in values(unit, "Environment") for pair in line.split()}
    credentials = {line.split(":")[0] for line in values(unit, "LoadCredential")}

    assert variables | credentials <= {variable(name) for name in Settings.model_fields} | {SECRETS_DIR}
    assert credentials >= {"STEELYARD_SECRET_KEYS", "STEELYARD_DATABASE_URL"}


def test_systemd_waits_for_the_longest_orderly_stop() -> None:
    (allowed,) = values(ROOT / "deploy" / "systemd" / "steelyard-api.service", "TimeoutStopSec")
    stop_s = DRAIN_S + LINGER_S + Settings.model_fields["stop_timeout_s"].default + CANCELLED_WITHIN_S + LEAVE_WITHIN_S

    assert int(allowed) > stop_s
