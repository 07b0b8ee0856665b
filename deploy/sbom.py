"""The software bill of materials of the image: `python sbom.py PYTHON REPORT OUT`, run by the Dockerfile.

cyclonedx-py lists the packages of an environment with their licences and dependencies. pip's report of the installation adds the SHA-256 of
each wheel, which the list of an environment cannot know. The result is validated against the schema of CycloneDX.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

VERSION = SchemaVersion.V1_6


def main(python: str, report: str, out: str) -> None:
    listed = subprocess.check_output(  # noqa: S603  # the tool of the build, with the arguments of the Dockerfile
        [
            *(sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--output-format", "JSON"),
            *("--spec-version", VERSION.to_version(), python),
        ]
    )
    bom = with_hashes(json.loads(listed), json.loads(Path(report).read_text("utf-8")))
    text = json.dumps(bom, indent=1)  # noqa: TID251  # the tools of the build have no pydantic
    errors = JsonStrictValidator(VERSION).validate_str(text)
    if errors is not None:
        raise SystemExit(f"sbom.py: the list breaks the schema of CycloneDX: {errors}")
    Path(out).write_text(text, "utf-8")


def with_hashes(bom: dict[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    """The list, in which each package that pip downloaded has the hash of its wheel."""
    hashes = {canonical(each["metadata"]["name"]): each["download_info"]["archive_info"]["hashes"]["sha256"] for each in report["install"]}
    for component in bom["components"]:
        if sha256 := hashes.get(canonical(component["name"])):
            component["hashes"] = [{"alg": "SHA-256", "content": sha256}]
    return bom


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main(*sys.argv[1:])
