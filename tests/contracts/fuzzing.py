"""Runs Schemathesis against the server of a contract: the examples, and both sides of each keyword. Exit status 1 on any failure."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.contract.coverage.collecting import collecting
from tests.contract.fuzz.documents import bearer, too_seldom
from tests.contracts import subject
from tests.contracts.exchanges import is_key
from tests.kit.contract.checker import CONTRACT
from tests.kit.servers.configuration import Journal, settings_for
from tests.kit.servers.serving import serving
from tests.kit.world.clock import Clock

HERE = Path(__file__).parent
PHASES = ("--phases", "examples,coverage")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contracts.fuzzing", description=__doc__)
    parser.add_argument("--seed", default="42", help="a number")
    parser.add_argument("--coverage-to", type=Path, help="folder for the contract coverage")
    parser.add_argument("rest", nargs="*", help="arguments for `st run`, after --")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="steelyard-fuzz-") as name, collecting(parsed.coverage_to, "fuzz"):
        url = f"sqlite:///{Path(name) / 'fuzz.db'}"
        subject.prepare(url)
        clock = Clock()
        journal = Journal(clock)
        with serving(lambda: subject.create(url, journal, clock), settings_for(url), journal) as server:
            status, rates = attack(
                Path(name), f"http://127.0.0.1:{server.address[1]}{CONTRACT.base_path}", parsed.seed, parsed.rest or PHASES
            )
    lame = list(too_seldom(rates))
    sys.stdout.writelines(f"{line}; make them valid in tests/contracts/hooks.py\n" for line in lame)
    return status or bool(lame)


def attack(folder: Path, url: str, seed: str, rest: tuple[str, ...]) -> tuple[int, dict[str, dict[str, dict[str, int]]]]:
    """Exit status of Schemathesis, and how many valid cases of each operation were accepted."""
    (folder / "bearer.json").write_text(json.dumps(bearer()), "utf-8")
    (folder / "schemathesis.toml").write_text((HERE / "schemathesis.toml").read_text("utf-8") + "".join(_keys()), "utf-8")
    scopes = {scope for scheme in CONTRACT.tree["components"]["securitySchemes"].values() for scope in _scopes(scheme)}
    command: list[str | Path] = [
        Path(sys.executable).with_name("st"),
        "--config-file",
        folder / "schemathesis.toml",
        "run",
        folder / "bearer.json",
    ]
    command += ["--report", "json", "--report-dir", folder / "report", "--seed", seed, "--generation-deterministic", "--url", url]
    command += rest
    environment = {**os.environ, "STEELYARD_FUZZ_TOKEN": subject.token(*sorted(scopes))}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.stdout.write(done.stdout)
    (report,) = (folder / "report").glob("*.json")
    return done.returncode, json.loads(report.read_text("utf-8"))["valid_rates"]


def _keys() -> Iterator[str]:
    """The API keys as settings of Schemathesis."""
    for name in CONTRACT.tree["components"]["securitySchemes"]:
        if is_key(name):
            yield f'\n[auth.openapi.{name}]\napi_key = "{subject.key(name)}"\n'


def _scopes(scheme: dict[str, dict[str, dict[str, dict[str, str]]]]) -> list[str]:
    return [scope for flow in scheme.get("flows", {}).values() for scope in flow.get("scopes", ())]


if __name__ == "__main__":
    sys.exit(main())
