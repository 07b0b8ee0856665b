"""The smallest project of an SDK: it has the digest of its contract, and nothing else."""

from pathlib import Path

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "steelyard-client"
version = "{version}"
requires-python = ">=3.11"
[tool.hatch.build.targets.wheel]
packages = ["steelyard_client", "steelyard_runtime"]
"""


def sdk(folder: Path, version: str, digest: str) -> Path:
    """Write the project into a folder, and return the folder."""
    for package in ("steelyard_client", "steelyard_runtime"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(PROJECT.format(version=version), "utf-8")
    (folder / "steelyard_client" / "client.py").write_text(f'CONTRACT_DIGEST = "{digest}"\n', "utf-8")
    return folder
