"""redocly is installed by a lock that pins everything and names no registry."""

import json

from codegen.redocly import LOCKED


def test_every_package_is_pinned_by_hash_and_none_by_address() -> None:
    text = (LOCKED / "package-lock.json").read_text("utf-8")
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}

    assert packages
    assert all("integrity" in one for one in packages.values())
    assert "resolved" not in text


def test_versions_are_exact() -> None:
    wanted = json.loads((LOCKED / "package.json").read_text("utf-8"))["dependencies"]

    assert all(version[0].isdigit() for version in wanted.values())
