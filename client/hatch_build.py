"""Puts the generated package beside the hand-written one in every archive that is built."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

GENERATED = "steelyard_client"


class GeneratedPackage(BuildHookInterface[Any]):
    """Includes `../generated/client/steelyard_client`, or what an unpacked source archive has of it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            # dev-mode-dirs of pyproject.toml points at the live tree.
            return
        beside = Path(self.root, GENERATED)
        source = beside if beside.is_dir() else Path(self.root, "..", "generated", "client", GENERATED)
        if not source.is_dir():
            raise FileNotFoundError(f"{source}: the SDK has not been generated; `nox -s generate` does it")
        build_data["force_include"][str(source)] = GENERATED
